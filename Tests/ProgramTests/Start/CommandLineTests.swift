import GafferModel
import Glibc
import ProgramTestKit
import Testing

@Suite("gafferd's command line", .oneSlot, .timeLimit(.minutes(2)))
struct CommandLineTests {
    @Test("It tells its version")
    func version() async throws {
        try await Workbench.with { bench in
            let run = try await bench.runGafferd(["--version"])
            #expect(run.code == 0)
            #expect(run.output.contains(GafferVersion.current))
        }
    }

    @Test("Its help has every option of the manual")
    func help() async throws {
        try await Workbench.with { bench in
            let run = try await bench.runGafferd(["--help"])
            #expect(run.code == 0)
            let options = [
                "-c", "--config", "-p", "--plugins-dir", "-v", "-vv", "--daemon", "--pidfile", "--bind", "--certfile",
                "--create-admin-user", "--username", "--password-file", "--list-admins",
                "--keyfile", "--backlog", "--runtime-dir", "--state-dir", "--check", "--log-level", "--error-log",
            ]
            for option in options {
                #expect(run.output.contains(option))
            }
        }
    }

    @Test(
        "What it can't do is refused with exit code 2",
        arguments: [
            ["--plugins-dir", "plugins"], ["--certfile", "cert.pem"], ["--keyfile", "key.pem"], ["--require-key"],
            ["--no-such-option"], ["--backlog", "many"], ["--log-level", "loud"],
        ]
    )
    func refusedOptions(options: [String]) async throws {
        try await Workbench.with { bench in
            try bench.configure("[process:one]\ncmd = /bin/sleep 1000")
            let run = try await bench.runGafferd(["-c", "gafferd.ini"] + options)
            #expect(run.code == 2)
            #expect(run.error.contains(options[0]))
            #expect(!bench.scratch.has("run/gafferd.sock"))
        }
    }

    @Test("--check finds nothing wrong with a good configuration, and starts nothing")
    func checkOfAGoodFile() async throws {
        try await Workbench.with { bench in
            let script = try bench.script("never", "sign started")
            try bench.configure("[process:one]\ncmd = \(script)")
            let run = try await bench.runGafferd(["-c", "gafferd.ini", "--check"])
            #expect(run.code == 0)
            #expect(!bench.scratch.has("run"))
            #expect(bench.signs.lines.isEmpty)
        }
    }

    @Test("All the errors of a configuration are told at once, with file and line", arguments: [["--check"], []])
    func brokenConfiguration(options: [String]) async throws {
        try await Workbench.with { bench in
            let script = try bench.script("never", "sign started")
            try bench.scratch.write(
                "gafferd.ini",
                """
                [gaffer]
                runtime_dir = \(bench.scratch("run"))
                state_dir = \(bench.scratch("state"))
                include = missing.ini

                [process:good]
                cmd = \(script)

                [process:one]
                cmd = /bin/true
                numprocesses = several
                colour = blue
                numprocesses = 2

                [process:two]
                args = 1

                [process:three]
                cmd = /bin/echo $NO_SUCH_VARIABLE_HERE
                uid = no-such-user-here
                graceful_timeout = soon
                """
            )
            let run = try await bench.runGafferd(["-c", "gafferd.ini"] + options)
            #expect(run.code == 2)
            let expected = [
                (4, "missing.ini"), (11, "several"), (12, "colour"), (13, "numprocesses"), (15, "cmd"),
                (19, "NO_SUCH_VARIABLE_HERE"), (20, "no-such-user-here"), (21, "soon"),
            ]
            let lines = run.error.split(separator: "\n")
            for (number, word) in expected {
                #expect(
                    lines.contains { $0.contains("gafferd.ini:\(number)") && $0.contains(word) },
                    "no error for line \(number) (\(word)) in:\n\(run.error)"
                )
            }
            #expect(bench.signs.lines.isEmpty)
        }
    }

    @Test("--pidfile holds the os pid while gafferd runs")
    func pidfile() async throws {
        try await Workbench.with { bench in
            try bench.configure()
            let pidfile = bench.scratch("gafferd.pid")
            try await bench.gafferd(options: ["--pidfile", pidfile]) { daemon in
                #expect(readText(pidfile) == "\(daemon.osPid)\n")
            }
            #expect(!bench.scratch.has("gafferd.pid"))
        }
    }

    @Test("--daemon returns once gafferd is ready, which goes on in the background")
    func daemon() async throws {
        try await Workbench.with { bench in
            let script = try bench.script("child", "sign ready $$; exec sleep 1000")
            try bench.configure("[process:one]\ncmd = \(script)")
            let pidfile = bench.scratch("gafferd.pid")
            let run = try await bench.runGafferd(
                ["-c", "gafferd.ini", "--daemon", "--pidfile", pidfile, "--error-log", bench.scratch("error.log")]
            )
            #expect(run.code == 0, "\(run.all)")
            let osPid = try #require(Int(readText(pidfile).dropLast()))
            // No process but this workbench's own may be signalled, whatever the file holds.
            try #require(ProcessTable.belonging(to: bench.path).contains(osPid))
            defer { kill(pid_t(osPid), SIGTERM) }

            let ping = try await runTool(
                "/usr/bin/curl",
                ["--silent", "--max-time", "30", "--unix-socket", bench.socket, "http://localhost/ping"],
                environment: bench.environment,
                directory: bench.path
            )
            #expect(ping.output == "OK")
            let sign = try await bench.signs.line(containing: "ready")
            let job = try #require(Int(sign.dropFirst("ready ".count)))
            #expect(ProcessTable.parent(of: job) == osPid)
            #expect(readText(bench.scratch("error.log")).contains("ready"))

            kill(pid_t(osPid), SIGTERM)
            try await ProcessTable.end(of: osPid)
            #expect(!ProcessTable.isAlive(job))
        }
    }

    @Test("--daemon fails with the error of what went wrong in the background")
    func daemonThatFails() async throws {
        try await Workbench.with { bench in
            try bench.configure("[process:one]\nnumprocesses = several")
            let broken = try await bench.runGafferd(["-c", "gafferd.ini", "--daemon"])
            #expect(broken.code == 2)
            #expect(broken.error.contains("several"))

            try bench.configure()
            try await bench.gafferd { _ in
                let second = try await bench.runGafferd(["-c", "gafferd.ini", "--daemon"])
                #expect(second.code == 1)
                #expect(second.error.contains(bench.scratch("run")))
            }
        }
    }

    @Test("The log goes to --error-log, and holds no more than --log-level asks for")
    func logFile() async throws {
        try await Workbench.with { bench in
            try bench.configure("[process:one]\ncmd = /bin/sleep 1000")
            let log = try Record(path: bench.scratch("error.log"), name: "the log file")
            let options = ["--error-log", log.path, "--log-level", "critical"]
            let daemon = try Daemon.launch(on: bench, options: options)
            let answer = try await runTool(
                "/usr/bin/curl",
                [
                    "--silent", "--max-time", "30", "--retry", "100", "--retry-all-errors", "--retry-delay", "1",
                    "--unix-socket", bench.socket, "http://localhost/ping",
                ],
                environment: bench.environment,
                directory: bench.path
            )
            #expect(answer.output == "OK")
            try await daemon.stop()
            #expect(log.lines.isEmpty)
            #expect(daemon.log.lines.isEmpty)
        }
    }
}
