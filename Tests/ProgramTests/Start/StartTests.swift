import GafferModel
import ProgramTestKit
import Testing

@Suite("gafferd's start", .oneSlot, .timeLimit(.minutes(2)))
struct StartTests {
    @Test("It starts the jobs of its configuration and tells of them")
    func startsJobs() async throws {
        let sections = """
            [process:alone]
            cmd = /bin/sleep 1000

            [process:shop:web]
            cmd = /bin/sleep
            args = 1000
            numprocesses = 2

            [job:shop:worker]
            cmd = /bin/sleep 1000
            start = false
            """
        try await withGafferd(sections) { daemon in
            #expect(try await daemon.curl("GET", "/ping").text == "OK")
            #expect(
                try await daemon.curl("GET", "/sessions").json["sessions"]?.strings.sorted() == ["default", "shop"]
            )
            let jobs = try await daemon.curl("GET", "/jobs").json["jobs"]?.strings
            #expect(jobs?.sorted() == ["default.alone", "shop.web", "shop.worker"])

            try await daemon.state("default/alone", becomes: "running")
            let web = try await daemon.state("shop/web", becomes: "running")
            #expect(web["running"] == 2)
            #expect(try await daemon.info("shop/worker")["state"] == "idle")
            for osPid in try await daemon.osPids("shop/web") {
                #expect(ProcessTable.commandLine(of: osPid) == "/bin/sleep 1000")
            }
        }
    }

    @Test("Without systemd it says once what it has to do without, and nothing of what is switched off")
    func withoutSystemd() async throws {
        try await withGafferd("[process:alone]\ncmd = /bin/sleep 1000") { daemon in
            let said = daemon.log.lines.filter { $0.contains("runs without") }
            #expect(said.count == 1)
            for part in ["notification and watchdog", "records of the journal"] {
                #expect(said.first?.contains(part) == true, "\(said)")
            }
        }
        try await Workbench.with { bench in
            try bench.configure(gaffer: "journal = off\ncgroups = off")
            try await bench.gafferd { daemon in
                let said = daemon.log.lines.filter { $0.contains("runs without") }
                #expect(said.count == 1)
                #expect(said.first?.contains("journal") == false && said.first?.contains("cgroup") == false, "\(said)")
            }
        }
    }

    @Test("It uses no pool of threads that wakes while nothing happens")
    func sleeps() async throws {
        try await withGafferd("[process:alone]\ncmd = /bin/sleep 1000") { daemon in
            try await daemon.state("default/alone", becomes: "running")
            for state in ["3", "2"] {
                let answer = try await daemon.curl("POST", "/jobs/default/alone/state?wait=60", state)
                #expect(answer.status == 202, "\(answer.text)")
            }
            #expect(try await daemon.curl("POST", "/reload").status == 200)
            // libdispatch's pool looks once a second whether it has threads enough, for ever after its first use.
            let names = ProcessTable.threads(of: daemon.osPid)
            #expect(names.contains("gaffer-jobs"))
            #expect(!names.contains { $0.contains("qos") }, "\(names)")
        }
    }

    @Test("A process finds its place in its environment, and its arguments hold the values of variables")
    func environmentOfAProcess() async throws {
        try await Workbench.with { bench in
            let script = try bench.script(
                "say",
                #"""
                sign "$GAFFER_SESSION $GAFFER_JOB $GAFFER_INSTANCE $PORT $lower | $*"
                exec sleep 1000
                """#
            )
            try bench.configure(
                """
                [process:shop:web]
                cmd = \(script) --port $PORT
                args = ${GAFFER_INSTANCE} '$lower text' $$
                numprocesses = 2
                env:lower = case kept

                [env:shop:web]
                port = 8080
                """
            )
            try await bench.gafferd { _ in
                let lines = try await bench.signs.lines(until: "two signs") { $0.count == 2 }
                #expect(
                    lines.sorted() == [
                        "shop web 1 8080 case kept | --port 8080 1 case kept text $",
                        "shop web 2 8080 case kept | --port 8080 2 case kept text $",
                    ]
                )
            }
        }
    }

    @Test(
        "The configuration is found where it is named",
        arguments: [
            (["-c", "gafferd.ini"], [:]),
            (["--config", "gafferd.ini"], [:]),
            (["-c", "."], [:]),
            (["gafferd.ini"], [:]),
            ([], ["GAFFERD_CONFIG": "gafferd.ini"]),
            ([], ["XDG_CONFIG_HOME": "unused", "GAFFERD_CONFIG": "."]),
        ] as [([String], [String: String])]
    )
    func namedConfiguration(words: [String], environment: [String: String]) async throws {
        try await Workbench.with { bench in
            try bench.configure("[process:one]\ncmd = /bin/sleep 1000")
            try await bench.gafferd(configuration: words, environment: environment) { daemon async throws in
                #expect(try await daemon.curl("GET", "/jobs").json["jobs"]?.strings == ["default.one"])
            }
        }
    }

    @Test("A configuration that is named and missing is an error")
    func missingConfiguration() async throws {
        try await Workbench.with { bench in
            for words in [["-c", "missing.ini"], ["missing.ini"]] {
                let run = try await bench.runGafferd(words)
                #expect(run.code == 2)
                #expect(run.error.contains("missing.ini"))
            }
            let run = try await bench.runGafferd([], environment: ["GAFFERD_CONFIG": "missing.ini"])
            #expect(run.code == 2)
            #expect(run.error.contains("missing.ini"))
        }
    }

    @Test("The directories of the command line win over the file's")
    func directoriesOfTheCommandLine() async throws {
        try await Workbench.with { bench in
            try bench.scratch.write(
                "gafferd.ini",
                "[gaffer]\nruntime_dir = \(bench.scratch("other"))\nstate_dir = \(bench.scratch("other"))\n"
            )
            let options = ["--runtime-dir", bench.scratch("run"), "--state-dir", bench.scratch("state")]
            try await bench.gafferd(options: options) { daemon async throws in
                #expect(try await daemon.curl("GET", "/ping").status == 200)
                #expect(!bench.scratch.has("other"))
            }
        }
    }

    @Test("A TCP endpoint is served where it says that no key is needed, and only there")
    func endpoints() async throws {
        let sections = """
            [endpoint:open]
            bind = 127.0.0.1:0
            require_key = false

            [endpoint:closed]
            bind = 127.0.0.1:0
            """
        try await withGafferd(sections) { daemon in
            let open = try await daemon.runCurl("http://\(daemon.address(0))/ping").output
            #expect(open == "OK")
            // The other one lets nobody in without a key.
            let closed = try await daemon.runCurl("http://\(daemon.address(1))/jobs").output
            #expect(closed.contains("\"error\":401"), "\(closed)")
        }
    }

    @Test("Settings of parts that are not there yet are accepted with one warning each")
    func settingsOfLaterParts() async throws {
        let sections = "[webhooks]\nspawn = http://127.0.0.1:1/"
        try await withGafferd(sections) { daemon in
            #expect(daemon.log.lines.count { $0.contains("webhooks") } == 1)
        }
    }
}
