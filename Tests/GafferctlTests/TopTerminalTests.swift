import Glibc
import Testing
import WebTestKit

private let size = (columns: 100, rows: 20)

private func sent(_ id: String, _ event: String, _ data: String) -> String {
    "id: \(id)\nevent: \(event)\ndata: \(data)\n\n"
}

@Suite(
    "gafferctl top in a terminal",
    .enabled(if: PseudoTerminal.program("gafferctl") != nil, "gafferctl is not built")
)
struct TopTerminalTests {
    /// A gafferd whose first feed of events breaks off when the gate is opened.
    private func gafferd(_ gate: Gate? = nil) -> ScriptedServer {
        GafferctlTests.gafferd { request in
            switch request.line {
            case "GET /events?feed=eventsource&heartbeat=60":
                return .stream("retry: 10\n\n" + sent("1", "spawn", #"{"name":"shop.web","pid":4}"#)) { peer in
                    var peer = peer
                    if let gate, request.connection == 1 { gate.wait() } else { peer.waitForEnd() }
                }
            case "GET /jobs/shop/web/stats":
                return .answer(#"{"name":"shop.web","stats":[{"pid":4,"cpu":12.5,"mem_info1":"40M"}]}"#)
            default:
                if request.line.hasPrefix("GET /jobs/shop/web/tail") {
                    return .answer(#"{"tail":[{"pid":4,"stream":"stdout","data_b64":"G1sySmhlbGxvCg=="}]}"#)
                }
                return nil
            }
        }
    }

    private func top(_ server: ScriptedServer, _ words: String...) throws -> PseudoTerminal {
        let program = try #require(PseudoTerminal.program("gafferctl"))
        return PseudoTerminal(
            [program, "top"] + words,
            environment: ["GAFFER_ENDPOINT=unix:\(server.path)", "TERM=xterm", "LANG=C.UTF-8", "NO_COLOR=1"],
            columns: size.columns,
            rows: size.rows
        )
    }

    private func screen(_ terminal: PseudoTerminal) -> Screen {
        Screen(terminal.output, columns: size.columns, rows: size.rows)
    }

    private func waits(_ terminal: PseudoTerminal, for text: String) -> Bool {
        terminal.wait { Screen($0, columns: size.columns, rows: size.rows).text.contains(text) }
    }

    /// Whether nothing of the program is left on the terminal.
    private func expectRestored(_ terminal: PseudoTerminal, _ before: [UInt32]) {
        let screen = screen(terminal)
        #expect(screen.hasCursor && !screen.isOther && screen.wraps)
        #expect(screen.faults.isEmpty)
        #expect(terminal.settings == before)
    }

    @Test(
        "gives the terminal back, however it ends",
        arguments: [
            ("q", 0, .code(0)), ("\u{03}", 0, .code(0)), ("", SIGINT, .code(0)), ("", SIGTERM, .signal(SIGTERM)),
            ("", SIGHUP, .signal(SIGHUP)), ("", SIGQUIT, .code(0)),
        ] as [(String, Int32, PseudoTerminal.End)]
    )
    func ends(keys: String, signal: Int32, end: PseudoTerminal.End) throws {
        let server = gafferd()
        let terminal = try top(server)
        let before = terminal.settings
        #expect(waits(terminal, for: "12.5"))
        #expect(screen(terminal).isOther && !screen(terminal).hasCursor && terminal.settings != before)
        if signal != 0 { kill(terminal.process, signal) } else { terminal.type(keys) }
        #expect(terminal.waitForEnd() == end)
        expectRestored(terminal, before)
    }

    @Test("gives it to the shell while it is stopped, and takes it again")
    func stops() throws {
        let server = gafferd()
        let terminal = try top(server)
        let before = terminal.settings
        #expect(waits(terminal, for: "12.5"))
        kill(terminal.process, SIGTSTP)
        // A session of one program has nobody who could let it go on; there the kernel does not stop it.
        let taken = "\u{1B}[?1049l\u{1B}[?1049h"
        #expect(
            terminal.wait {
                String(decoding: $0, as: UTF8.self).replacing("\u{1B}[?25l\u{1B}[?7l", with: "").contains(taken)
            }
        )
        #expect(waits(terminal, for: "12.5"))
        terminal.type("q")
        #expect(terminal.waitForEnd() == .code(0))
        expectRestored(terminal, before)
    }

    @Test("shows the log, asks before it stops a job, and does it")
    func keys() throws {
        let server = gafferd()
        let terminal = try top(server)
        #expect(waits(terminal, for: "shop.web"))
        terminal.type("jl")
        #expect(waits(terminal, for: #"\x1b[2Jhello"#))
        // What is typed is not shown by the terminal itself.
        #expect(!String(decoding: terminal.output, as: UTF8.self).contains("jl"))
        terminal.type("x")
        #expect(waits(terminal, for: "Stop shop.web (2 processes)? y/N"))
        terminal.type("y")
        #expect(waits(terminal, for: "shop.web: is being stopped"))
        #expect(server.requests.contains { $0.line == "POST /jobs/shop/web/state" && $0.text == "0" })
        terminal.type("q")
        #expect(terminal.waitForEnd() == .code(0))
        #expect(screen(terminal).faults.isEmpty)
    }

    @Test("goes on in another size")
    func resizes() throws {
        let server = gafferd()
        let terminal = try top(server)
        #expect(waits(terminal, for: "12.5"))
        for (columns, rows) in [(1, 1), (20, 3), (37, 9), (100, 20)] {
            let start = terminal.output.count
            terminal.resize(columns: columns, rows: rows)
            #expect(terminal.wait { String(decoding: $0[start...], as: UTF8.self).contains("\u{1B}[2J") })
        }
        #expect(terminal.wait { Screen($0, columns: 100, rows: 20).text.contains("shop.web") })
        terminal.type("q")
        #expect(terminal.waitForEnd() == .code(0))
    }

    @Test("ends with what gafferd says where it may look no longer, and gives the terminal back before")
    func refusal() throws {
        let gate = Gate()
        let server = GafferctlTests.gafferd { request in
            guard request.line.hasPrefix("GET /events") else { return nil }
            guard request.connection == 1 else { return .answer(403, #"{"reason":"forbidden","message":"Not you."}"#) }
            return .stream("retry: 10\n\n") { _ in gate.wait() }
        }
        let terminal = try top(server)
        let before = terminal.settings
        #expect(waits(terminal, for: "2 jobs"))
        gate.open()
        #expect(terminal.waitForEnd() == .code(6))
        #expect(String(decoding: terminal.output, as: UTF8.self).hasSuffix("\u{1B}[?1049lgafferctl: Not you.\r\n"))
        expectRestored(terminal, before)
    }

    @Test("waits for a gafferd that went away, and ends with an error where there is none at the beginning")
    func reconnects() throws {
        let gate = Gate()
        let server = gafferd(gate)
        let terminal = try top(server)
        #expect(waits(terminal, for: "12.5"))
        let feeds = server.requests.count { $0.line.hasPrefix("GET /events") }
        gate.open()
        #expect(terminal.wait { _ in server.requests.count { $0.line.hasPrefix("GET /events") } > feeds })
        #expect(server.requests.contains { $0.headers.contains("Last-Event-ID: 1") })
        #expect(waits(terminal, for: "2 jobs"))
        terminal.type("q")
        #expect(terminal.waitForEnd() == .code(0))
        let program = try #require(PseudoTerminal.program("gafferctl"))
        let alone = PseudoTerminal(
            [program, "top"],
            environment: ["GAFFER_ENDPOINT=unix:/nonexistent/s", "TERM=xterm"],
            columns: 80,
            rows: 24
        )
        #expect(alone.waitForEnd() == .code(5))
        #expect(!Screen(alone.output, columns: 80, rows: 24).isOther)
        #expect(String(decoding: alone.output, as: UTF8.self).contains("gafferctl: "))
    }
}

@Suite("gafferctl top without a terminal")
struct TopOnceTests {
    @Test("prints what there is once, as a table or as JSON")
    func once() {
        let server = gafferd { request in
            request.line == "GET /jobs/shop/web/stats"
                ? .answer(#"{"name":"shop.web","stats":[{"pid":4,"cpu":12.5,"mem_info1":"40M"}]}"#) : nil
        }
        let table = run("top", at: "unix:\(server.path)", variables: ["LANG": "C.UTF-8"])
        #expect(table.code == 0)
        #expect(table.messages.isEmpty)
        #expect(table.output.split(separator: "\n").count == 7)
        #expect(table.output.contains("12.5"))
        let json = run("top", "--json", "shop", at: "unix:\(server.path)").output
        #expect(json.hasPrefix(#"{"jobs":[{"name":"shop.web","#))
        #expect(
            json.hasSuffix(#""stats":{"name":"shop.web","stats":[{"pid":4,"cpu":12.5,"mem_info1":"40M"}]}}]}"# + "\n")
        )
        #expect(run("top", "--json", "idle", at: "unix:\(server.path)").output.hasSuffix(#""stats":null}]}"# + "\n"))
        #expect(run("top", "--interval", "0", at: "unix:\(server.path)").code == 2)
        #expect(run("top").code == 5)
    }
}
