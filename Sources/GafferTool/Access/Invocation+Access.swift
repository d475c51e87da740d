package import GafferClient
internal import WebClient

extension Invocation {
    /// The key and the certificates for an endpoint.
    ///
    /// The key: of `--api-key-file` or `--api-key`, `$GAFFER_API_KEY`, `$GAFFER_API_KEY_FILE`, or the one that `login`
    /// has stored for the endpoint.
    ///
    /// - Throws: ``Failure`` where a file can't be read or has no key.
    package func access(to endpoint: String) throws -> GafferClient.Access {
        let file = SettingsFile(environment)
        let settings = try file?.read()
        let matches = Self.matcher(of: endpoint)
        func stored(_ name: String) -> String? { settings?.value(name, where: matches) }
        let tls = TLSOptions(
            authorityFile: line.value("cacert") ?? stored("cacert"),
            certificateFile: line.value("certfile") ?? stored("certfile"),
            keyFile: line.value("keyfile") ?? stored("keyfile")
        )
        var key: String?
        switch line.last(of: "api-key", "api-key-file") {
        case "api-key":
            key = line.value("api-key")
            output.message(
                "Others see the key of --api-key in the list of processes: use --api-key-file or $GAFFER_API_KEY."
            )
        case "api-key-file":
            key = try line.value("api-key-file").map(Self.key)
        default:
            if let value = environment.nonEmpty("GAFFER_API_KEY") {
                key = value
            } else if let path = environment.nonEmpty("GAFFER_API_KEY_FILE") {
                key = try Self.key(in: path)
            } else if let value = stored("key"), let file {
                if file.isOpenToOthers {
                    output.message("Others may read \(file.path), which has your keys: chmod 600 \(file.path)")
                }
                key = value
            }
        }
        return GafferClient.Access(apiKey: key, tls: tls)
    }

    /// Tells whether the name of a node in the user's settings means an endpoint.
    package static func matcher(of endpoint: String) -> (String) -> Bool {
        func normal(_ text: String) -> String {
            (try? Endpoint(parsing: text, defaultPort: GafferClient.defaultPort))?.description ?? text
        }
        let wanted = normal(endpoint)
        return { normal($0) == wanted }
    }

    /// How an endpoint is named in the user's settings.
    package static func nodeName(of endpoint: String) -> String {
        (try? Endpoint(parsing: endpoint, defaultPort: GafferClient.defaultPort))?.description ?? endpoint
    }

    /// The first line of a file, without the blanks around it.
    private static func key(in path: String) throws -> String {
        guard let bytes = try SettingsFile.contents(of: path) else {
            throw Failure(.failed, "\(path.escaped) can't be read: there is no such file.")
        }
        let text = String(decoding: bytes, as: UTF8.self)
        guard let line = text.split(whereSeparator: \.isNewline).first, !line.trimmed.isEmpty else {
            throw Failure(.failed, "\(path.escaped) has no key.")
        }
        return line.trimmed
    }
}
