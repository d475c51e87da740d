import GafferClient
import GafferModel
import Testing
import WebTestKit

@testable import GafferTool
@testable import gafferctl

private func job(_ state: String, _ name: String = "shop.web", running: Int = 0, exit: Bool = false) throws -> JobStatus
{
    let last = exit ? #"{"pid":3,"exit_status":3,"term_signal":0,"time":1000090}"# : "null"
    let text = """
        {"name":"\(name)","running":\(running),"running_out":0,"max_processes":1,"state":"\(state)","restarts":0,
        "last_exit":\(last),"last_error":null,"retry_in":null,"instances":[]}
        """
    return try JobStatus(JSON(parsing: Array(text.utf8)))
}

private func event(_ word: String, _ name: String = "shop.web") -> JSON {
    ["event": .string("job.\(name).\(word)"), "name": .string(name), "exit_status": 3, "term_signal": 0, "once": false]
}

@Suite("What is waited for")
struct WaitModelTests {
    @Test(
        "is reached in these states",
        arguments: [
            (.started, ["running", "finished"], ["idle", "starting", "stopping", "stopped", "backoff", "flapping"]),
            (
                .stopped, ["stopped", "idle", "finished", "failed"],
                ["running", "starting", "stopping", "backoff", "flapping"]
            ),
        ] as [(WaitModel.Goal, [String], [String])]
    )
    func states(goal: WaitModel.Goal, reached: [String], others: [String]) throws {
        let name = try JobName(parsing: "shop.web")
        for state in reached + others {
            var model = WaitModel(goal, [name])
            model.take(try job(state))
            #expect(model.pending.isEmpty == reached.contains(state), "\(state)")
            #expect(model.unknown.isEmpty)
        }
    }

    @Test("can be an exit, now or later, and never one of a one-off")
    func exits() throws {
        let name = try JobName(parsing: "shop.web")
        var model = WaitModel(.exited, [name])
        model.take(try job("running", running: 1, exit: true))
        #expect(model.pending == [name])
        var once = event("exit").objectValue ?? []
        once.removeAll { $0.name == "once" }
        model.take(event: .object(once + [.init("once", true)]))
        #expect(model.pending == [name])
        model.take(event: event("exit", "shop.other"))
        #expect(model.pending == [name])
        model.take(event: event("exit"))
        #expect(model.outcomes.first?.exit?.code == 3)
        var gone = WaitModel(.exited, [name])
        gone.take(try job("backoff", exit: true))
        #expect(gone.outcomes.first?.exit?.code == 3)
        var never = WaitModel(.exited, [name])
        never.take(try job("idle"))
        #expect(never.pending == [name])
    }

    @Test("is looked at again when something happens, and ends with the job")
    func events() throws {
        let name = try JobName(parsing: "shop.web")
        var model = WaitModel(.started, [name])
        model.take(try job("starting"))
        model.take(event: event("spawn", "shop.other"))
        #expect(model.unknown.isEmpty)
        model.take(event: event("spawn"))
        #expect(model.unknown == [name])
        #expect(!model.isBlind)
        model.take(try job("stopping"))
        #expect(model.isBlind)
        var failed = model
        failed.take(try job("failed"))
        #expect(failed.outcomes.first?.failure != nil)
        model.take(event: event("unload"))
        #expect(model.outcomes.first?.state == "unloaded")
        #expect(model.outcomes.first?.failure != nil)
        var stopped = WaitModel(.stopped, [name])
        stopped.takeAbsence(of: name)
        #expect(stopped.outcomes.first?.failure == nil)
    }
}

@Suite("gafferctl wait")
struct WaitTests {
    /// A gafferd whose job `shop.web` runs once it has been looked at, and whose feed tells so when the gate is opened.
    private func server(_ gate: Gate, isTold: Bool = true) -> ScriptedServer {
        let looks = Looks()
        return gafferd { request in
            switch request.line {
            case "GET /events?feed=eventsource&pattern=job.shop.web":
                return .stream { peer in
                    var peer = peer
                    gate.wait()
                    if isTold { peer.send(Array("event: spawn\ndata: \(event("spawn").text)\n\n".utf8)) }
                    peer.waitForEnd()
                }
            case "GET /jobs/shop/web?instances=true":
                guard looks.next() == 1 else { return .answer(web.replacing("\"backoff\"", with: "\"running\"")) }
                // It was subscribed before: what happens now is told.
                gate.open()
                return .answer(web)
            default: return nil
            }
        }
    }

    @Test("waits for an event, and looks then")
    func told() {
        let server = server(Gate())
        #expect(
            run("wait", "shop.web", at: "unix:\(server.path)")
                == Run(code: 0, output: "shop.web: started\n", messages: "")
        )
        #expect(
            server.requests.map(\.line) == [
                "GET /events?feed=eventsource&pattern=job.shop.web", "GET /jobs/shop/web?instances=true",
                "GET /jobs/shop/web?instances=true",
            ]
        )
    }

    @Test("tells what a job does that is not there in time")
    func timeout() {
        let server = server(Gate(), isTold: false)
        let result = run("wait", "shop.web", "--timeout", "0.2", at: "unix:\(server.path)")
        #expect(result.code == 7)
        #expect(result.output.isEmpty)
        #expect(
            result.messages == "gafferctl: shop.web: It is not started within 0.2s, but backoff. "
                + "The last start failed: No such file. The next attempt is in 2.5s.\n"
        )
    }

    @Test("has a document, and the exit codes of the other commands")
    func codes() {
        let server = gafferd { request in
            request.line.hasPrefix("GET /events")
                ? .stream {
                    var peer = $0; peer.waitForEnd()
                } : nil
        }
        let endpoint = "unix:\(server.path)"
        #expect(
            run("wait", "--json", "idle", "--for", "stopped", at: endpoint).output
                == #"{"ok":true,"jobs":[{"name":"default.idle","state":"idle"}],"errors":[]}"# + "\n"
        )
        #expect(run("wait", "none.a", at: endpoint).code == 4)
        #expect(run("wait", "shop.web", "--for", "ever", at: endpoint).code == 2)
        #expect(run("wait", "4", at: endpoint).code == 2)
        #expect(run("wait", "shop.web").code == 5)
    }
}

/// Counts.
private final class Looks: Sendable {
    private let count = Locked(0)

    func next() -> Int {
        count.withLock { count in
            count += 1
            return count
        }
    }
}
