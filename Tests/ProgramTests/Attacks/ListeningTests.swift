import GafferModel
import ProgramTestKit
import Testing

@Suite("What gafferd listens on", .oneSlot, .timeLimit(.minutes(1)))
struct ListeningTests {
    /// The local addresses of the sockets of a network table of /proc that this process has.
    private func sockets(of osPid: Int, in table: String) -> [String] {
        let own = Set(directoryEntries("/proc/\(osPid)/fd").compactMap { linkTarget("/proc/\(osPid)/fd/\($0)") })
        return readText("/proc/\(osPid)/net/\(table)").split(separator: "\n").dropFirst().compactMap { line in
            let fields = line.split(separator: " ").map(String.init)
            guard fields.count > 9, own.contains("socket:[\(fields[9])]") else { return nil }
            return fields[1]
        }
    }

    private static let tables = ["tcp", "tcp6", "udp", "udp6", "raw", "raw6"]

    @Test("Without an endpoint in the configuration it is a unix socket alone")
    func fresh() async throws {
        try await withGafferd("[process:one]\ncmd = /bin/sleep 1000") { daemon in
            let answer = try await daemon.curl("GET", "/ping")
            #expect(answer.text == "OK")
            for table in Self.tables { #expect(sockets(of: daemon.osPid, in: table) == [], "\(table)") }
        }
    }

    @Test("With one it is that address alone")
    func configured() async throws {
        try await withGafferd("[endpoint:local]\nbind = 127.0.0.1:0") { daemon in
            let port = String(try await daemon.port(), radix: 16, uppercase: true)
            let expected = "0100007F:" + String(repeating: "0", count: 4 - port.count) + port
            #expect(sockets(of: daemon.osPid, in: "tcp") == [expected])
            for table in Self.tables.dropFirst() { #expect(sockets(of: daemon.osPid, in: table) == [], "\(table)") }
        }
    }

    @Test("An address that others can reach is refused without keys, and without TLS, unless somebody insists")
    func open() async throws {
        try await Workbench.with { bench in
            for (setting, words) in [
                ("require_key = false", "asks for no key"), ("", "without TLS"),
            ] {
                try bench.configure("[endpoint:open]\nbind = 0.0.0.0:0\n\(setting)")
                let run = try await bench.runGafferd(["-c", bench.scratch("gafferd.ini")])
                #expect(run.code != 0)
                #expect(run.error.contains(words), "\(run.all)")
            }
        }
    }
}
