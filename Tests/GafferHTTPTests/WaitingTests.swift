import GafferHTTP
import GafferModel
import NIOCore
import ServiceLifecycle
import Synchronization
import Testing
import WebServer
import WebTestKit

@Suite("Waiting for changes")
struct WaitingTests {
    private func request(_ method: String, _ target: String, _ body: String = "") -> String {
        "\(method) \(target) HTTP/1.1\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    private func reply(
        _ request: String,
        from api: HTTPAPI
    ) async throws -> (status: Int, json: JSON?) {
        try await withLiveServer(api) { place, _ in
            try await blocking {
                let client = try place.connect()
                try client.send(request)
                let answer = try client.receive()
                return (answer.status, try? JSON(parsing: answer.body))
            }
        }
    }

    static let waitingRequests: [(String, String, String)] = [
        ("POST", "/jobs/default?wait=1", #"{"name":"new","cmd":"true"}"#),
        ("PUT", "/jobs/default/web?wait=1", #"{"cmd":"true"}"#), ("DELETE", "/jobs/default/web?wait=1", ""),
        ("POST", "/jobs/default/web/state?wait=1", "0"), ("POST", "/sessions/default/state?wait=1", "0"),
        ("POST", "/state?wait=1", "0"), ("POST", "/jobs/default/web/numprocesses?wait=1", #"{"scale":1}"#),
        ("POST", "/jobs/default/web/commit?wait=1", "{}"), ("DELETE", "/1?wait=1", ""),
    ]

    @Test("A change that is not done in time is 504, with who is waited for", arguments: waitingRequests)
    func tellsLateChanges(_ method: String, _ target: String, _ body: String) async throws {
        let supervisor = FakeSupervisor()
        supervisor.add(try JobName(parsing: "web"))
        supervisor.leaveChangesOpen()
        let answer = try await reply(request(method, target, body), from: makeAPI(supervisor))
        #expect(answer.status == 504)
        #expect(answer.json?["error"] == 504)
        #expect(answer.json?["reason"] == "timed_out")
        #expect(answer.json?["message"] == "default.web is still stopping.")
        // Its number is needed to ask about it, late or not.
        #expect(answer.json?["pid"] == (target.contains("commit") ? 77 : nil))
        #expect(supervisor.calls.count == 1)
    }

    @Test("Without a wait nobody waits", arguments: waitingRequests)
    func answersAtOnce(_ method: String, _ target: String, _ body: String) async throws {
        let supervisor = FakeSupervisor()
        supervisor.add(try JobName(parsing: "web"))
        supervisor.leaveChangesOpen()
        let path = String(target.prefix { $0 != "?" })
        let answer = try await reply(request(method, path, body), from: makeAPI(supervisor))
        #expect((200...202).contains(answer.status))
    }

    @Test(
        "A change that fails says so",
        arguments: [
            (GafferError(.failed, "No such program."), 500, "failed"),
            (GafferError(.shuttingDown, "gafferd is stopping."), 503, "shutting_down"),
        ]
    )
    func tellsFailures(_ error: GafferError, _ status: Int, _ reason: String) async throws {
        let supervisor = FakeSupervisor()
        supervisor.add(try JobName(parsing: "web"))
        supervisor.fail(with: error)
        let answer = try await reply(request("POST", "/jobs/default/web/state", "1"), from: makeAPI(supervisor))
        #expect(answer.status == status)
        #expect(answer.json?["error"] == .integer(Int64(status)))
        #expect(answer.json?["reason"] == .string(reason))
        #expect(answer.json?["message"] == .string(error.message))
    }

    @Test("A value that the supervisor can't use is told as a configuration that can't be used")
    func tellsBadValues() async throws {
        let supervisor = FakeSupervisor()
        supervisor.add(try JobName(parsing: "web"))
        supervisor.fail(with: GafferError(.badValue, "$NOPE is unknown."))
        let answer = try await reply(request("PUT", "/jobs/default/web", #"{"cmd":"true"}"#), from: makeAPI(supervisor))
        #expect(answer.status == 400)
        #expect(answer.json?["reason"] == "invalid process config")
        #expect(answer.json?["message"] == "$NOPE is unknown.")
    }

    @Test("A configuration that can't be read anew tells all its errors and is 400")
    func tellsBadConfigurations() async throws {
        let api = makeAPI(
            FakeSupervisor(),
            reload: { () throws(GafferError) in
                throw GafferError(.badValue, "The configuration has 2 errors.", details: ["a.ini:1: x", "a.ini:2: y"])
            }
        )
        let answer = try await reply(request("POST", "/reload"), from: api)
        #expect(answer.status == 400)
        #expect(
            answer.json == [
                "error": 400, "reason": "bad_config", "message": "The configuration has 2 errors.",
                "errors": ["a.ini:1: x", "a.ini:2: y"],
            ]
        )
    }

    // MARK: Whoever goes

    @Test("A client that goes ends the waiting, not the change")
    func cancelsWaiting() async throws {
        let (asked, ask) = AsyncStream<Void>.makeStream()
        let (ended, end) = AsyncStream<Bool>.makeStream()
        let supervisor = FakeSupervisor()
        supervisor.whenWaitedFor { () throws(GafferError) in
            ask.finish()
            await waitForCancellation()
            end.yield(Task.isCancelled)
            end.finish()
        }
        let text = request("POST", "/state?wait=86400", "0")
        try await withLiveServer(makeAPI(supervisor)) { place, _ in
            let client = try await blocking { () -> Unchecked<RawClient> in
                let client = try place.connect()
                try client.send(text)
                return Unchecked(client)
            }
            for await _ in asked {}
            client.drop()
            var wasCancelled = false
            for await value in ended { wasCancelled = value }
            #expect(wasCancelled)
        }
    }

    @Test("A change that has begun is not cancelled with its client")
    func finishesChanges() async throws {
        let (asked, ask) = AsyncStream<Void>.makeStream()
        let (released, release) = AsyncStream<Void>.makeStream()
        let (ended, end) = AsyncStream<Bool>.makeStream()
        let api = makeAPI(
            FakeSupervisor(),
            reload: { () throws(GafferError) in
                ask.finish()
                for await _ in released {}
                end.yield(Task.isCancelled)
                end.finish()
                return ReloadSummary()
            }
        )
        let text = request("POST", "/reload")
        try await withLiveServer(api, limits: .standard(with: \.connections, 1)) { place, _ in
            let client = try await blocking { () -> Unchecked<RawClient> in
                let client = try place.connect()
                try client.send(text)
                return Unchecked(client)
            }
            for await _ in asked {}
            client.drop()
            // There is room for one: another that is let in shows that the first is gone.
            try await blocking {
                var status = 503
                for _ in 0..<10_000 where status == 503 {
                    let other = try place.connect()
                    try other.send("GET /ping HTTP/1.1\r\n\r\n")
                    status = try other.receive().status
                }
                #expect(status == 200)
            }
            release.finish()
            for await wasCancelled in ended { #expect(!wasCancelled) }
        }
    }

    @Test("While the endpoint stops a running request gets its answer, and nobody else is let in")
    func drains() async throws {
        let (asked, ask) = AsyncStream<Void>.makeStream()
        let (released, release) = AsyncStream<Void>.makeStream()
        let api = makeAPI(
            FakeSupervisor(),
            reload: { () throws(GafferError) in
                ask.finish()
                for await _ in released {}
                return ReloadSummary()
            }
        )
        let text = request("POST", "/reload")
        try await withLiveServer(api, limits: .standard(with: \.shutdown, .minutes(5))) { place, group in
            async let answer = blocking { () -> (Int, String?, Bool) in
                let client = try place.connect()
                try client.send(text)
                let answer = try client.receive()
                return (answer.status, answer.headers["connection"], try client.receiveEnd().isEmpty)
            }
            let idle = try await blocking { () -> Unchecked<RawClient> in
                let client = try place.connect()
                try client.send("GET /ping HTTP/1.1\r\n\r\n")
                _ = try client.receive()
                return Unchecked(client)
            }
            for await _ in asked {}
            await group.triggerGracefulShutdown()
            // An idle connection is closed at once, which shows that the stopping has begun.
            #expect(try await blocking { try idle.value?.receiveEnd().isEmpty } == true)
            #expect(await isRefused(place))
            release.finish()
            let (status, connection, isEnded) = try await answer
            #expect(status == 200)
            #expect(connection == "close")
            #expect(isEnded)
        }
    }

    @Test(
        "While the endpoint stops, a client that has just come may still ask, unless it takes too long",
        arguments: [true, false]
    )
    func newcomer(isQuick: Bool) async throws {
        var limits = ConnectionLimits.standard(with: \.firstRequest, isQuick ? .minutes(5) : .milliseconds(1))
        limits.shutdown = .minutes(5)
        try await withLiveServer(makeAPI(FakeSupervisor()), limits: limits) { place, group in
            let clients = try await blocking { () -> [Unchecked<RawClient>] in
                // The answer to the second shows that the first was accepted as well.
                let clients = [try place.connect(), try place.connect()]
                try clients[1].send("GET /ping HTTP/1.1\r\n\r\n")
                _ = try clients[1].receive()
                return clients.map { Unchecked($0) }
            }
            await group.triggerGracefulShutdown()
            let isEnded = try await blocking { try clients[1].value?.receiveEnd().isEmpty }
            #expect(isEnded == true)
            if isQuick {
                let (answer, rest) = try await blocking { () -> (RawAnswer?, [UInt8]?) in
                    try clients[0].value?.send("GET /ping HTTP/1.1\r\n\r\n")
                    return (try clients[0].value?.receive(), try clients[0].value?.receiveEnd())
                }
                #expect(answer?.status == 200)
                #expect(rest == [])
            } else {
                let isEnded = try await blocking { try clients[0].value?.receiveEnd().isEmpty }
                #expect(isEnded == true)
            }
        }
    }

    @Test("A request that does not end is cut off after the time that stopping may take")
    func cutsOff() async throws {
        let (asked, ask) = AsyncStream<Void>.makeStream()
        let supervisor = FakeSupervisor()
        supervisor.whenWaitedFor { () throws(GafferError) in
            ask.finish()
            await waitForCancellation()
        }
        let limits = ConnectionLimits.standard(with: \.shutdown, .milliseconds(20))
        let text = request("POST", "/state?wait=86400", "0")
        try await withLiveServer(makeAPI(supervisor), limits: limits) { place, group in
            async let end = blocking { () -> [UInt8] in
                let client = try place.connect()
                try client.send(text)
                return try client.receiveEnd()
            }
            for await _ in asked {}
            await group.triggerGracefulShutdown()
            let received = try await end
            #expect(received.isEmpty)
        }
    }

    private func isRefused(_ place: Place) async -> Bool {
        // The queue of the kernel may take a connection until the socket is closed, and drops it then.
        let end = try? await blocking { () -> [UInt8] in
            let client = try place.connect()
            try? client.send("GET /ping HTTP/1.1\r\n\r\n")
            return try client.receiveEnd()
        }
        return end == nil || end == []
    }
}

/// Waits until the task is cancelled.
private func waitForCancellation() async {
    let (stream, continuation) = AsyncStream<Void>.makeStream()
    await withTaskCancellationHandler {
        for await _ in stream {}
    } onCancel: {
        continuation.finish()
    }
}

/// Hands a client from one thread to the next, which use it one after the other.
private final class Unchecked<Value: AnyObject>: @unchecked Sendable {  // one owner at a time
    private(set) var value: Value?

    init(_ value: Value) {
        self.value = value
    }

    func drop() { value = nil }
}
