import GafferSystem
import Logging
import ServiceLifecycle
import WebChannels
import WebServer
import sockjs_server

/// Serves the protocol's example services while `body` runs on a thread that may block.
func withExampleServer<Result: Sendable>(
    _ configuration: SockJSConfiguration = .patient,
    _ body: @escaping @Sendable (ExampleServer) throws -> Result
) async throws -> Result {
    let services = ExampleServices(configuration)
    let socket = try ListenSocket.tcp(host: "127.0.0.1", port: 0)
    let server = ExampleServer(port: socket.port ?? 0, services: services)
    var logger = Logger(label: "test")
    logger.logLevel = .error
    let endpoint = HTTPServer.Endpoint(
        socket: socket,
        hosts: HostRule(configured: ["127.0.0.1"]),
        origins: .any,
        responder: services
    )
    let group = ServiceGroup(services: [HTTPServer(endpoints: [endpoint], logger: logger)], logger: logger)
    return try await withThrowingTaskGroup(of: Void.self) { tasks in
        tasks.addTask { try await group.run() }
        do {
            let result = try await blocking { try body(server) }
            services.stop()
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            return result
        } catch {
            await group.triggerGracefulShutdown()
            throw error
        }
    }
}

/// Runs what blocks on a thread of its own, since the shared ones are the server's.
///
/// It stays the test's task, so that what fails in it is told as that test's.
func blocking<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
    let thread = OwnThread()
    defer { thread.worker.stop() }
    return try await withTaskExecutorPreference(thread) { try body() }
}

private final class OwnThread: TaskExecutor {
    let worker = WorkerThread(name: "blocking")

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        worker.perform { [self] in job.runSynchronously(on: asUnownedTaskExecutor()) }
    }
}

/// Where the example services are, and how to ask them.
struct ExampleServer: Sendable {
    let port: UInt16
    let services: ExampleServices

    /// One request, answered whole.
    func ask(
        _ method: String,
        _ path: String,
        _ headers: [String: String] = [:],
        body: String? = nil
    ) throws -> PlainAnswer {
        let connection = try begin(method, path, headers, body: body)
        var answer = connection.answer
        answer.body = try connection.rest()
        return answer
    }

    /// One request whose answer is read piece by piece.
    func begin(
        _ method: String,
        _ path: String,
        _ headers: [String: String] = [:],
        body: String? = nil
    ) throws -> OpenAnswer {
        let connection = try PlainConnection(port: port)
        try connection.send(method, path, headers, body: body)
        return OpenAnswer(answer: try connection.receiveHead(), connection: connection)
    }

    /// A path of a session that nobody else has.
    func session(_ service: String = "echo") -> String {
        "/\(service)/000/\(UInt64.random(in: 0...UInt64.max))"
    }
}

/// A request that is answered bit by bit; its end is that of the connection.
struct OpenAnswer {
    var answer: PlainAnswer
    var connection: PlainConnection

    /// The next piece as it was written; nil: the answer is complete.
    func next() throws -> String? {
        try connection.receivePiece(of: answer)
    }

    func rest() throws -> String {
        var body = ""
        while let piece = try next() {
            body += piece
            if answer.headers["content-length"] != nil { break }
        }
        return body
    }
}

extension SockJSConfiguration {
    /// What the protocol recommends, but that a test may be held up between two requests.
    static var patient: SockJSConfiguration {
        var configuration = SockJSConfiguration()
        configuration.disconnectDelay = .seconds(60)
        return configuration
    }

    /// The patient one, but for one thing.
    static func with<Value>(_ path: WritableKeyPath<SockJSConfiguration, Value>, _ value: Value) -> SockJSConfiguration
    {
        var configuration = patient
        configuration[keyPath: path] = value
        return configuration
    }
}
