package import GafferModel

/// Everything that a configuration says.
package struct DaemonConfig: Sendable, Hashable {
    package var bind: EndpointConfig?
    package var runtimeDir: String?
    package var stateDir: String?
    package var pidfile: String?
    package var daemonize = false
    package var logFile: String?
    package var logLevel: String?
    /// Whether output and log go to the journal.
    package var journal = Usage.auto
    /// Whether jobs live in cgroups of their own.
    package var cgroups = CgroupMode.auto
    package var pluginDir: String?
    package var lookupdAddresses: [String] = []
    package var broadcastAddress: String?
    /// Those that are served: all, or the ones that `http_endpoints` names.
    package var endpoints: [EndpointConfig] = []
    /// What users and groups of the machine may do.
    package var auth = AuthConfig()
    package var webhooks: [Webhook] = []
    package var jobs: [JobSection] = []
    /// What is not active in this version, in a sentence each.
    package var warnings: [String] = []

    package init() {}
}

/// Whether gafferd uses something of the machine.
package enum Usage: String, Sendable, CaseIterable {
    /// Where it is meant to be used.
    case auto
    /// Wherever it can be used.
    case on
    /// Nowhere.
    case off
}

/// One `[endpoint:NAME]`, or the one that `bind` of `[gaffer]` makes.
package struct EndpointConfig: Sendable, Hashable {
    package var name: String
    package var address: ListenAddress
    /// How many connections may wait to be accepted.
    package var backlog = 128
    /// The certificate with its chain; nil: no TLS.
    package var certfile: String?
    /// nil: it stands in ``certfile`` too.
    package var keyfile: String?
    /// Who signs the certificates of clients.
    package var cacert: String?
    /// Whether clients need one; nil: where there is a ``cacert``.
    package var verify: ClientVerification?
    /// Names that it is reached by, besides its own and `localhost`.
    package var hosts: [String] = []
    /// The web pages that may use it, as `https://admin.example.org`.
    package var origins: [String] = []
    /// How many connections it serves at a time.
    package var maxConnections = 512
    /// How many of them one address may have; nil: 32 on TCP, all on a unix socket.
    package var maxConnectionsPerAddress: Int?
    /// Whether every request needs a key.
    package var requireKey = true
    /// Whether it may be open to others without keys or without TLS.
    package var isInsecure = false

    package init(name: String, address: ListenAddress) {
        self.name = name
        self.address = address
    }
}

/// Whether an endpoint asks its clients for a certificate.
package enum ClientVerification: String, Sendable, CaseIterable {
    /// It does not.
    case none
    /// A client that shows one has to show a good one.
    case optional
    /// Each client has to show a good one.
    case required
}

extension EndpointConfig {
    /// Whether clients need a certificate.
    package var verification: ClientVerification {
        verify ?? (cacert == nil ? .none : .required)
    }
}

/// What `[auth]` says.
package struct AuthConfig: Sendable, Hashable {
    /// Whom it names, in the order of the file.
    package var grants: [PeerGrant] = []

    package init() {}
}

/// One line of `[webhooks]`.
package struct Webhook: Sendable, Hashable {
    package var event: String
    package var url: String
}

/// One `[process:NAME]` or `[job:NAME]`.
package struct JobSection: Sendable, Hashable {
    package var name: JobName
    package var config: JobConfig
    package var file: String
    package var line: Int
    /// Names the text of the section and of its `[env:NAME]`: the same text, the same fingerprint, in every run.
    package var fingerprint: String
}
