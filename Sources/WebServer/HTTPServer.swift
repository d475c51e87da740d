package import Logging
internal import NIOCore
internal import NIOPosix
internal import ServiceLifecycle

/// Serves several sockets, all on one thread.
///
/// One thread answers tens of thousands of requests a second, and each further one costs memory that is never used:
/// a supervisor is asked now and then.
package struct HTTPServer: Service {
    /// A socket, and who answers on it.
    package struct Endpoint: Sendable {
        /// Where it listens.
        package var socket: ListenSocket
        /// Which `Host` headers are answered; nil: any, for a unix socket, which no web page reaches.
        package var hosts: HostRule?
        /// Who answers.
        package var responder: any Responder

        /// Makes an endpoint.
        package init(socket: ListenSocket, hosts: HostRule?, responder: any Responder) {
            self.socket = socket
            self.hosts = hosts
            self.responder = responder
        }
    }

    private let endpoints: [Endpoint]
    private let limits: ConnectionLimits
    private let logger: Logger

    /// Makes a server, which owns the sockets from here on.
    package init(
        endpoints: [Endpoint],
        limits: ConnectionLimits = ConnectionLimits(),
        logger: Logger
    ) {
        self.endpoints = endpoints
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
                            responder: endpoint.responder,
                            hosts: endpoint.hosts,
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
