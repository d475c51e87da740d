import GafferModel
import Glibc
import ProgramTestKit
import Testing

@Suite("The API's changing routes", .oneSlot, .timeLimit(.minutes(2)))
struct ChangingTests {
    @Test("A job is loaded, replaced and unloaded")
    func life() async throws {
        try await withGafferd { daemon in
            let load = #"{"name": "web", "cmd": "/bin/sleep 1000", "numprocesses": 2, "colour": "blue"}"#
            let loaded = try await daemon.curl("POST", "/jobs/shop?wait=60", load)
            #expect(loaded.status == 200)
            #expect(loaded.json == ["ok": true])
            let before = try await daemon.osPids("shop/web")
            #expect(before.count == 2)
            // What gaffer does not know is kept and shown; `start` is not a part of the configuration.
            let config = try await daemon.info("shop/web")["config"]
            #expect(config?["colour"] == "blue")
            #expect(config?["start"] == nil)

            let again = try await daemon.curl("POST", "/jobs/shop", load)
            #expect(again.status == 409)
            #expect(again.json["error"] == "process_conflict")
            #expect(again.json["errno"] == 409)

            let update = #"{"name": "web", "cmd": "/bin/sleep 2000"}"#
            let updated = try await daemon.curl("PUT", "/jobs/shop/web?wait=60", update)
            #expect(updated.status == 201)
            #expect(updated.json == ["ok": true])
            let after = try await daemon.osPid("shop/web")
            #expect(ProcessTable.commandLine(of: after) == "/bin/sleep 2000")
            #expect(before.allSatisfy { !ProcessTable.isAlive($0) })

            for (path, body, status) in [
                ("/jobs/shop/web", #"{"name": "other", "cmd": "/bin/true"}"#, 400),
                ("/jobs/shop/web", #"{"numprocesses": 2}"#, 400),
                ("/jobs/shop/none", #"{"cmd": "/bin/true"}"#, 404),
            ] {
                #expect(try await daemon.curl("PUT", path, body).status == status, "\(body)")
            }

            let unloaded = try await daemon.curl("DELETE", "/jobs/shop/web?wait=60")
            #expect(unloaded.status == 200)
            #expect(unloaded.json == ["ok": true])
            #expect(!ProcessTable.isAlive(after))
            #expect(try await daemon.curl("GET", "/jobs/shop").status == 404)
            #expect(try await daemon.curl("DELETE", "/jobs/shop/web").status == 404)
        }
    }

    @Test("A job that is loaded with start: false waits until it is started; PUT starts a stopped one")
    func startLater() async throws {
        try await withGafferd { daemon async throws in
            let load = #"{"name": "one", "cmd": "/bin/sleep 1000", "start": false}"#
            #expect(try await daemon.curl("POST", "/jobs/default?wait=60", load).status == 200)
            #expect(try await daemon.info("default/one")["state"] == "idle")
            #expect(try await daemon.curl("POST", "/jobs/default/one/state?wait=60", "1").status == 202)
            #expect(try await daemon.info("default/one")["state"] == "running")
            #expect(try await daemon.curl("POST", "/jobs/default/one/state?wait=60", "0").status == 202)
            #expect(try await daemon.info("default/one")["state"] == "stopped")
            let update = #"{"cmd": "/bin/sleep 1001"}"#
            #expect(try await daemon.curl("PUT", "/jobs/default/one?wait=60", update).status == 201)
            #expect(try await daemon.info("default/one")["state"] == "running")
        }
    }

    @Test(
        "0 stops, 1 starts, 2 reloads, 3 restarts: a job, a session, everything",
        arguments: [
            "/jobs/shop/web/state", "/sessions/shop/state", "/state",
        ]
    )
    func states(path: String) async throws {
        try await withGafferd("[process:shop:web]\ncmd = /bin/sleep 1000") { daemon in
            try await daemon.state("shop/web", becomes: "running")
            var osPid = try await daemon.osPid("shop/web")
            for body in ["3", "2"] {
                let answer = try await daemon.curl("POST", "\(path)?wait=60", body)
                #expect(answer.status == 202)
                #expect(answer.json == ["ok": true])
                let new = try await daemon.osPid("shop/web")
                #expect(new != osPid)
                #expect(!ProcessTable.isAlive(osPid))
                osPid = new
            }
            #expect(try await daemon.curl("POST", "\(path)?wait=60", "0").status == 202)
            #expect(try await daemon.info("shop/web")["state"] == "stopped")
            #expect(try await daemon.curl("GET", "/jobs/shop/web/state").text == "0")
            #expect(try await daemon.curl("POST", "\(path)?wait=60", "1").status == 202)
            #expect(try await daemon.curl("GET", "/jobs/shop/web/state").text == "1")
            for bad in ["", "4", "start", "1 1", "{}", "-1"] {
                let answer = try await daemon.curl("POST", path, bad)
                #expect(answer.status == 400, "'\(bad)'")
                #expect(answer.json["error"] == "bad_request")
            }
        }
    }

    @Test(
        "A number of processes is a difference unless it says =, and never less than none",
        arguments: [("3", 5), ("\"+2\"", 4), ("\"2\"", 4), ("-1", 1), ("\"-5\"", 0), ("\"=1\"", 1), ("\"=0\"", 0)]
    )
    func scale(value: String, wanted: Int) async throws {
        try await withGafferd("[process:one]\ncmd = /bin/sleep 1000\nnumprocesses = 2") { daemon in
            try await daemon.state("default/one", becomes: "running")
            let path = "/jobs/default/one/numprocesses"
            let answer = try await daemon.curl("POST", path + "?wait=60", #"{"scale": \#(value)}"#)
            #expect(answer.status == 200)
            #expect(answer.json == ["numprocesses": .integer(Int64(wanted))])
            #expect(try await daemon.osPids("default/one").count == wanted)
            for bad in [
                #"{"scale": "many"}"#, "{}", #"{"scale": 1.5}"#, #"{"scale": null}"#, "[]", #"{"scale": "=-1"}"#,
            ] {
                #expect(try await daemon.curl("POST", path, bad).status == 400, "\(bad)")
            }
            #expect(try await daemon.curl("POST", "/jobs/default/none/numprocesses", #"{"scale": 1}"#).status == 404)
        }
    }

    @Test(
        "A signal reaches a process, a job and a session, by name and by number",
        arguments: [
            "1", "\"1\"", "\"HUP\"", "\"SIGHUP\"", "\"hup\"",
        ]
    )
    func signals(value: String) async throws {
        try await Workbench.with { bench in
            let script = try bench.script(
                "member",
                """
                trap 'sign hup' HUP
                sign ready
                while :; do sleep 1000 & wait $!; done
                """
            )
            try bench.configure("[process:shop:web]\ncmd = \(script)")
            try await bench.gafferd { daemon in
                try await bench.signs.line(containing: "ready")
                let pid = try #require(try await daemon.info("shop/web")["processes"]?.integers.first)
                let body = #"{"signal": \#(value)}"#
                for (index, path) in ["/\(pid)/signal", "/jobs/shop/web/signal", "/sessions/shop/signal"].enumerated() {
                    let answer = try await daemon.curl("POST", path, body)
                    #expect(answer.status == 202)
                    #expect(answer.json == ["ok": true])
                    try await bench.signs.lines(until: "the signal") { $0.count == index + 2 }
                    for bad in [#"{"signal": "NOPE"}"#, #"{"signal": 0}"#, #"{"signal": 65}"#] {
                        let refused = try await daemon.curl("POST", path, bad)
                        #expect(refused.status == 400, "\(bad)")
                        #expect(refused.json["error"] == "bad_signal", "\(bad)")
                    }
                    #expect(try await daemon.curl("POST", path, "{}").status == 400)
                }
                for path in ["/99999/signal", "/jobs/shop/none/signal", "/sessions/none/signal"] {
                    #expect(try await daemon.curl("POST", path, body).status == 404, "\(path)")
                }
            }
        }
    }

    @Test("A commit runs once, beside the job's processes, with its own environment")
    func commits() async throws {
        try await Workbench.with { bench in
            let barrier = try bench.scratch.makeBarrier("barrier")
            let script = try bench.script(
                "member",
                #"exec 3<>'\#(barrier.path)'; sign "$KIND"; [ "$KIND" = job ] || read go <&3; exec sleep ${DURATION:-0}"#
            )
            try bench.configure("[process:one]\ncmd = \(script)\nenv:KIND = job\nenv:DURATION = 1000")
            try await bench.gafferd { daemon in
                try await bench.signs.lines(until: "the job") { $0 == ["job"] }
                let body = #"{"env": {"KIND": "commit", "DURATION": "0"}, "graceful_timeout": 2.5}"#
                let answer = try await daemon.curl("POST", "/jobs/default/one/commit?wait=60", body)
                #expect(answer.status == 200, "\(answer.text)")
                let pid = try #require(answer.json["pid"]?.intValue)
                try await bench.signs.lines(until: "the commit") { $0 == ["job", "commit"] }
                #expect(try await daemon.curl("GET", "/\(pid)").json["commited"] == true)
                let info = try await daemon.info("default/one")
                #expect(info["running"] == 2)
                #expect(info["running_out"] == 1)
                #expect(info["max_processes"] == 1)
                #expect(
                    try await daemon.curl("GET", "/jobs/default/one/pids").json["pids"]?.integers.contains(pid) == true
                )

                try barrier.release()
                try await daemon.eventually("the commit's end") {
                    try await daemon.curl("HEAD", "/\(pid)").status == 404 ? true : nil
                }
                #expect(try await daemon.info("default/one")["running"] == 1)
                #expect(bench.signs.lines == ["job", "commit"])
                // Its environment was its own.
                #expect(try await daemon.info("default/one")["config"]?["env"]?["KIND"] == "job")

                for bad in ["[]", #"{"env": []}"#, #"{"env": {"A": 1}}"#, #"{"graceful_timeout": "soon"}"#] {
                    #expect(try await daemon.curl("POST", "/jobs/default/one/commit", bad).status == 400, "\(bad)")
                }
                #expect(try await daemon.curl("POST", "/jobs/default/none/commit", "{}").status == 404)
            }
        }
    }

    @Test("Who waits longer than asked for is told whom for")
    func waitingInVain() async throws {
        try await Workbench.with { bench in
            let script = try bench.script("deaf", "trap '' TERM; sign ready; exec sleep 1000")
            try bench.configure("[process:deaf]\ncmd = \(script)\ngraceful_timeout = 5")
            try await bench.gafferd { daemon in
                try await bench.signs.line(containing: "ready")
                let answer = try await daemon.curl("POST", "/jobs/default/deaf/state?wait=0.05", "0")
                #expect(answer.status == 504)
                #expect(answer.json["error"] == 504)
                #expect(answer.json["reason"] == "timed_out")
                #expect(answer.json["message"]?.stringValue?.contains("deaf") == true)
                for bad in ["0", "-1", "x", "86401", "nan", ""] {
                    #expect(
                        try await daemon.curl("POST", "/jobs/default/deaf/state?wait=\(bad)", "0").status == 400,
                        "\(bad)"
                    )
                }
            }
        }
    }
}
