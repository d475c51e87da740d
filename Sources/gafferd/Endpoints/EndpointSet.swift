internal import GafferConfig
internal import GafferSystem
internal import Logging
internal import WebServer

/// The endpoints that the configuration names, while they are served: a reload changes them by difference.
actor EndpointSet {
    /// An endpoint that is served.
    private struct Served {
        var config: EndpointConfig
        var socket: ListenSocket
        /// What the server knows it by: an endpoint that is served otherwise gets another name, so that the old one may
        /// end in its own time.
        var name: String
    }

    /// A change whose sockets are open and whose certificates are good.
    struct Prepared: Sendable {
        fileprivate var difference: EndpointDifference
        fileprivate var opened: [String: ListenSocket]
        /// Endpoints that get the socket of one that leaves, by name.
        fileprivate var heirs: [String: String]
    }

    private let opener: EndpointOpener
    private let logger: Logger
    private var server: HTTPServer?
    private var served: [String: Served] = [:]
    private var generation = 0

    init(opener: EndpointOpener, logger: Logger) {
        self.opener = opener
        self.logger = logger
    }

    /// Opens the first ones, which are served by the server that is made with them.
    ///
    /// - Throws: what says why one can't be opened; none is left open then.
    func open(_ configs: [EndpointConfig], inherited: InheritedSockets) async throws -> [HTTPServer.Endpoint] {
        var endpoints: [HTTPServer.Endpoint] = []
        do {
            for config in configs {
                try await config.tls?.check()
                let socket = try inherited.socket(of: config) ?? opener.socket(of: config)
                endpoints.append(serve(config, on: socket))
            }
        } catch {
            for endpoint in endpoints { endpoint.socket.close() }
            throw error
        }
        return endpoints
    }

    /// Tells which server serves them.
    func areServed(by server: HTTPServer) {
        self.server = server
    }

    /// Checks and opens what a new configuration needs, and changes nothing yet.
    ///
    /// - Throws: ``EndpointRefusal`` with all that is in the way.
    func prepare(_ configs: [EndpointConfig]) async throws(EndpointRefusal) -> Prepared {
        let difference = EndpointDifference(from: served.values.map(\.config), to: configs)
        var reasons: [String] = []
        for config in configs {
            do {
                try await config.tls?.check()
            } catch {
                reasons.append("[endpoint:\(config.name)]: \(error)")
            }
        }
        var opened: [String: ListenSocket] = [:]
        var heirs: [String: String] = [:]
        // An address may go from one endpoint to another.
        let leaving = difference.removed.compactMap { served[$0] }
        for config in difference.added where reasons.isEmpty {
            do {
                if let former = leaving.first(where: { $0.config.address == config.address }) {
                    heirs[config.name] = former.config.name
                } else {
                    opened[config.name] = try opener.socket(of: config)
                }
            } catch {
                reasons.append("[endpoint:\(config.name)]: \(error)")
            }
        }
        guard reasons.isEmpty else {
            for socket in opened.values { socket.close() }
            throw EndpointRefusal(reasons: reasons)
        }
        return Prepared(difference: difference, opened: opened, heirs: heirs)
    }

    /// Gives up what was prepared.
    func discard(_ prepared: Prepared) {
        for socket in prepared.opened.values { socket.close() }
    }

    /// Puts in force what was prepared; the endpoints that stay do not notice.
    func apply(_ prepared: Prepared) async {
        guard let server else { return discard(prepared) }
        let difference = prepared.difference
        var leaving: [String] = []
        let removed = difference.removed.compactMap { name in served.removeValue(forKey: name).map { (name, $0) } }
        let former = Dictionary(removed.map { ($0.0, $0.1) }) { first, _ in first }
        for config in difference.changed {
            guard let before = served[config.name] else { continue }
            if await replace(before.socket, by: config, on: server) { leaving.append(before.name) }
        }
        for config in difference.added {
            if let heir = prepared.heirs[config.name], let socket = former[heir]?.socket {
                _ = await replace(socket, by: config, on: server)
            } else if let socket = prepared.opened[config.name] {
                await add(config, on: socket, to: server)
            }
        }
        leaving += former.values.map(\.name)
        for config in difference.kept {
            guard let tls = config.tls, let endpoint = served[config.name] else { continue }
            do {
                try await server.replaceTLS(tls, of: endpoint.name)
            } catch {
                logger.error(
                    "an endpoint keeps its old certificate",
                    metadata: ["endpoint": "\(config.name): \(error)"]
                )
            }
        }
        for name in leaving {
            // Unstructured: a client that is served has its time to end, and a reload does not wait for it.
            Task(executorPreference: ThreadExecutor.shared) { try? await server.remove(name) }
        }
    }

    /// Serves a socket that listens already otherwise; false: it is served as it was.
    private func replace(_ socket: ListenSocket, by config: EndpointConfig, on server: HTTPServer) async -> Bool {
        do {
            return await add(config, on: try socket.handedOver(backlog: Int32(clamping: config.backlog)), to: server)
        } catch {
            logger.error("an endpoint is served as it was", metadata: ["endpoint": "\(config.name): \(error)"])
            return false
        }
    }

    @discardableResult
    private func add(_ config: EndpointConfig, on socket: ListenSocket, to server: HTTPServer) async -> Bool {
        let before = served[config.name]
        do {
            try await server.add(serve(config, on: socket))
            return true
        } catch {
            served[config.name] = before
            logger.error("an endpoint is not served", metadata: ["endpoint": "\(config.name): \(error)"])
            return false
        }
    }

    private func serve(_ config: EndpointConfig, on socket: ListenSocket) -> HTTPServer.Endpoint {
        generation += 1
        let name = "\(config.name).\(generation)"
        served[config.name] = Served(config: config, socket: socket, name: name)
        return opener.endpoint(config, on: socket, name: name)
    }
}

/// Why endpoints stay as they are.
struct EndpointRefusal: Error {
    /// A sentence each.
    let reasons: [String]
}
