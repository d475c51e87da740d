internal import GafferSystem
package import Logging
internal import NIOCore
internal import NIOPosix
internal import NIOSSL
internal import ServiceLifecycle
internal import Synchronization

/// Serves several sockets, all on one thread.
///
/// One thread answers tens of thousands of requests a second, and each further one costs memory that is never used:
/// a supervisor is asked now and then. Endpoints come and go while it runs, each without a word to the others.
package final class HTTPServer: Service {
    /// A socket, and who answers on it.
    package struct Endpoint: Sendable {
        /// What it is known by; unlike any other's.
        package var name: String
        /// Where it listens.
        package var socket: ListenSocket
        /// Which `Host` headers are answered; nil: any, for a unix socket, which no web page reaches.
        package var hosts: HostRule?
        /// Which web pages may ask.
        package var origins: OriginRule
        /// How it is encrypted; nil: not at all.
        package var tls: TLSConfig?
        /// What its clients may take; nil: as the server says.
        package var limits: ConnectionLimits?
        /// Who answers.
        package var responder: any Responder

        /// Makes an endpoint, known by its address where it has no other name.
        package init(
            name: String? = nil,
            socket: ListenSocket,
            hosts: HostRule?,
            origins: OriginRule = OriginRule(),
            tls: TLSConfig? = nil,
            limits: ConnectionLimits? = nil,
            responder: any Responder
        ) {
            self.name = name ?? socket.address
            self.socket = socket
            self.hosts = hosts
            self.origins = origins
            self.tls = tls
            self.limits = limits
            self.responder = responder
        }
    }

    private struct State {
        var served: [String: Entry] = [:]
        var isEnded = false
    }

    /// An endpoint, and what waits for its end.
    private struct Entry {
        let endpoint: ServedEndpoint
        let ended = Latch()
    }

    private let initial: [Endpoint]
    private let limits: ConnectionLimits
    private let logger: Logger
    private let state = Mutex(State())
    /// Those that are to be served.
    private let entries: AsyncStream<Entry>
    private let continuation: AsyncStream<Entry>.Continuation

    /// Makes a server, which owns the sockets from here on.
    package init(
        endpoints: [Endpoint],
        limits: ConnectionLimits = ConnectionLimits(),
        logger: Logger
    ) {
        initial = endpoints
        self.limits = limits
        self.logger = logger
        (entries, continuation) = AsyncStream.makeStream(of: Entry.self)
    }

    /// Serves its endpoints until it is told to stop; one that fails is logged, and the others go on.
    ///
    /// - Throws: where the thread can't be ended.
    package func run() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        await withTaskCancellationHandler {
            await withGracefulShutdownHandler {
                await withDiscardingTaskGroup { tasks in
                    for endpoint in initial {
                        tasks.addTask { await self.addInitial(endpoint) }
                    }
                    for await entry in entries {
                        tasks.addTask { await self.serve(entry, on: group) }
                    }
                }
            } onGracefulShutdown: {
                self.continuation.finish()
            }
        } onCancel: {
            self.continuation.finish()
        }
        // Those that came so late that nobody served them any more.
        let left = state.withLock { state in
            state.isEnded = true
            defer { state.served = [:] }
            return state.served.values.map(\.self)
        }
        for entry in left {
            entry.endpoint.endpoint.socket.close()
            entry.ended.open()
        }
        try await group.shutdownGracefully()
    }

    // MARK: While it runs

    /// The names of the endpoints that are served.
    package var names: Set<String> {
        state.withLock { Set($0.served.keys) }
    }

    /// Serves another endpoint, as soon as the server runs.
    ///
    /// - Throws: ``TLSError`` where its files can't be used, ``EndpointError`` where there is one of that name already, or
    ///   where the server has ended; the socket is closed then.
    package func add(_ endpoint: Endpoint) async throws {
        do {
            let tls = try await endpoint.tls?.load()
            let entry = Entry(
                endpoint: ServedEndpoint(endpoint, tls: tls, limits: endpoint.limits ?? limits, logger: logger)
            )
            try state.withLock { state throws(EndpointError) in
                guard !state.isEnded else { throw EndpointError.hasEnded }
                guard state.served[endpoint.name] == nil else { throw EndpointError.isServed(endpoint.name) }
                guard case .enqueued = continuation.yield(entry) else { throw EndpointError.hasEnded }
                state.served[endpoint.name] = entry
            }
        } catch {
            endpoint.socket.close()
            throw error
        }
    }

    /// Ends an endpoint and returns when its last connection is closed.
    ///
    /// - Throws: ``EndpointError`` where there is none of that name.
    package func remove(_ name: String) async throws(EndpointError) {
        guard let entry = state.withLock({ $0.served[name] }) else { throw .isNotServed(name) }
        entry.endpoint.stop()
        await entry.ended.wait()
    }

    /// Reads the files anew that an endpoint is encrypted with, for the connections that come from now on.
    ///
    /// - Throws: ``TLSError`` where they can't be used, ``EndpointError`` where there is no such endpoint or it is not
    ///   encrypted; what was in force stays so.
    package func replaceTLS(_ config: TLSConfig, of name: String) async throws {
        guard let entry = state.withLock({ $0.served[name] }) else { throw EndpointError.isNotServed(name) }
        guard entry.endpoint.endpoint.tls != nil else { throw EndpointError.isPlain(name) }
        entry.endpoint.replaceTLS(try await config.load())
    }

    private func addInitial(_ endpoint: Endpoint) async {
        do {
            try await add(endpoint)
        } catch EndpointError.hasEnded {
            // It is told to stop before it has begun.
        } catch {
            logger.error("an endpoint is not served", metadata: ["endpoint": "\(endpoint.name)", "error": "\(error)"])
        }
    }

    private func serve(_ entry: Entry, on group: MultiThreadedEventLoopGroup) async {
        do {
            try await entry.endpoint.run(on: group)
        } catch {
            // Logged where it happened.
            entry.endpoint.endpoint.socket.close()
        }
        state.withLock { $0.served[entry.endpoint.endpoint.name] = nil }
        entry.ended.open()
    }
}

/// Why the endpoints stay as they are.
package enum EndpointError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The server runs no more.
    case hasEnded
    /// There is one of that name.
    case isServed(String)
    /// There is none of that name.
    case isNotServed(String)
    /// It is not encrypted, which can't change while it is served.
    case isPlain(String)

    /// A sentence that says it all.
    package var description: String {
        switch self {
        case .hasEnded: "The server has ended."
        case .isServed(let name): "An endpoint \(name) is served already."
        case .isNotServed(let name): "No endpoint \(name) is served."
        case .isPlain(let name): "The endpoint \(name) is not encrypted."
        }
    }
}

/// Something that is waited for, and then is so for ever.
private final class Latch: Sendable {
    private let state = Mutex((isOpen: false, waiting: [CheckedContinuation<Void, Never>]()))

    func open() {
        let waiting = state.withLock { state in
            state.isOpen = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    func wait() async {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                if !state.isOpen { state.waiting.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
    }
}
