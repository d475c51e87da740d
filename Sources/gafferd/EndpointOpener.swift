internal import GafferConfig
internal import GafferHTTP
internal import GafferSystem
internal import Glibc
internal import Logging
internal import WebServer

/// Opens the sockets that the API is served on.
struct EndpointOpener {
    /// The group whose members may use the unix sockets.
    static let group = "gaffer"

    let logger: Logger
    /// What the endpoints answer with.
    let api: HTTPAPI
    /// Those that need not be opened.
    var inherited = InheritedSockets()

    func openControlSocket(_ path: String, backlog: Int?) throws -> HTTPServer.Endpoint {
        try unix(path, backlog: backlog, inherited: inherited.control)
    }

    private func unix(_ path: String, backlog: Int?, inherited: ListenSocket?) throws -> HTTPServer.Endpoint {
        let group = controlGroup
        let socket =
            try inherited ?? ListenSocket.unix(path, group: group, backlog: Int32(clamping: backlog ?? 128))
        return HTTPServer.Endpoint(
            socket: socket,
            hosts: nil,
            responder: APIResponder(api: api, access: .peer(owner: geteuid(), group: group))
        )
    }

    /// nil: it must not be opened in this version, which was said.
    func open(_ endpoint: EndpointConfig) throws -> HTTPServer.Endpoint? {
        let metadata: Logger.Metadata = ["endpoint": "\(endpoint.name)", "address": "\(endpoint.address)"]
        if endpoint.certfile != nil {
            logger.warning(
                "an endpoint with a certificate is not opened: TLS comes with a later version",
                metadata: metadata
            )
            return nil
        }
        switch endpoint.address {
        case .unix(let path):
            return try unix(path, backlog: endpoint.backlog, inherited: inherited.socket(of: endpoint))
        case .tcp(let host, let port):
            guard !endpoint.requireKey else {
                logger.warning(
                    """
                    an endpoint that needs keys is not opened: keys come with a later version; say require_key = false \
                    to open it without
                    """,
                    metadata: metadata
                )
                return nil
            }
            let socket =
                try inherited.socket(of: endpoint)
                ?? ListenSocket.tcp(
                    host: host,
                    port: UInt16(clamping: port),
                    backlog: Int32(clamping: endpoint.backlog)
                )
            return HTTPServer.Endpoint(
                socket: socket,
                hosts: HostRule(configured: [host]),
                responder: APIResponder(api: api, access: .open)
            )
        }
    }

    private var controlGroup: UInt32? {
        do { return try SystemAccounts().group(named: Self.group)?.gid } catch { return nil }
    }
}
