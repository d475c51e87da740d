import GafferModel
import Glibc
import ProgramTestKit
import Testing

@Suite("Processes that can't be started", .oneSlot, .timeLimit(.minutes(2)))
struct SpawnFailureTests {
    /// A job that can't be started, and what its error has to tell: the thing, and the errno in words.
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let setting: String
        let expected: [String]
        var testDescription: String { name }
    }

    @Test(
        "The error names the failing step, the thing and the errno",
        arguments: [
            Case(
                name: "a missing program",
                setting: "cmd = /no/such/program",
                expected: ["/no/such/program", "no such file or directory"]
            ),
            Case(
                name: "a program that is not in PATH",
                setting: "cmd = no-such-program-here",
                expected: ["no-such-program-here", "no such file or directory"]
            ),
            Case(name: "a file without x", setting: "cmd = ./plain", expected: ["./plain", "permission denied"]),
            Case(name: "a folder", setting: "cmd = /tmp", expected: ["/tmp", "permission denied"]),
            Case(
                name: "a missing cwd",
                setting: "cmd = /bin/sleep 1000\ncwd = /no/such/folder",
                expected: ["cwd", "/no/such/folder", "no such file or directory"]
            ),
            Case(
                name: "a cwd that is a file",
                setting: "cmd = /bin/sleep 1000\ncwd = ./plain",
                expected: ["cwd", "plain", "not a directory"]
            ),
            Case(
                name: "a missing env_file",
                setting: "cmd = /bin/sleep 1000\nenv_file = missing.env",
                expected: ["missing.env", "no such file or directory"]
            ),
        ]
    )
    func failingStep(failing: Case) async throws {
        try await Workbench.with { bench in
            try bench.scratch.write("plain", "nothing to run\n")
            try bench.configure("[process:bad]\n\(failing.setting)\n\n[process:good]\ncmd = /bin/sleep 1000")
            try await bench.gafferd { daemon in
                let text = try await daemon.eventually("the error") {
                    try await daemon.info("default/bad")["last_error"]?.stringValue
                }
                for part in failing.expected {
                    #expect(text.contains(part))
                    #expect(daemon.log.lines.contains { $0.contains("bad") && $0.contains(part) })
                }
                // Now and then it is just being tried again.
                try await daemon.state("default/bad", becomes: "backoff")
                #expect(try await daemon.state("default/good", becomes: "running")["running"] == 1)
            }
        }
    }

    @Test("Who waits for the start of such a process is told why it failed")
    func waitingForAFailure() async throws {
        try await withGafferd { daemon in
            let body = #"{"name": "bad", "cmd": "/no/such/program"}"#
            let answer = try await daemon.curl("POST", "/jobs/default?wait=60", body)
            #expect(answer.status == 500)
            #expect(answer.json["reason"] == "failed")
            #expect(answer.json["message"]?.stringValue?.contains("/no/such/program") == true)

            let good = #"{"name": "good", "cmd": "/bin/sleep 1000"}"#
            #expect(try await daemon.curl("POST", "/jobs/default?wait=60", good).status == 200)
            #expect(try await daemon.info("default/good")["state"] == "running")
        }
    }

    @Test("A uid that may not be taken on is told as that step", .enabled(if: geteuid() != 0, "only others than root"))
    func foreignUser() async throws {
        try await withGafferd("[process:bad]\ncmd = /bin/sleep 1000\nuid = 12345") { daemon in
            let text = try await daemon.eventually("the error") {
                try await daemon.info("default/bad")["last_error"]?.stringValue
            }
            #expect(text.contains("uid") || text.contains("gid") || text.contains("groups"))
            #expect(text.contains("Operation not permitted"))
        }
    }

    @Test("A uid without an entry is legal, without supplementary groups", .enabled(if: geteuid() == 0, "only root"))
    func numericUser() async throws {
        try await withGafferd("[process:one]\ncmd = /bin/sleep 1000\nuid = 54321\ngid = 54322") { daemon in
            try await daemon.state("default/one", becomes: "running")
            let osPid = try await daemon.osPid("default/one")
            #expect(ProcessTable.status(osPid, "Uid") == "54321\t54321\t54321\t54321")
            #expect(ProcessTable.status(osPid, "Gid") == "54322\t54322\t54322\t54322")
            #expect(ProcessTable.status(osPid, "Groups")?.trimmed == "")
        }
    }

    @Test("An unknown user name, or an unknown variable, is refused when the job is loaded")
    func refusedAtLoad() async throws {
        try await withGafferd { daemon in
            for (body, word) in [
                (#"{"name": "a", "cmd": "sleep 1", "uid": "no-such-user-here"}"#, "no-such-user-here"),
                (#"{"name": "a", "cmd": "sleep $NO_SUCH_VARIABLE"}"#, "NO_SUCH_VARIABLE"),
                (#"{"name": "a", "cmd": "sleep 1 'open"}"#, "cmd"),
                (#"{"name": "a", "cmd": ""}"#, "cmd"),
            ] {
                let answer = try await daemon.curl("POST", "/jobs/default", body)
                #expect(answer.status == 400)
                #expect(answer.json["message"]?.stringValue?.contains(word) == true, "\(answer.text)")
            }
            #expect(try await daemon.curl("GET", "/jobs").json["jobs"]?.strings == [])
        }
    }

    @Test("Where descriptors run out, the error names the count, and the API still answers")
    func outOfDescriptors() async throws {
        try await Workbench.with { bench in
            try bench.configure(
                """
                [process:crowd]
                cmd = /bin/sleep 1000
                numprocesses = 200
                """
            )
            try await bench.gafferd(files: 96) { daemon in
                let text = try await daemon.eventually("the error") {
                    try await daemon.info("default/crowd")["last_error"]?.stringValue
                }
                #expect(text.contains("96"))
                #expect(text.lowercased().contains("open files"))
                #expect(try await daemon.curl("GET", "/ping").text == "OK")
                let running = try #require(try await daemon.info("default/crowd")["running"]?.intValue)
                #expect((1..<96).contains(running))

                // What is free again is used again.
                let scaled = try await daemon.curl(
                    "POST",
                    "/jobs/default/crowd/numprocesses?wait=60",
                    #"{"scale": "=2"}"#
                )
                #expect(scaled.status == 200, "\(scaled.text)")
                #expect(try await daemon.info("default/crowd")["running"] == 2)
            }
        }
    }

    @Test("Children get the limit of open files that gafferd was started with")
    func inheritedLimit() async throws {
        try await Workbench.with { bench in
            let script = try bench.script("limits", #"sign "$(ulimit -Sn) $(ulimit -Hn)"; exec sleep 1000"#)
            try bench.configure("[process:one]\ncmd = \(script)")
            let limits = ["/bin/sh", "-c", "ulimit -Sn 123; exec \"$0\" -c gafferd.ini", try Programs.gafferd()]
            let child = try Child(
                limits[0],
                Array(limits.dropFirst()),
                environment: bench.environment,
                directory: bench.path,
                streams: .init()
            )
            let line = try await bench.signs.lines(until: "sign") { $0.count == 1 }
            #expect(line[0].hasPrefix("123 "))
            child.signal(SIGTERM)
            try await child.exit()
        }
    }
}

extension String {
    /// Without blanks at both ends.
    fileprivate var trimmed: String {
        var text = self[...]
        while text.last == " " || text.last == "\t" { text.removeLast() }
        return String(text.drop { $0 == " " || $0 == "\t" })
    }
}
