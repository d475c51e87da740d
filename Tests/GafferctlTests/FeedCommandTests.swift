import Testing
import WebTestKit

@testable import GafferTool
@testable import gafferctl

private func sent(_ id: String, _ event: String, _ data: String) -> String {
    "id: \(id)\nevent: \(event)\ndata: \(data)\n\n"
}

private let spawn =
    #"{"event":"spawn","name":"shop.web","pid":12,"os_pid":112,"once":false,"detached":false,"seq":7,"time":1000000}"#

@Suite("gafferctl watch")
struct WatchTests {
    private static func answer(_ request: ScriptedServer.Request) -> ScriptedServer.Reply {
        guard request.connection > 1 else {
            return .stream(
                "retry: 1\n\n" + sent("7", "spawn", spawn) + sent("8", "job.shop.web.spawn", spawn)
                    + "event: gap\ndata: {\"from\":9,\"to\":11,\"lost\":3}\n\n",
                closes: true
            )
        }
        return .stream(sent("12", "exit", #"{"event":"exit","name":"default.a","time":1000001}"#)) { peer in
            var peer = peer
            peer.waitForEnd()
        }
    }

    @Test("prints the manual's picture, and goes on when gafferd is back")
    func picture() {
        let server = ScriptedServer(Self.answer)
        let result = run(["watch", "job.shop"], at: "unix:\(server.path)") { $0.contains("exit a") }
        let time = Clock.timeOfDay(1_000_000)
        #expect(
            result.output == """
                \(time) shop.web | spawn shop.web
                \(time) shop.web | job.shop.web.spawn shop.web
                \(Clock.timeOfDay(1_000_001)) a | exit a

                """
        )
        #expect(result.code == 0)
        #expect(
            result.messages == """
                gafferctl: 3 events are missing here: they came too fast, or are too long ago.
                gafferctl: gafferd has ended the feed. Waiting for it to come back.
                gafferctl: gafferd is there again.

                """
        )
        #expect(server.requests[0].line == "GET /events?feed=eventsource&pattern=job.shop&heartbeat=60")
        #expect(server.requests[1].headers.contains("Last-Event-ID: 8"))
    }

    @Test("prints JSON lines, from where it is told to, and ends where it may not reconnect")
    func json() {
        let server = ScriptedServer(Self.answer)
        let result = run(["watch", "--json", "--since", "6", "--no-reconnect"], at: "unix:\(server.path)")
        #expect(result.output == "\(spawn)\n\(spawn)\n")
        #expect(result.code == 5)
        #expect(server.requests.count == 1)
        #expect(server.requests[0].headers.contains("Last-Event-ID: 6"))
    }

    @Test("colours jobs, and never obeys a name")
    func harmless() {
        let server = ScriptedServer { _ in
            .stream(sent("1", "\u{1B}[2J", #"{"name":"\u001b[31mx","time":1000000}"#), closes: true)
        }
        let result = run(["watch", "--colorize", "--no-reconnect"], at: "unix:\(server.path)", color: true)
        #expect(result.output.contains("\\u{1b}[31mx |\u{1B}[0m \\u{1b}[2J"))
        #expect(run("watch").code == 5)
    }
}

@Suite("gafferctl logs -f")
struct FollowTests {
    /// A gafferd with two processes of `shop.web` and one that comes later.
    private static func gafferdThatWrites() -> ScriptedServer {
        gafferd { request in
            switch request.line {
            case "GET /events?feed=eventsource&pattern=spawn":
                .stream(sent("7", "spawn", spawn) + sent("8", "spawn", spawn.replacing("shop.web", "a.b"))) { peer in
                    var peer = peer
                    peer.waitForEnd()
                }
            case "GET /streams/4/.?feed=eventsource&tail=10":
                .stream(
                    sent("stdout=6,stderr=0", "stdout", "one") + sent("stdout=8,stderr=0", "stdout", "tw")
                        + sent("stdout=8,stderr=6", "stderr", "\u{1B}[2Jerr")
                        + sent("stdout=10,stderr=6", "stdout", "o")
                        + "event: gap\ndata: {\"stream\":\"stdout\",\"from\":10,\"to\":15,\"lost\":5}\n\n"
                        + sent("stdout=20,stderr=6", "stdout", "three") + sent("", "end", "{}"),
                    closes: true
                )
            case "GET /streams/5/.?feed=eventsource&tail=10":
                .stream("id: 3\nevent: stdout\ndata: ?\ndata_b64: /2EK\n\nevent: end\ndata: {}\n\n", closes: true)
            case "GET /streams/12/.?feed=eventsource&tail=10000":
                .stream(sent("6", "stdout", "later") + sent("", "end", "{}"), closes: true)
            case "GET /streams/4/.?feed=continuous&tail=10":
                .stream("raw\u{1B}[2J\nhalf", type: "application/octet-stream", closes: true)
            case "GET /12": .answer(#"{"pid":12,"name":"shop.web","instance":3}"#)
            case "GET /4": .answer(#"{"pid":4,"name":"shop.web","instance":1,"os_pid":104}"#)
            default: request.line.hasPrefix("GET /streams/") ? .answer(404, "{}") : nil
            }
        }
    }

    private func lines(_ text: String) -> [String] { text.split(separator: "\n").map(String.init) }

    @Test("prints whole lines of several processes, of those that come later, too")
    func several() {
        let server = Self.gafferdThatWrites()
        let result = run(["logs", "-f", "shop.web"], at: "unix:\(server.path)") {
            $0.contains("later") && $0.contains("three") && $0.contains("web.2")
        }
        let shown = lines(result.output).map { String($0.dropFirst(9)) }
        #expect(
            shown.filter { $0.hasPrefix("shop.web.1 |") } == [
                "shop.web.1 | one", "shop.web.1 | \\x1b[2Jerr", "shop.web.1 | two", "shop.web.1 | three",
            ]
        )
        #expect(
            shown.filter { !$0.hasPrefix("shop.web.1 |") }.sorted() == ["shop.web.2 | \\xffa", "shop.web.3 | later"]
        )
        #expect(result.messages == "gafferctl: shop.web.1 stdout: 5 bytes are missing here\n")
        #expect(result.code == 0)
        #expect(!server.requests.contains { $0.line.contains("/a/b") })
    }

    @Test("of one process prints its lines alone, and ends with it")
    func one() {
        let server = Self.gafferdThatWrites()
        let endpoint = "unix:\(server.path)"
        var result = run(["logs", "-f", "4"], at: endpoint)
        #expect(result.output == "one\n\u{1B}[2Jerr\ntwo\nthree\n")
        #expect(result.code == 0)
        result = run(["logs", "-f", "4"], at: endpoint, width: 80)
        #expect(result.output == "one\n\\x1b[2Jerr\ntwo\nthree\n")
        result = run(["logs", "-f", "--raw", "4"], at: endpoint, width: 80)
        #expect(result.output == "raw\u{1B}[2J\nhalf")
        result = run(["logs", "-f", "--json", "4"], at: endpoint)
        #expect(
            lines(result.output)[1].hasSuffix(#""name":"shop.web","pid":4,"stream":"stderr","data":"\u001b[2Jerr"}"#)
        )
        #expect(run("logs", "-f", "77", at: endpoint).code == 4)
    }

    @Test("takes up what broke off where it was, and other processes from their beginning")
    func restart() {
        let server = gafferd { request in
            switch request.line {
            case "GET /4": .answer(#"{"pid":4,"name":"shop.web","instance":1,"os_pid":104}"#)
            case "GET /streams/4/.?feed=eventsource&tail=10":
                .init(
                    bytes: Array(
                        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n1F\r\n\(sent("4", "stdout", "one"))\r\n"
                            .utf8
                    ),
                    closes: true
                )
            case "GET /streams/4/.?feed=eventsource":
                .stream(sent("8", "stdout", "two") + sent("", "end", "{}"), closes: true)
            default: nil
            }
        }
        let result = run(["logs", "-f", "4"], at: "unix:\(server.path)")
        #expect(result.output == "one\ntwo\n")
        #expect(result.messages.hasSuffix("Waiting for it to come back.\n"))
        #expect(server.requests.last?.headers.contains("Last-Event-ID: 4") == true)
    }

    @Test("ends when nobody reads it any more")
    func readerGone() {
        let server = Self.gafferdThatWrites()
        let result = run(["logs", "-f", "shop.web"], at: "unix:\(server.path)") { _ in true }
        #expect(result.code == 0)
        #expect(result.messages.contains("missing") || result.messages.isEmpty)
    }
}

@Suite("gafferctl send, recv and attach")
struct ProcessCommandTests {
    private static let one = #"{"name":"default.one","config":{},"instances":[{"pid":4,"os_pid":104}]}"#

    private let server = gafferd { request in
        switch request.line {
        case "GET /jobs": .answer(#"{"jobs":["default.idle","default.one","shop.web"]}"#)
        case "GET /jobs/default/one?instances=true": .answer(one)
        case "POST /streams/7/stdin":
            .answer(403, #"{"error":"forbidden_write","message":"The input of process 7 is not redirected."}"#)
        case "GET /streams/4/.?feed=continuous", "GET /streams/4/.?feed=continuous&tail=0":
            .stream("a\u{0}\u{1B}[2J", type: "application/octet-stream", closes: true)
        case "GET /streams/4/stderr?feed=continuous": .stream("e", type: "application/octet-stream", closes: true)
        default:
            request.line.hasPrefix("POST /streams/4/") ? .answer(#"{"ok":true,"bytes":\#(request.body.count)}"#) : nil
        }
    }

    private func ctl(_ words: String..., input: String = "", width: Int? = nil) -> Run {
        run(words, at: "unix:\(server.path)", width: width, input: Array(input.utf8))
    }

    @Test("writes words as a line, and the standard input as it is")
    func send() {
        #expect(ctl("send", "4", "reload", "now") == Run(code: 0, output: "", messages: ""))
        #expect(server.requests.last?.line == "POST /streams/4/stdin")
        #expect(server.requests.last?.text == "reload now\n")
        #expect(ctl("send", "-s", "control", "--eof", "one", "x", "--json").output == "{\"ok\":true,\"bytes\":2}\n")
        #expect(server.requests.last?.line == "POST /streams/4/control?eof=true")
        #expect(ctl("send", "4", "-", "--json", input: "a\nb").output == "{\"ok\":true,\"bytes\":3}\n")
        #expect(server.requests.last?.text == "a\nb")
        #expect(ctl("send", "--eof", "4").code == 0)
        #expect(server.requests.last?.line == "POST /streams/4/stdin?eof=true")
    }

    @Test("names what can't be written to")
    func refused() {
        let failure = ctl("send", "7", "x")
        #expect(failure == Run(code: 6, output: "", messages: "gafferctl: The input of process 7 is not redirected.\n"))
        #expect(
            ctl("send", "idle", "x") == Run(code: 3, output: "", messages: "gafferctl: default.idle has no process.\n")
        )
        #expect(
            ctl("send", "shop.web", "x").messages.hasPrefix(
                "gafferctl: shop.web has 3 processes: give the pid of one (4, 5, 9)."
            )
        )
    }

    @Test("passes on what comes, byte for byte, but on a terminal made harmless")
    func recv() {
        #expect(ctl("recv", "one") == Run(code: 0, output: "a\u{0}\u{1B}[2J", messages: ""))
        #expect(ctl("recv", "one", "--raw", width: 80).output == "a\u{0}\u{1B}[2J")
        #expect(ctl("recv", "one", width: 80).output == "a\\x00\\x1b[2J")
        #expect(ctl("recv", "4", "stderr").output == "e")
        #expect(ctl("recv", "77").code == 4)
    }

    @Test("attaches the standard input, and is harmless on a terminal")
    func attach() {
        let gate = Gate()
        let server = ScriptedServer { request in
            if request.line.hasPrefix("POST") {
                if request.line.hasSuffix("eof=true") { gate.open() }
                return .answer(#"{"ok":true,"bytes":1}"#)
            }
            return .stream("prompt> \u{1B}[2J", type: "application/octet-stream") { peer in
                gate.wait()
                peer.send(Array("done\n".utf8))
            }
        }
        let words = ["attach", "4"]
        let result = run(words, at: "unix:\(server.path)", width: 80, input: Array("first\nsecond\n".utf8))
        #expect(result == Run(code: 0, output: "prompt> \\x1b[2Jdone\n", messages: ""))
        let writes = server.requests.filter { $0.line.hasPrefix("POST") }
        #expect(writes.map(\.text).joined() == "first\nsecond\n")
        #expect(writes.last?.line == "POST /streams/4/stdin?eof=true")
    }
}

extension String {
    fileprivate func replacing(_ old: String, _ new: String) -> String {
        var text = self
        while let range = text.firstRange(of: old) { text.replaceSubrange(range, with: new) }
        return text
    }
}
