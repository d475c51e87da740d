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
        // An address may go from one endpoint to another; a unix socket's file is then made anew.
        let leaving = difference.removed.compactMap { served[$0] }
        for config in difference.added where reasons.isEmpty {
            do {
                if let former = leaving.first(where: { $0.config.address == config.address }), former.socket.port != nil
                {
                    opened[config.name] = try former.socket.duplicate()
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
        return Prepared(difference: difference, opened: opened)
    }

    /// Gives up what was prepared.
    func discard(_ prepared: Prepared) {
        for socket in prepared.opened.values { socket.close() }
    }

    /// Puts in force what was prepared; the endpoints that stay do not notice.
    func apply(_ prepared: Prepared) async {
        guard let server else { return discard(prepared) }
        let difference = prepared.difference
        var leaving = difference.removed.compactMap { served.removeValue(forKey: $0)?.name }
        for config in difference.changed {
            guard let former = served[config.name] else { continue }
            do {
                let socket = try former.socket.duplicate()
                leaving.append(former.name)
                try await server.add(serve(config, on: socket))
            } catch {
                logger.error("an endpoint is not served any more", metadata: ["endpoint": "\(config.name): \(error)"])
            }
        }
        for config in difference.added {
            guard let socket = prepared.opened[config.name] else { continue }
            do {
                try await server.add(serve(config, on: socket))
            } catch {
                logger.error("an endpoint is not served", metadata: ["endpoint": "\(config.name): \(error)"])
            }
        }
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
