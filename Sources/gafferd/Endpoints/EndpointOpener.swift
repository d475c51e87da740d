internal import GafferAuth
internal import GafferConfig
internal import GafferHTTP
internal import GafferSystem
internal import Glibc
internal import WebServer

/// Opens the sockets that the API is served on.
struct EndpointOpener {
    /// The group whose members may use the unix sockets.
    private static let group = "gaffer"

    /// What the endpoints answer with.
    let api: HTTPAPI
    /// Who is who at unix sockets.
    let access: AccessControl

    func openControlSocket(_ path: String, backlog: Int?, inherited: ListenSocket?) throws -> HTTPServer.Endpoint {
        let socket =
            try inherited
            ?? ListenSocket.unix(
                path,
                group: Self.group(in: SystemAccounts()),
                backlog: Int32(clamping: backlog ?? 128)
            )
        return HTTPServer.Endpoint(name: "control", socket: socket, hosts: nil, responder: peerResponder)
    }

    /// Opens what an endpoint listens on.
    func socket(of endpoint: EndpointConfig) throws -> ListenSocket {
        let backlog = Int32(clamping: endpoint.backlog)
        switch endpoint.address {
        case .unix(let path):
            return try ListenSocket.unix(path, group: Self.group(in: SystemAccounts()), backlog: backlog)
        case .tcp(let host, let port):
            return try ListenSocket.tcp(host: host, port: UInt16(clamping: port), backlog: backlog)
        }
    }

    /// What is served on a socket.
    ///
    /// - Parameter name: what the server knows it by.
    func endpoint(_ config: EndpointConfig, on socket: ListenSocket, name: String) -> HTTPServer.Endpoint {
        var limits = ConnectionLimits()
        limits.connections = config.maxConnections
        switch config.address {
        case .unix:
            limits.perAddress = config.maxConnectionsPerAddress ?? config.maxConnections
            return HTTPServer.Endpoint(
                name: name,
                socket: socket,
                hosts: nil,
                origins: OriginRule(allowed: config.origins),
                limits: limits,
                responder: peerResponder
            )
        case .tcp(let host, _):
            if let bound = config.maxConnectionsPerAddress { limits.perAddress = bound }
            let rule: EndpointRule = config.requireKey ? .key : .open
            return HTTPServer.Endpoint(
                name: name,
                socket: socket,
                hosts: HostRule(configured: [host] + config.hosts),
                origins: OriginRule(allowed: config.origins),
                tls: config.tls,
                limits: limits,
                responder: APIResponder(api: api) { rule }
            )
        }
    }

    private var peerResponder: APIResponder {
        let access = access
        return APIResponder(api: api) { .peer(access.rule) }
    }

    /// The number of the group `gaffer`; nil where the machine has none, or does not tell.
    static func group(in accounts: SystemAccounts) -> UInt32? {
        do { return try accounts.group(named: Self.group)?.gid } catch { return nil }
    }
}

extension EndpointConfig {
    /// How it is encrypted; nil: not at all.
    var tls: TLSConfig? {
        guard let certfile else { return nil }
        let verify: TLSConfig.Verification =
            switch verification {
            case .none: .none
            case .optional: .optional
            case .required: .required
            }
        return TLSConfig(certfile: certfile, keyfile: keyfile ?? certfile, cacert: cacert, verify: verify)
    }
}
