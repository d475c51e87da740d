import Glibc
import Logging
import ServiceLifecycle
import Synchronization
import WebServer
import WebTestKit

/// Where a server under test listens.
enum Place: Sendable {
    case unix(String)
    case tcp(UInt16)

    /// A client that is connected to it.
    func connect() throws -> RawClient {
        switch self {
        case .unix(let path): try RawClient(unix: path)
        case .tcp(let port): try RawClient(port: port)
        }
    }
}

/// Answers as a test says.
struct TestResponder: Responder {
    var decide: @Sendable (RequestHead) -> RequestPlan

    func plan(for head: RequestHead) -> RequestPlan {
        decide(head)
    }
}

/// Serves on a unix socket, or on TCP where `onTCP`, while `body` runs; then shuts down as gafferd does.
func withServer<Result: Sendable>(
    onTCP: Bool = false,
    origins: OriginRule = OriginRule(),
    tls: TLSConfig? = nil,
    limits: ConnectionLimits = ConnectionLimits(),
    _ decide: @escaping @Sendable (RequestHead) -> RequestPlan,
    _ body: (Place, ServiceGroup) async throws -> Result
) async throws -> Result {
    let folder = TemporaryDirectory()
    let place: Place
    let socket: ListenSocket
    if onTCP {
        socket = try ListenSocket.tcp(host: "127.0.0.1", port: 0)
        place = .tcp(socket.port ?? 0)
    } else {
        let path = folder.path + "/test.sock"
        socket = try ListenSocket.unix(path)
        place = .unix(path)
    }
    let endpoint = HTTPServer.Endpoint(
        socket: socket,
        hosts: onTCP ? HostRule(configured: ["127.0.0.1"]) : nil,
        origins: origins,
        tls: tls,
        responder: TestResponder(decide: decide)
    )
    var logger = Logger(label: "test")
    logger.logLevel = .error
    let server = HTTPServer(endpoints: [endpoint], limits: limits, logger: logger)
    defer { withExtendedLifetime(folder) {} }
    return try await running(server) { group in try await body(place, group) }
}

/// Runs a server while `body` runs.
func running<Result: Sendable>(
    _ server: HTTPServer,
    _ body: (ServiceGroup) async throws -> Result
) async throws -> Result {
    let group = ServiceGroup(services: [server], logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    return try await withThrowingTaskGroup(of: Void.self) { tasks in
        tasks.addTask { try await group.run() }
        do {
            let result = try await body(group)
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            return result
        } catch {
            await group.triggerGracefulShutdown()
            throw error
        }
    }
}

/// Serves while `body` runs on a thread that may block.
func serving<Result: Sendable>(
    onTCP: Bool = false,
    origins: OriginRule = OriginRule(),
    tls: TLSConfig? = nil,
    limits: ConnectionLimits = ConnectionLimits(),
    _ decide: @escaping @Sendable (RequestHead) -> RequestPlan,
    _ body: @escaping @Sendable (Place) throws -> Result
) async throws -> Result {
    try await withServer(onTCP: onTCP, origins: origins, tls: tls, limits: limits, decide) { place, _ in
        try await blocking { try body(place) }
    }
}

/// Something that happens in the server, and that a test waits for on a thread of its own.
final class Happening: Sendable {
    private let state = Mutex((count: 0, waiting: [CheckedContinuation<Void, Never>]()))

    func happens() {
        let waiting = state.withLock { state in
            state.count += 1
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    /// Waits until it has happened.
    func wait() async {
        await withCheckedContinuation { continuation in
            let hasHappened = state.withLock { state in
                if state.count == 0 { state.waiting.append(continuation) }
                return state.count > 0
            }
            if hasHappened { continuation.resume() }
        }
    }

    var count: Int { state.withLock { $0.count } }
}

/// Waits until its task is cancelled.
func untilCancelled() async {
    let (stream, continuation) = AsyncStream.makeStream(of: Never.self)
    await withTaskCancellationHandler {
        for await _ in stream {}
    } onCancel: {
        continuation.finish()
    }
}

extension ConnectionLimits {
    /// The limits that gafferd serves with, but for one.
    static func standard<Value>(
        with path: WritableKeyPath<ConnectionLimits, Value>,
        _ value: Value
    ) -> ConnectionLimits {
        var limits = ConnectionLimits()
        limits[keyPath: path] = value
        return limits
    }
}
