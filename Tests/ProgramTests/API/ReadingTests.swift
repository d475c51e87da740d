import GafferModel
import ProgramTestKit
import Testing

@Suite("The API's reading routes", .oneSlot, .timeLimit(.minutes(2)))
struct ReadingTests {
    private static let sections = """
        [process:shop:web]
        cmd = /bin/sleep
        args = 1000
        numprocesses = 2
        env:COLOUR = blue

        [process:idle]
        cmd = /bin/sleep 1000
        start = false
        """

    @Test("/metrics tells what a job wrote, has open and took to stop")
    func metrics() async throws {
        let sections = "[process:talker]\ncmd = /bin/sh -c 'printf hello; exec sleep 1000'\nredirect_output = out\n"
        try await withGafferd(sections) { daemon in
            _ = try await daemon.state("default/talker", becomes: "running")
            func lines() async throws -> [Substring] {
                try await daemon.curl("GET", "/metrics").text.split(separator: "\n")
            }
            let job = #"session="default",job="talker""#
            var seen = try await lines()
            // The word is on its way until it is there.
            while !seen.contains(#"gaffer_log_bytes_total{\#(job),stream="out"} 5"#) { seen = try await lines() }
            #expect(seen.contains { $0.hasPrefix(#"gaffer_process_open_fds{\#(job),instance="1"} "#) })
            #expect(seen.contains(#"gaffer_job_start_duration_seconds_count{\#(job)} 1"#))
            #expect(try await daemon.curl("POST", "/jobs/default/talker/state?wait=60", "0").status == 202)
            seen = try await lines()
            while !seen.contains(#"gaffer_job_stop_duration_seconds_count{\#(job)} 1"#) { seen = try await lines() }
        }
    }

    @Test("Each answers as it is written")
    func answers() async throws {
        try await withGafferd(Self.sections) { daemon in
            let web = try await daemon.state("shop/web", becomes: "running")
            let pids = try #require(web["processes"])
            let pid = try #require(pids.integers.first)
            let version = JSON.string(GafferVersion.current)
            for (path, expected) in [
                ("/", ["welcome": "gaffer", "version": version]),
                ("/version", ["name": "gaffer", "version": version]),
                ("/jobs/shop", ["sessionid": "shop", "jobs": ["shop.web"]]),
                ("/jobs/shop/web/numprocesses", ["numprocesses": 2]),
                ("/jobs/shop/web/pids", ["pids": pids]),
                ("/pids", ["pids": pids]),
            ] as [(String, JSON)] {
                let answer = try await daemon.curl("GET", path)
                #expect(answer.status == 200)
                #expect(answer.headers["content-type"]?.hasPrefix("application/json") == true, "\(path)")
                #expect(answer.json == expected, "\(path)")
            }
            #expect(
                try await daemon.curl("GET", "/sessions").json["sessions"]?.strings.sorted() == ["default", "shop"]
            )
            let jobs = try await daemon.curl("GET", "/jobs").json["jobs"]?.strings
            #expect(jobs?.sorted() == ["default.idle", "shop.web"])
            for (path, text) in [
                ("/ping", "OK"), ("/jobs/shop/web/state", "1"), ("/jobs/default/idle/state", "0"),
            ] {
                let answer = try await daemon.curl("GET", path)
                #expect(answer.status == 200)
                #expect(answer.text == text, "\(path)")
            }
            for path in ["/jobs/shop/web", "/\(pid)"] {
                let answer = try await daemon.curl("HEAD", path)
                #expect(answer.status == 200)
                #expect(answer.bytes.isEmpty, "\(path)")
            }
        }
    }

    @Test("A job is told of with its processes and its configuration")
    func jobInfo() async throws {
        try await withGafferd(Self.sections) { daemon in
            try await daemon.state("shop/web", becomes: "running")
            let info = try await daemon.curl("GET", "/jobs/shop/web").json
            #expect(info["name"] == "shop.web")
            #expect(info["active"] == true)
            #expect(info["running"] == 2)
            #expect(info["running_out"] == 0)
            #expect(info["max_processes"] == 2)
            #expect(info["processes"]?.integers.count == 2)
            #expect(info["instances"] == nil)
            #expect(info["config"]?["cmd"] == "/bin/sleep")
            #expect(info["config"]?["numprocesses"] == 2)
            #expect(info["config"]?["env"] == ["COLOUR": "blue"])
            let all = try await daemon.curl("GET", "/jobs?info=true").json["info"]?.arrayValue
            #expect(all?.compactMap { $0["name"]?.stringValue }.sorted() == ["default.idle", "shop.web"])
            let session = try await daemon.curl("GET", "/jobs/shop?info=true").json["info"]?.arrayValue
            #expect(session?.first?["instances"]?.arrayValue?.count == 2)
        }
    }

    @Test("A process is told of, with what it uses")
    func processInfo() async throws {
        try await withGafferd(Self.sections) { daemon in
            let web = try await daemon.state("shop/web", becomes: "running")
            let pid = try #require(web["processes"]?.integers.first)
            let osPid = try #require(web["instances"]?.arrayValue?.first?["os_pid"]?.intValue)

            let info = try await daemon.curl("GET", "/\(pid)").json
            #expect(info["pid"]?.intValue == pid)
            #expect(info["os_pid"]?.intValue == osPid)
            #expect(info["name"] == "shop.web")
            #expect(info["cmd"] == "/bin/sleep")
            #expect(info["args"] == ["1000"])
            #expect(info["commited"] == false)
            #expect(info["active"] == true)
            #expect(ProcessTable.environment(of: osPid).contains("COLOUR=blue"))

            let stats = try await daemon.curl("GET", "/\(pid)/stats").json["stats"]
            for name in ["mem_info1", "mem_info2", "cpu", "mem", "ctime"] {
                #expect(stats?[name] != nil, "\(name) in \(String(describing: stats))")
            }
            let job = try await daemon.curl("GET", "/jobs/shop/web/stats").json
            #expect(job["name"] == "shop.web")
            #expect(job["stats"]?.arrayValue?.compactMap { $0["os_pid"]?.intValue }.contains(osPid) == true)
            for name in ["mem", "max_mem", "min_mem", "cpu", "max_cpu", "min_cpu"] {
                #expect(job[name]?.doubleValue != nil, "\(name)")
            }
            let idle = try await daemon.curl("GET", "/jobs/default/idle/stats").json
            for name in ["mem", "max_mem", "min_mem", "cpu", "max_cpu", "min_cpu"] {
                #expect(idle[name] == "N/A", "\(name)")
            }
        }
    }

    @Test("What does not exist, and what can't be read, is a 4xx with error, reason and message")
    func errors() async throws {
        try await withGafferd(Self.sections) { daemon in
            for (method, path, status, error) in [
                ("GET", "/jobs/none", 404, "not_found"),
                ("GET", "/jobs/shop/none", 404, "not_found"),
                ("GET", "/jobs/none/web/state", 404, "not_found"),
                ("GET", "/jobs/shop/none/numprocesses", 404, "not_found"),
                ("GET", "/jobs/shop/none/pids", 404, "not_found"),
                ("GET", "/jobs/shop/none/stats", 404, "not_found"),
                ("GET", "/jobs/shop/none/tail", 404, "not_found"),
                ("GET", "/99999", 404, "not_found"),
                ("GET", "/99999/stats", 404, "not_found"),
                ("GET", "/jobs/a.b/c", 400, "bad_request"),
                ("GET", "/jobs/shop/12", 400, "bad_request"),
                ("GET", "/jobs/shop/%20", 400, "bad_request"),
                ("GET", "/none/of/these", 404, 404),
                ("DELETE", "/ping", 405, 405),
                ("POST", "/jobs", 405, 405),
                ("PATCH", "/jobs/shop/web", 405, 405),
                ("HEAD", "/reload", 405, nil),
                ("HEAD", "/jobs/shop/none", 404, nil),
                ("HEAD", "/99999", 404, nil),
            ] as [(String, String, Int, JSON?)] {
                let answer = try await daemon.curl(method, path)
                #expect(answer.status == status, "\(method) \(path): \(answer.text)")
                guard let error else {
                    #expect(answer.bytes.isEmpty)
                    continue
                }
                #expect(answer.json["error"] == error, "\(method) \(path): \(answer.text)")
                #expect(answer.json["reason"]?.stringValue?.isEmpty == false, "\(method) \(path): \(answer.text)")
                #expect(answer.json["message"]?.stringValue?.isEmpty == false, "\(method) \(path): \(answer.text)")
                if status == 405 { #expect(answer.headers["allow"]?.isEmpty == false) }
            }
            #expect(try await daemon.curl("GET", "/ping").text == "OK")
        }
    }
}
