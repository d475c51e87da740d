import GafferModel
import ProgramTestKit
import Testing

@Suite("Endpoints and a reload", .oneSlot, .timeLimit(.minutes(3)))
struct EndpointReloadTests {
    private func endpoint(_ name: String, _ address: String, _ further: String = "require_key = false") -> String {
        "[endpoint:\(name)]\nbind = \(address)\n\(further)\n"
    }

    @Test("A reload opens, closes and changes endpoints, and the others do not notice")
    func reloads() async throws {
        let (first, second, third) = (try freePort(), try freePort(), try freePort())
        try await Workbench.with { bench in
            let extra = "unix:\(bench.path)/extra.sock"
            let before = endpoint("stays", "127.0.0.1:\(first)") + endpoint("goes", "127.0.0.1:\(second)")
            try bench.configure(before + endpoint("extra", extra))
            try await bench.gafferd { daemon in
                // A stream that is open on the endpoint that stays must come through.
                let events = try await runInBackground(
                    daemon,
                    "http://127.0.0.1:\(first)/events?feed=continuous&since=0"
                )
                let after =
                    endpoint("stays", "127.0.0.1:\(first)")
                    + endpoint("comes", "127.0.0.1:\(third)") + endpoint("extra", extra, "max_connections = 5")
                try bench.configure(after + "[process:new]\ncmd = /bin/sleep 1000")
                #expect(try await daemon.curl("POST", "/reload").status == 200)
                #expect(try await daemon.runCurl("http://127.0.0.1:\(first)/ping").output == "OK")
                #expect(try await daemon.runCurl("http://127.0.0.1:\(third)/ping").output == "OK")
                #expect(try await daemon.runCurl("http://127.0.0.1:\(second)/ping").code == 7)
                let unix = bench.path + "/extra.sock"
                #expect(try await daemon.runCurl("--unix-socket", unix, "http://x/ping").output == "OK")
                try await events.lines(until: "event of the new job") { lines in
                    lines.contains { $0.contains(#""event":"spawn""#) }
                }

                // An address goes from one endpoint to another, which asks for keys.
                try bench.configure(endpoint("other", "127.0.0.1:\(first)", "") + endpoint("extra", extra, ""))
                #expect(try await daemon.curl("POST", "/reload").status == 200)
                #expect(try await daemon.runCurl("http://127.0.0.1:\(first)/jobs").output.contains("401"))
                #expect(try await daemon.runCurl("--unix-socket", unix, "http://x/ping").output == "OK")
            }
            #expect(!bench.scratch.list().contains("extra.sock"))
        }
    }

    @Test("An endpoint that can't be opened refuses the whole reload, and nothing has changed")
    func refuses() async throws {
        let (free, taken) = (try freePort(), try freePort())
        try await withGafferd(endpoint("one", "127.0.0.1:\(taken)")) { daemon in
            // The port is another gafferd's.
            try await withGafferd(endpoint("mine", "127.0.0.1:\(free)") + "[process:a]\ncmd = /bin/sleep 1000") {
                other in
                try other.bench.configure(endpoint("mine", "127.0.0.1:\(free)") + endpoint("two", "127.0.0.1:\(taken)"))
                let answer = try await other.curl("POST", "/reload")
                #expect(answer.status == 400)
                #expect(answer.text.contains("127.0.0.1:\(taken)"), "\(answer.text)")
                #expect(try await other.info("default/a")["state"] == "running")
                #expect(try await other.runCurl("http://127.0.0.1:\(free)/ping").output == "OK")
            }
        }
    }

    @Test("What [auth] grants holds after a reload, on connections that are open too")
    func grants() async throws {
        try await withGafferd("[auth]\nuser.daemon = read *") { daemon in
            try daemon.bench.configure("[auth]\nuser.nobody-like-this = read *")
            let answer = try await daemon.curl("POST", "/reload")
            #expect(answer.status == 400)
            #expect(answer.text.contains("nobody-like-this"))
        }
    }

    private func runInBackground(_ daemon: Daemon, _ url: String) async throws -> Record {
        let record = try Record(path: daemon.bench.scratch("events"), name: "the events")
        _ = try Child(
            "/usr/bin/curl",
            ["--silent", "--no-buffer", "--max-time", "60", url],
            environment: daemon.bench.environment,
            directory: daemon.bench.path,
            streams: .init(output: record.path)
        )
        // Its request has to be there before the reload; what comes first is told to whoever asks from the beginning.
        _ = try await daemon.runCurl("--retry", "3", String(url.prefix { $0 != "?" }.dropLast(7)) + "/ping")
        return record
    }
}
