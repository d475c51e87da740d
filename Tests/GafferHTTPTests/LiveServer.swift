import GafferAuth
import GafferHTTP
import GafferModel
import GafferTestKit
import Glibc
import Logging
import NIOCore
import ServiceLifecycle
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

func makeAPI(
    _ supervisor: FakeSupervisor,
    feeds: FakeFeeds? = nil,
    authenticator: Authenticator = Authenticator(),
    accounts: AuthService? = nil,
    reload: @escaping HTTPAPI.Reload = { () throws(GafferError) in ReloadSummary() },
    validate: @escaping HTTPAPI.Validate = { _ throws(GafferError) in }
) -> HTTPAPI {
    HTTPAPI(
        supervisor: supervisor,
        feeds: feeds ?? .ofProcesses(of: supervisor),
        authenticator: authenticator,
        accounts: accounts,
        reload: reload,
        validate: validate
    )
}

extension FakeFeeds {
    /// Feeds that know the processes of a supervisor.
    static func ofProcesses(of supervisor: FakeSupervisor) -> FakeFeeds {
        let feeds = FakeFeeds()
        for job in (try? supervisor.jobNames(in: nil)) ?? [] {
            for pid in (try? supervisor.pids(of: job)) ?? [] { feeds.add(pid, of: job) }
        }
        return feeds
    }
}

/// One server that has answered before any other is made.
///
/// Dozens of event loops that use their generic types for the first time at once have crashed Swift 6.3's runtime, which
/// makes these types' metadata then (a null pointer in swift_checkMetadataState); a gafferd has one event loop.
private let firstServer = Task {
    try? await serveLive(makeAPI(FakeSupervisor()), onTCP: false, limits: ConnectionLimits()) { place, _ in
        try await blocking {
            let client = try place.connect()
            try client.send("GET /ping HTTP/1.1\r\n\r\nGET /1/stats HTTP/1.1\r\nConnection: close\r\n\r\n")
            _ = try client.receive()
            _ = try client.receive()
        }
    }
}

/// Serves the API on a unix socket, or on TCP where `onTCP`, while `body` runs; then shuts it down as gafferd does.
func withLiveServer<Result: Sendable>(
    _ api: HTTPAPI,
    onTCP: Bool = false,
    limits: ConnectionLimits = ConnectionLimits(),
    _ body: (Place, ServiceGroup) async throws -> Result
) async throws -> Result {
    _ = await firstServer.value
    return try await serveLive(api, onTCP: onTCP, limits: limits, body)
}

private func serveLive<Result: Sendable>(
    _ api: HTTPAPI,
    onTCP: Bool,
    limits: ConnectionLimits,
    _ body: (Place, ServiceGroup) async throws -> Result
) async throws -> Result {
    try await withTemporaryFolder { folder in
        let place: Place
        let endpoint: HTTPServer.Endpoint
        if onTCP {
            let socket = try ListenSocket.tcp(host: "127.0.0.1", port: 0)
            place = .tcp(socket.port ?? 0)
            endpoint = HTTPServer.Endpoint(
                socket: socket,
                hosts: HostRule(configured: ["127.0.0.1"]),
                responder: APIResponder(api: api) { .open }
            )
        } else {
            let path = folder + "/gafferd.sock"
            place = .unix(path)
            endpoint = HTTPServer.Endpoint(
                socket: try ListenSocket.unix(path),
                hosts: nil,
                responder: APIResponder(api: api) { .peer(PeerRule(owner: geteuid())) }
            )
        }
        var logger = Logger(label: "test")
        logger.logLevel = .error
        let server = HTTPServer(endpoints: [endpoint], limits: limits, logger: logger)
        let group = ServiceGroup(services: [server], logger: logger)
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            do {
                let result = try await body(place, group)
                await group.triggerGracefulShutdown()
                try await tasks.waitForAll()
                return result
            } catch {
                await group.triggerGracefulShutdown()
                throw error
            }
        }
    }
}

/// Serves a supervisor while `body` runs on a thread that may block.
func serving<Result: Sendable>(
    onTCP: Bool = false,
    supervisor: FakeSupervisor = FakeSupervisor(),
    limits: ConnectionLimits = ConnectionLimits(),
    _ body: @escaping @Sendable (Place) throws -> Result
) async throws -> Result {
    try await withLiveServer(makeAPI(supervisor), onTCP: onTCP, limits: limits) { place, _ in
        try await blocking { try body(place) }
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

extension RawAnswer {
    /// The member `reason` of its JSON.
    var reason: String? {
        (try? JSON(parsing: body))?["reason"]?.stringValue
    }
}
