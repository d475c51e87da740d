import GafferClient
import GafferModel
import Testing
import WebTestKit

@testable import GafferTool
@testable import gafferctl

private func job(
    _ processes: [(pid: Int, state: String, created: Double)],
    wanted: Int,
    state: String = "running",
    retry: String = "null"
) throws -> JobStatus {
    let list = processes.enumerated().map { index, process in
        #"{"pid":\#(process.pid),"os_pid":1,"instance":\#(index + 1),"state":"\#(process.state)","#
            + #""commited":false,"create_time":\#(process.created)}"#
    }
    let text = """
        {"name":"default.web","running":\(processes.count),"running_out":0,"max_processes":\(wanted),"state":"\(state)",
        "config":{"cmd":"x","graceful_timeout":25},"restarts":0,"last_exit":null,"last_error":null,"retry_in":\(retry),
        "instances":[\(list.joined(separator: ","))]}
        """
    return try JobStatus(JSON(parsing: Array(text.utf8)))
}

@Suite("The progress of a change")
struct ProgressModelTests {
    @Test("tells how many processes are gone, and when the others are killed")
    func stopping() throws {
        var model = ProgressModel(verb: "stopping", goal: .gone, start: 1_000)
        #expect(model.line(now: 1_000) == nil)
        let all = [(1, "stopping", 500.0), (2, "stopping", 500.0), (3, "stopping", 500.0)]
        model.take([try job(all, wanted: 0, state: "stopping")], now: 1_001)
        #expect(model.line(now: 1_002.5) == "stopping 0/3: waiting for web.1, SIGKILL in 23 s")
        model.take(event: ["event": "stop_process", "pid": 3, "time": 998.0])
        #expect(model.line(now: 1_002.5) == "stopping 0/3: waiting for web.3, SIGKILL in 21 s")
        model.take([try job(Array(all[..<1]), wanted: 0, state: "stopping")], now: 1_003)
        #expect(model.line(now: 1_003) == "stopping 2/3: waiting for web.1, SIGKILL in 22 s")
        #expect(model.line(now: 1_030) == "stopping 2/3: waiting for web.1, SIGKILL was sent")
        model.take([], now: 1_031)
        #expect(model.line(now: 1_031) == "stopping 3/3")
    }

    @Test("tells which job is not there yet, and why")
    func starting() throws {
        var model = ProgressModel(verb: "starting", goal: .wanted, start: 1_000)
        model.take(
            [try job([(1, "running", 1_000.5), (2, "starting", 1_000.6)], wanted: 2, state: "starting")],
            now: 1_001
        )
        #expect(model.line(now: 1_001) == "starting 1/2: waiting for web.2 to start")
        model.take([try job([(1, "running", 1_000.5)], wanted: 2, state: "backoff", retry: "7.5")], now: 1_002)
        #expect(model.line(now: 1_004) == "starting 1/2: waiting for web, started in 6 s")
        model.take([try job([], wanted: 0, state: "finished")], now: 1_005)
        #expect(model.line(now: 1_005) == "starting...")
    }

    @Test("counts the new processes where old ones are replaced")
    func restarting() throws {
        var model = ProgressModel(verb: "restarting", goal: .replaced, start: 1_000)
        model.take([try job([(1, "running", 500), (2, "running", 500)], wanted: 2)], now: 1_001)
        #expect(model.line(now: 1_001) == "restarting 0/2: waiting for web.1")
        model.take([try job([(3, "running", 1_001), (2, "stopping", 500)], wanted: 2)], now: 1_001)
        #expect(model.line(now: 1_001) == "restarting 1/2: waiting for web.2, SIGKILL in 25 s")
        model.take([try job([(3, "running", 1_001), (4, "running", 1_001)], wanted: 2)], now: 1_002)
        #expect(model.line(now: 1_002) == "restarting 2/2")
    }
}

@Suite("The line of the progress", .enabled(if: PseudoTerminal.program("gafferctl") != nil, "gafferctl is not built"))
struct ProgressLineTests {
    /// A gafferd that stops `shop.web` once the gate is opened.
    private func server(_ gate: Gate) -> ScriptedServer {
        gafferd { request in
            switch request.line {
            case "GET /events?feed=eventsource":
                return .stream { peer in
                    var peer = peer
                    peer.waitForEnd()
                }
            case "POST /jobs/shop/web/state?wait=90":
                gate.wait()
                return nil
            case "GET /jobs/shop/web?instances=true":
                return .answer(web.replacing("\"running\",\"commited\":false", with: "\"stopping\",\"commited\":false"))
            default: return nil
            }
        }
    }

    private func terminal(_ server: ScriptedServer, _ words: String..., columns: Int = 80) throws -> PseudoTerminal {
        let program = try #require(PseudoTerminal.program("gafferctl"))
        return PseudoTerminal(
            [program] + words,
            environment: ["GAFFER_ENDPOINT=unix:\(server.path)", "TERM=xterm"],
            columns: columns,
            rows: 5
        )
    }

    @Test("is redrawn in its place, as wide as the terminal, and gone at the end", arguments: [80, 20, 5])
    func line(columns: Int) throws {
        let gate = Gate()
        let server = server(gate)
        let terminal = try terminal(server, "stop", "shop.web", columns: columns)
        #expect(terminal.wait { String(decoding: $0, as: UTF8.self).contains("\u{1B}[K") })
        let shown = String(decoding: terminal.output, as: UTF8.self)
        #expect(shown.hasPrefix(columns == 80 ? "\rstopping 0/2: waiting for shop.web.1, SIGKILL in " : "\rsto"))
        #expect(shown.split(separator: "\r").allSatisfy { $0.replacing("\u{1B}[K", with: "").count < columns })
        gate.open()
        #expect(terminal.waitForEnd() == .code(0))
        #expect(String(decoding: terminal.output, as: UTF8.self).hasSuffix("\r\u{1B}[Kshop.web: stopped\r\n"))
    }

    @Test("is not there for programs and for who wants no confirmations", arguments: ["--json", "--quiet"])
    func quiet(option: String) throws {
        let gate = Gate()
        let server = server(gate)
        let terminal = try terminal(server, "stop", "shop.web", option)
        #expect(terminal.wait { _ in server.requests.contains { $0.line.hasPrefix("POST ") } })
        // Begun later, so that when its line is there, the other one would have had one as well.
        let other = try self.terminal(server, "stop", "shop.web")
        #expect(other.wait { $0.contains(0x1B) })
        gate.open()
        gate.open()
        #expect(terminal.waitForEnd() == .code(0))
        #expect(other.waitForEnd() == .code(0))
        #expect(!terminal.output.contains(0x1B))
        #expect(server.requests.count { $0.line.hasPrefix("GET /events") } == 1)
    }
}
