internal import GafferModel

extension ConfigReader {
    /// The keys of `[endpoint:NAME]`.
    package static let endpointKeys: [String] = [
        "bind", "backlog", "certfile", "keyfile", "cacert", "verify", "hosts", "origins", "require_key", "insecure",
        "max_connections", "max_connections_per_address",
    ]
    /// The keys of `[ssl]`; those of the original are synonyms.
    package static let sslKeys: [String] = ["certfile", "keyfile", "cacert", "ca_certs", "verify", "cert_reqs"]

    /// What `[ssl]` says of `bind` of `[gaffer]`.
    struct SSLSection {
        var section: IniDocument.Section
        var certfile: String?
        var keyfile: String?
        var cacert: String?
        var verify: ClientVerification?
    }

    mutating func readSSL(_ section: IniDocument.Section) {
        guard isFirst(section, as: "[ssl]") else { return }
        var ssl = SSLSection(section: section)
        for setting in section.settings {
            do throws(SettingError) {
                switch setting.key {
                case "certfile": ssl.certfile = try optionalPath(setting.value)
                case "keyfile": ssl.keyfile = try optionalPath(setting.value)
                case "cacert", "ca_certs": ssl.cacert = try optionalPath(setting.value)
                case "verify", "cert_reqs": ssl.verify = try choice(setting.value)
                default: throw unknownKey(setting, in: "[ssl]", among: Self.sslKeys)
                }
            } catch {
                fail(section, setting, error.sentenceEnd)
            }
        }
        guard ssl.certfile != nil else { return fail(section, "certfile is missing.") }
        self.ssl = ssl
    }

    mutating func readEndpoint(_ section: IniDocument.Section, name: String) {
        guard JobName.isValid(name) else {
            return fail(section, "An endpoint's name is made of letters, digits, _ and -, with at least one letter.")
        }
        guard isFirst(section, as: "[endpoint:\(name)]") else { return }
        var endpoint = EndpointConfig(name: name, address: .tcp(host: "127.0.0.1", port: ListenAddress.defaultPort))
        var hasAddress = false
        for setting in section.settings {
            do throws(SettingError) {
                switch setting.key {
                case "bind":
                    hasAddress = true
                    endpoint.address = try address(setting.value)
                case "backlog": endpoint.backlog = try backlog(setting.value)
                case "certfile": endpoint.certfile = try optionalPath(setting.value)
                case "keyfile": endpoint.keyfile = try optionalPath(setting.value)
                case "cacert": endpoint.cacert = try optionalPath(setting.value)
                case "verify": endpoint.verify = try choice(setting.value)
                case "hosts": endpoint.hosts = try hosts(setting.value)
                case "origins": endpoint.origins = try origins(setting.value)
                case "max_connections": endpoint.maxConnections = try connections(setting.value)
                case "max_connections_per_address":
                    endpoint.maxConnectionsPerAddress = try connections(setting.value)
                case "require_key": endpoint.requireKey = try bool(setting.value)
                case "insecure": endpoint.isInsecure = try bool(setting.value)
                default:
                    throw unknownKey(setting, in: "[endpoint:NAME]", among: Self.endpointKeys)
                }
            } catch {
                fail(section, setting, error.sentenceEnd)
            }
        }
        if !hasAddress { fail(section, "bind is missing.") }
        checkTLS(endpoint, section)
        check(endpoint, section)
        endpointSections[name] = section
        config.endpoints.append(endpoint)
    }

    /// What belongs to a certificate stands beside one.
    private mutating func checkTLS(_ endpoint: EndpointConfig, _ section: IniDocument.Section) {
        if endpoint.certfile == nil {
            for (key, isSet) in [
                ("keyfile", endpoint.keyfile != nil), ("cacert", endpoint.cacert != nil),
                ("verify", endpoint.verification != .none && endpoint.cacert == nil),
            ] where isSet {
                fail(section, "\(key) needs a certfile.")
            }
        } else if endpoint.verification != .none, endpoint.cacert == nil {
            fail(section, key: "verify", "It needs a cacert, to know whose certificates are good.")
        }
        if case .unix = endpoint.address, endpoint.certfile != nil {
            fail(section, key: "certfile", "A unix socket takes no TLS.")
        }
    }

    /// What must not be open to others without somebody having said so.
    private mutating func check(_ endpoint: EndpointConfig, _ section: IniDocument.Section) {
        guard !endpoint.address.isLocal, !endpoint.isInsecure else { return }
        if !endpoint.requireKey {
            fail(
                section,
                key: "bind",
                "It can be reached by others and asks for no key; say insecure = true if you mean it."
            )
        } else if endpoint.certfile == nil {
            fail(section, key: "bind", "It can be reached by others without TLS; say insecure = true if you mean it.")
        }
    }

    mutating func finishEndpoints() {
        if let httpEndpoints {
            for name in httpEndpoints.names where !config.endpoints.contains(where: { $0.name == name }) {
                fail(httpEndpoints.section, httpEndpoints.setting, "There is no [endpoint:\(name.printable)].")
            }
            config.endpoints.removeAll { !httpEndpoints.names.contains($0.name) }
        }
        finishBind()
        var taken: [ListenAddress: String] = [:]
        if let address = config.bind?.address { taken[address] = "bind of [gaffer]" }
        for endpoint in config.endpoints where !endpoint.address.isAnyPort {
            if let other = taken[endpoint.address], let section = endpointSections[endpoint.name] {
                fail(section, key: "bind", "\(other) has this address too.")
            }
            taken[endpoint.address] = "[endpoint:\(endpoint.name)]"
        }
    }

    private mutating func finishBind() {
        guard let bind else { return }
        do throws(SettingError) {
            var endpoint = EndpointConfig(name: "bind", address: try address(bind.text))
            endpoint.requireKey = bindRequiresKey
            endpoint.isInsecure = bindIsInsecure
            if let bindBacklog { endpoint.backlog = bindBacklog }
            endpoint.hosts = bindHosts
            endpoint.origins = bindOrigins
            if let ssl {
                endpoint.certfile = ssl.certfile
                endpoint.keyfile = ssl.keyfile
                endpoint.cacert = ssl.cacert
                endpoint.verify = ssl.verify
                checkTLS(endpoint, ssl.section)
            }
            check(endpoint, bind.section)
            config.bind = endpoint
        } catch {
            fail(bind.section, bind.setting, error.sentenceEnd)
        }
    }

    // MARK: Values

    private func connections(_ text: String) throws(SettingError) -> Int {
        guard let number = Int(text), (1...100_000).contains(number) else {
            throw SettingError("a whole number from 1 to 100000 is expected")
        }
        return number
    }

    /// Names or addresses, without ports.
    func hosts(_ text: String) throws(SettingError) -> [String] {
        let hosts = words(text)
        for host in hosts {
            guard case .tcp(_, ListenAddress.defaultPort)? = ListenAddress(parsing: host), !host.hasPrefix(":"),
                !host.hasSuffix(":\(ListenAddress.defaultPort)")
            else { throw SettingError("names are expected, as node1.example.org, without ports") }
        }
        return hosts
    }

    /// Web origins: a scheme, a host, and a port where it is not the scheme's own.
    func origins(_ text: String) throws(SettingError) -> [String] {
        let origins = words(text)
        for origin in origins {
            let rest = try url(origin).drop { $0 != "/" }.dropFirst(2)
            guard !rest.contains(where: { "/?#@*".contains($0) }) else {
                throw SettingError("origins are expected, as https://admin.example.org, without a path")
            }
        }
        return origins.map { $0.lowercased() }
    }
}
