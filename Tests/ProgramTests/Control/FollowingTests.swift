import GafferModel
import Glibc
import ProgramTestKit
import Testing

@Suite("gafferctl's following commands", .oneSlot, .timeLimit(.minutes(2)))
struct FollowingTests {
    private static let sections = """
        [process:shop:web]
        cmd = /bin/cat
        redirect_input = true
        redirect_output = out
        numprocesses = 2

        [process:worker]
        cmd = /bin/cat
        redirect_input = true
        redirect_output = out

        """

    /// Starts gafferctl, lends what it writes, and ends it as Ctrl-C does.
    private func following(
        _ daemon: Daemon,
        _ words: [String],
        _ body: (Record, Record) async throws -> Void
    ) async throws -> Child.Exit {
        let number = daemon.bench.scratch.list().count
        let output = try Record(path: daemon.bench.scratch("out-\(number)"), name: "gafferctl's output")
        let error = try Record(path: daemon.bench.scratch("err-\(number)"), name: "gafferctl's messages")
        let child = try Child(
            try Programs.gafferctl(),
            words,
            environment: daemon.bench.environment.merging(["GAFFER_ENDPOINT": "unix:\(daemon.bench.socket)"]) { $1 },
            directory: daemon.bench.path,
            streams: .init(output: output.path, error: error.path)
        )
        do {
            try await body(output, error)
        } catch {
            child.signal(SIGINT)
            _ = try? await child.exit()
            throw Failure("\(error)\n\(words): \(output.text)")
        }
        child.signal(SIGINT)
        return try await child.exit()
    }

    @Test("logs -f shows the lines of several jobs with their names, those of processes that come later too")
    func logs() async throws {
        try await withGafferd(Self.sections) { daemon in
            let web = try await daemon.info("shop/web")["processes"]?.integers ?? []
            let worker = try await daemon.pid("default/worker")
            #expect(web.count == 2)
            for (pid, word) in [(web[0], "one"), (web[1], "two"), (worker, "three")] {
                #expect(try await daemon.ctl("send", "\(pid)", word).code == 0)
            }
            let exit = try await following(daemon, ["logs", "-f", "shop.web", "worker"]) { output, _ in
                for line in ["shop.web.1 | one", "shop.web.2 | two", "worker.1 | three"] {
                    try await output.line(containing: line)
                }
                #expect(try await daemon.ctl("send", "\(worker)", "four").code == 0)
                try await output.line(containing: "worker.1 | four")
                // What a process that is started now writes first is seen as well.
                let added = try await daemon.ctl("add", "worker", "1")
                #expect(added.code == 0, "\(added.all)")
                let pids = try await daemon.info("default/worker")["processes"]?.integers ?? []
                let new = try #require(pids.first { $0 != worker })
                #expect(try await daemon.ctl("send", "\(new)", "five").code == 0)
                try await output.line(containing: "worker.2 | five")
                // One that is not followed is not.
                let other = try await daemon.curl(
                    "POST",
                    "/jobs/default?wait=60",
                    #"{"name":"x","cmd":"/bin/echo unheard"}"#
                )
                #expect(other.status == 200)
                #expect(try await daemon.ctl("send", "\(worker)", "six").code == 0)
                try await output.line(containing: "worker.1 | six")
                #expect(!output.text.contains("unheard"))
            }
            #expect(exit == .signal(SIGINT))
        }
    }

    @Test("watch tells what happens as the manual shows it, and what happened since a number")
    func watch() async throws {
        try await withGafferd(Self.sections) { daemon in
            let exit = try await following(daemon, ["watch"]) { output, _ in
                try await daemon.watched(.events)
                #expect(try await daemon.ctl("stop", "worker").code == 0)
                try await output.line(containing: "worker | exit worker")
                let lines = output.lines.map { $0.dropFirst("HH:MM:SS ".count) }
                #expect(lines.contains("worker | proc.worker.exit worker"), "\(lines)")
            }
            #expect(exit == .signal(SIGINT))
            _ = try await following(daemon, ["watch", "--since", "0", "--json", "job.shop.web.load"]) { output, _ in
                let line = try await output.line(containing: "{")
                let event = try parseJSON(Array(line.utf8))
                #expect(event["name"] == "shop.web", "\(line)")
                #expect(event["seq"]?.intValue ?? 0 > 0)
            }
        }
    }

    @Test("Both go on when gafferd is started again")
    func restart() async throws {
        try await Workbench.with { bench in
            try bench.configure(Self.sections)
            let first = try await Daemon.start(on: bench)
            _ = try await following(first, ["watch"]) { output, messages in
                try await first.watched(.events)
                try await first.stop()
                try await messages.line(containing: "Waiting for it to come back")
                try await bench.gafferd { second in
                    try await messages.line(containing: "there again")
                    #expect(try await second.ctl("stop", "worker").code == 0)
                    try await output.line(containing: "worker | stop worker")
                }
            }
        }
    }
}
