import GafferConfig
import GafferModel
import Testing

@Suite("The settings of gafferd")
struct DaemonSectionTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let lines: String
        let change: @Sendable (inout DaemonConfig) -> Void

        init(_ lines: String, _ change: @escaping @Sendable (inout DaemonConfig) -> Void) {
            self.lines = lines
            self.change = change
        }

        var testDescription: String { lines }
    }

    static let rows: [Row] = [
        Row("runtime_dir = /run/x") { $0.runtimeDir = "/run/x" },
        Row("state_dir = /var/lib/x") { $0.stateDir = "/var/lib/x" },
        Row("pidfile = /run/x.pid") { $0.pidfile = "/run/x.pid" },
        Row("daemonize = true") { $0.daemonize = true },
        Row("log_level = DEBUG") { $0.logLevel = "debug" },
        Row("log_file = /var/log/x.log") { $0.logFile = "/var/log/x.log" },
        Row("error_log = /var/log/x.log") { $0.logFile = "/var/log/x.log" },
        Row("journal = OFF") { $0.journal = .off },
        Row("cgroups = on") { $0.cgroups = .on },
        Row("plugin_dir = /plugins") { $0.pluginDir = "/plugins" },
        Row("plugins_dir = /plugins") { $0.pluginDir = "/plugins" },
        Row("broadcast_address = http://a:5000") { $0.broadcastAddress = "http://a:5000" },
        Row("lookupd_address = http://a:5010\nlookupd_address_b = https://b") {
            $0.lookupdAddresses = ["http://a:5010", "https://b"]
        },
        Row("bind = 127.0.0.1:5001\nbacklog = 16\nrequire_key = false") {
            var endpoint = EndpointConfig(name: "bind", address: .tcp(host: "127.0.0.1", port: 5001))
            endpoint.backlog = 16
            endpoint.requireKey = false
            $0.bind = endpoint
        },
        Row("bind = :1\nhosts = a.example\norigins = https://b.example") {
            var endpoint = EndpointConfig(name: "bind", address: .tcp(host: "127.0.0.1", port: 1))
            endpoint.hosts = ["a.example"]
            endpoint.origins = ["https://b.example"]
            $0.bind = endpoint
        },
        Row("bind = :1\n[ssl]\ncertfile = c\nkeyfile = k\nca_certs = a\ncert_reqs = optional") {
            var endpoint = EndpointConfig(name: "bind", address: .tcp(host: "127.0.0.1", port: 1))
            endpoint.certfile = "c"
            endpoint.keyfile = "k"
            endpoint.cacert = "a"
            endpoint.verify = .optional
            $0.bind = endpoint
        },
        Row("bind = 0.0.0.0\ninsecure = true") {
            var endpoint = EndpointConfig(name: "bind", address: .tcp(host: "0.0.0.0", port: 5000))
            endpoint.isInsecure = true
            $0.bind = endpoint
        },
        Row("bind = unix:/run/y.sock") { $0.bind = EndpointConfig(name: "bind", address: .unix("/run/y.sock")) },
        Row("backlog = 10") { _ in },
        Row("RUNTIME_DIR: /run/x") { $0.runtimeDir = "/run/x" },
    ]

    @Test("Each does what it says, and nothing else", arguments: rows)
    func setting(row: Row) throws {
        var config = try Reading.load("[gaffer]\n\(row.lines)")
        var expected = DaemonConfig()
        row.change(&expected)
        // What is not active yet is another test's matter.
        config.warnings = []
        #expect(config == expected)
    }

    @Test("The rows above have every key but those of other files and endpoints")
    func completeness() {
        let written = Self.rows.flatMap { row in row.lines.split(separator: "\n").map { $0.prefix { $0 != " " } } }
        for key in ConfigReader.daemonKeys where !["include", "include_dir", "http_endpoints"].contains(key) {
            #expect(written.contains { $0.lowercased().hasPrefix(key) }, "\(key) is not tried")
        }
    }

    @Test(
        "A bad value is an error that names line, key and value",
        arguments: [
            "bind = a b", "bind = 127.0.0.1:99999", "bind = unix:", "bind =", "backlog = 0", "backlog = many",
            "journal = yes", "cgroups =",
            "require_key = maybe", "insecure = 2", "runtime_dir =", "state_dir =", "pidfile =", "daemonize = x",
            "log_level = loud", "log_file =", "plugin_dir =", "broadcast_address = a:5000", "lookupd_address = a",
            "http_endpoints = public", "colour = blue", "bakclog = 1",
        ]
    )
    func badValue(line: String) throws {
        let errors = Reading.errors("[gaffer]\n\n\(line)")
        #expect(errors.places == ["gafferd.ini:3 \(line.prefix { $0 != " " })"])
        #expect(errors.first?.section == "gaffer")
    }

    @Test(
        "A key that stands twice is an error, in one file or two, under its old name or its new one",
        arguments: [
            ("log_level = info", "log_level = info"), ("log_file = a", "error_log = a"),
            ("plugin_dir = a", "plugins_dir = a"), ("bind = :1", "BIND = :2"),
        ]
    )
    func duplicates(first: String, second: String) {
        let key = second.prefix { $0 != " " }.lowercased()
        #expect(Reading.errors("[gaffer]\n\(first)\n\(second)").places == ["gafferd.ini:3 \(key)"])
        let included = Reading.errors(
            "[gaffer]\ninclude = a.ini\n\(first)",
            ["/etc/gaffer/a.ini": "[gaffer]\n\(second)"]
        )
        #expect(included.count == 1, "\(included)")
        #expect(included.first?.message.contains(".ini:") == true)
    }

    @Test("An included file may say of gafferd what the first one does not")
    func otherFile() throws {
        let config = try Reading.load(
            "[gaffer]\ninclude = a.ini\nlog_level = debug",
            ["/etc/gaffer/a.ini": "[gaffer]\npidfile = /run/p"]
        )
        #expect(config.logLevel == "debug")
        #expect(config.pidfile == "/run/p")
    }

    @Test(
        "A section that nobody knows is an error",
        arguments: ["what", "proces:web", "gaffer:x", "webhooks:x", "endpoint", ":", "process web"]
    )
    func unknownSections(name: String) {
        let errors = Reading.errors("\n[\(name)]\na = b")
        #expect(errors.map(\.line) == [2])
        #expect(errors.first?.section == name)
    }

    @Test(
        "A section that stands twice is an error that names the first",
        arguments: ["gaffer", "webhooks", "auth", "lookup_ssl", "plugin:x"]
    )
    func duplicateSections(name: String) throws {
        let errors = Reading.errors("[\(name)]\n[\(name)]")
        #expect(errors.map(\.line) == [2])
        #expect(try #require(errors.first).message.contains("\(Reading.path):1"))
    }

    @Test(
        "What is of a later version is taken, with one warning that says so",
        arguments: [
            "[lookup_ssl]\ncertfile = x", "[plugin:x]\na = b",
            "[webhooks]\ncreate = http://a\nspawn = http://b", "[gaffer]\nplugin_dir = x",
            "[gaffer]\nlookupd_address = http://a\nbroadcast_address = http://b",
        ]
    )
    func laterParts(text: String) throws {
        let warnings = try Reading.load(text).warnings
        #expect(warnings.count == 1)
        #expect(warnings.first?.contains("not active") == true)
    }

    @Test("Nothing that is active warns")
    func noWarnings() throws {
        let text = "[gaffer]\nlog_level = info\n[endpoint:a]\nbind = :5001\n[process:one]\ncmd = x\n[webhooks]\n"
        #expect(try Reading.load(text).warnings == [])
    }

    @Test("Webhooks keep the case of their event, in which a job's name may stand")
    func webhooks() throws {
        let config = try Reading.load("[webhooks]\ncreate = http://a\njob.shop.Web.spawn: https://b/?c=d\n. = http://e")
        #expect(config.webhooks.map(\.event) == ["create", "job.shop.Web.spawn", "."])
        #expect(config.webhooks.map(\.url) == ["http://a", "https://b/?c=d", "http://e"])
        #expect(Reading.errors("[webhooks]\ncreate = a").places == ["gafferd.ini:2 create"])
    }
}
