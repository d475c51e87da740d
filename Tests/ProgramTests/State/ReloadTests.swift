import GafferModel
import Glibc
import ProgramTestKit
import Testing

@Suite("Reading the configuration anew", .oneSlot, .timeLimit(.minutes(2)))
struct ReloadTests {
    /// The ways to ask for it.
    enum Way: String, CaseIterable {
        case signal, request, command
    }

    @Test("Only what differs is changed", arguments: Way.allCases)
    func differences(way: Way) async throws {
        try await Workbench.with { bench in
            func section(_ name: String, _ argument: Int) -> String {
                "[process:\(name)]\ncmd = /bin/sleep \(argument)\n"
            }
            try bench.configure([section("same", 1001), section("other", 1002), section("gone", 1003)].joined())
            try await bench.gafferd { daemon in
                for name in ["same", "other", "gone"] { try await daemon.state("default/\(name)", becomes: "running") }
                let same = try await daemon.osPid("default/same")
                let other = try await daemon.osPid("default/other")
                let gone = try await daemon.osPid("default/gone")

                // A comment and the order of sections are no difference.
                try bench.configure(
                    [section("new", 1004), "; a comment\n", section("other", 2002), section("same", 1001)].joined()
                )
                switch way {
                case .signal:
                    daemon.signal(SIGHUP)
                case .request:
                    let answer = try await daemon.curl("POST", "/reload?wait=60")
                    #expect(answer.status == 200, "\(answer.text)")
                    #expect(answer.json["ok"] == true)
                    #expect(answer.json["added"] == ["default.new"])
                    #expect(answer.json["changed"] == ["default.other"])
                    #expect(answer.json["removed"] == ["default.gone"])
                    #expect(answer.json["unchanged"] == 1)
                case .command:
                    let run = try await daemon.ctl("reload")
                    #expect(run.code == 0, "\(run.all)")
                }

                let newOsPid = try await daemon.eventually("the new job") { () -> Int? in
                    guard try await daemon.curl("HEAD", "/jobs/default/new").status == 200 else { return nil }
                    return try await daemon.osPids("default/new").first
                }
                #expect(ProcessTable.commandLine(of: newOsPid) == "/bin/sleep 1004")
                let changed = try await daemon.eventually("the changed job's process") { () -> Int? in
                    let osPids = try await daemon.osPids("default/other")
                    return osPids.count == 1 && osPids[0] != other ? osPids[0] : nil
                }
                #expect(ProcessTable.commandLine(of: changed) == "/bin/sleep 2002")
                try await ProcessTable.end(of: gone)
                let jobs = try await daemon.eventually("the removed job's end") { () -> [String]? in
                    let jobs = try await daemon.curl("GET", "/jobs").json["jobs"]?.strings.sorted()
                    return jobs?.contains("default.gone") == false ? jobs : nil
                }
                #expect(jobs == ["default.new", "default.other", "default.same"])
                #expect(try await daemon.osPid("default/same") == same)
            }
        }
    }

    @Test("A broken file changes nothing, and all its errors are told", arguments: Way.allCases)
    func brokenFile(way: Way) async throws {
        try await Workbench.with { bench in
            try bench.configure("[process:one]\ncmd = /bin/sleep 1000")
            try await bench.gafferd { daemon in
                try await daemon.state("default/one", becomes: "running")
                let osPid = try await daemon.osPid("default/one")
                try bench.configure("[process:one]\ncmd = /bin/sleep 2000\nnumprocesses = several\ncolour = blue")
                let told: String
                switch way {
                case .signal:
                    daemon.signal(SIGHUP)
                    try await daemon.log.line(containing: "colour")
                    told = daemon.log.text
                case .request:
                    let answer = try await daemon.curl("POST", "/reload?wait=60")
                    #expect(answer.status == 400)
                    #expect(answer.json["reason"] == "bad_config")
                    #expect(answer.json["errors"]?.strings.count == 2)
                    told = answer.json["errors"]?.strings.joined(separator: "\n") ?? ""
                case .command:
                    let run = try await daemon.ctl("reload")
                    #expect(run.code == 1)
                    told = run.error
                }
                #expect(told.contains("several"))
                #expect(told.contains("colour"))
                // The line of numprocesses in what the workbench writes.
                #expect(told.contains("gafferd.ini:8"))
                #expect(try await daemon.osPid("default/one") == osPid)
                #expect(try await daemon.info("default/one")["config"]?["cmd"]?.stringValue == "/bin/sleep 1000")

                // Repaired, it is taken.
                try bench.configure("[process:one]\ncmd = /bin/sleep 3000")
                #expect(try await daemon.curl("POST", "/reload?wait=60").status == 200)
                let new = try await daemon.osPid("default/one")
                #expect(ProcessTable.commandLine(of: new) == "/bin/sleep 3000")
            }
        }
    }

    @Test("What was loaded by the API stays, and what was scaled stays scaled, until its own section changes")
    func requestsSurvive() async throws {
        try await Workbench.with { bench in
            try bench.configure("[process:one]\ncmd = /bin/sleep 1000")
            try await bench.gafferd { daemon in
                let load = #"{"name": "loaded", "cmd": "/bin/sleep 1000"}"#
                #expect(try await daemon.curl("POST", "/jobs/default?wait=60", load).status == 200)
                let scale = #"{"scale": "=3"}"#
                #expect(try await daemon.curl("POST", "/jobs/default/one/numprocesses?wait=60", scale).status == 200)

                try bench.configure("[process:one]\ncmd = /bin/sleep 1000\n\n[process:two]\ncmd = /bin/sleep 1000")
                #expect(try await daemon.curl("POST", "/reload?wait=60").status == 200)
                #expect(try await daemon.info("default/loaded")["running"] == 1)
                #expect(try await daemon.info("default/one")["running"] == 3)

                try bench.configure("[process:one]\ncmd = /bin/sleep 1001\n\n[process:two]\ncmd = /bin/sleep 1000")
                #expect(try await daemon.curl("POST", "/reload?wait=60").status == 200)
                #expect(try await daemon.info("default/loaded")["running"] == 1)
                #expect(try await daemon.info("default/one")["max_processes"] == 1)
            }
        }
    }
}
