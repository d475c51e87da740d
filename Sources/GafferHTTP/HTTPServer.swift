package import Logging
internal import NIOCore
internal import NIOPosix
internal import ServiceLifecycle

/// Serves the API on several sockets, all on one thread.
///
/// One thread answers tens of thousands of requests a second, and each further one costs memory that is never used:
/// a supervisor is asked now and then.
package struct HTTPServer: Service {
    /// A socket, and who may use it for what.
    package struct Endpoint: Sendable {
        /// Where it listens.
        package var socket: ListenSocket
        /// Who is who.
        package var access: AccessRule
        /// Which `Host` headers are answered; nil: any.
        package var hosts: HostRule?

        /// A unix socket: the peer's user and groups decide.
        package static func unix(_ socket: ListenSocket, owner: UInt32, group: UInt32?) -> Endpoint {
            Endpoint(socket: socket, access: .peer(owner: owner, group: group), hosts: nil)
        }

        /// A TCP endpoint that needs no key.
        ///
        /// - Parameter hosts: the names and addresses that it was configured with.
        package static func open(_ socket: ListenSocket, hosts: [String]) -> Endpoint {
            Endpoint(socket: socket, access: .open, hosts: HostRule(configured: hosts))
        }
    }

    private let endpoints: [Endpoint]
    private let api: HTTPAPI
    private let limits: ConnectionLimits
    private let logger: Logger

    /// Makes a server, which owns the sockets from here on.
    package init(
        endpoints: [Endpoint],
        api: HTTPAPI,
        limits: ConnectionLimits = ConnectionLimits(),
        logger: Logger
    ) {
        self.endpoints = endpoints
        self.api = api
        self.limits = limits
        self.logger = logger
    }

    /// Serves all endpoints until they are told to stop; one that fails ends the others.
    package func run() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let result = await serve(on: group)
        try await group.shutdownGracefully()
        try result.get()
    }

    private func serve(on group: MultiThreadedEventLoopGroup) async -> Result<Void, any Error> {
        do {
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for endpoint in endpoints {
                    tasks.addTask {
                        try await HTTPEndpoint(
                            socket: endpoint.socket,
                            access: endpoint.access,
                            hosts: endpoint.hosts,
                            api: api,
                            group: group,
                            limits: limits,
                            logger: logger
                        ).run()
                    }
                }
                try await tasks.waitForAll()
            }
            return .success(())
        } catch {
            return .failure(error)
        }
    }
}
