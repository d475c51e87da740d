import GafferClient
import GafferModel
import Testing
import WebTestKit

@testable import GafferTool
@testable import gafferctl

private func job(
    _ state: String,
    wanted: Int = 1,
    instances: String = "",
    exit: String = "null",
    error: String = "null",
    retry: String = "null",
    config: String = #"{"cmd":"x"}"#
) throws -> JobStatus {
    let running = instances.isEmpty ? 0 : 1
    let text = """
        {"name":"shop.web","running":\(running),"running_out":0,"max_processes":\(wanted),"config":\(config),
        "state":"\(state)","restarts":0,"last_exit":\(exit),"last_error":\(error),"retry_in":\(retry),
        "instances":[\(instances)]}
        """
    return try JobStatus(JSON(parsing: Array(text.utf8)))
}

private let alive = #"{"pid":4,"os_pid":104,"instance":1,"state":"running","commited":false,"create_time":1000000}"#
private let code3 = #"{"pid":3,"exit_status":3,"term_signal":0,"time":1000090}"#

private func reason(_ job: JobStatus, _ events: JSON...) -> JobReason {
    JobReason(job: job, events: events, now: 1_000_100)
}

@Suite("The reason of a job's state")
struct JobReasonTests {
    @Test("is told for each state")
    func states() throws {
        let start = "'gafferctl start shop.web'"
        #expect(reason(try job("running", instances: alive)).sentence == "It runs for 1m 40s.")
        #expect(reason(try job("idle")).sentence == "It was loaded without being started. \(start) starts it.")
        #expect(reason(try job("stopped")).sentence == "It was stopped. \(start) starts it.")
        let stop: JSON = ["event": "job.shop.web.stop", "time": 1_000_040.0]
        #expect(
            reason(try job("stopped"), stop).sentence
                == "It was stopped at \(Clock.timeOfDay(1_000_040)), 1m 00s ago. \(start) starts it."
        )
        #expect(
            reason(try job("backoff", exit: code3, retry: "2.5")).sentence
                == "A process ended (code 3); the next start is in 2.5s."
        )
        #expect(
            reason(try job("backoff", error: #""No such file""#, retry: "2.5")).sentence
                == "The last start failed: No such file. The next attempt is in 2.5s."
        )
        let rule = #"{"cmd":"x","flapping":{"attempts":3,"window":30,"retry_in":10,"max_retry":5}}"#
        #expect(
            reason(try job("flapping", exit: code3, retry: "7", config: rule)).sentence
                == "It died 3 times within 30s, last with code 3. It is tried again in 7.0s."
        )
        #expect(
            reason(try job("failed", exit: code3, config: rule), ["event": "flap", "time": 1_000_090.0]).sentence
                == "It died 3 times within 30s, last with code 3. It was given up 10s ago. \(start) tries again."
        )
        #expect(
            reason(try job("finished", exit: code3, config: #"{"restart":"never"}"#)).sentence
                == "Its processes ended (code 3), and its restart policy, never, asks for no more."
        )
        #expect(
            reason(
                try job("stopping", wanted: 0, instances: alive),
                stop,
                ["event": "stop_process", "pid": 4, "time": 1_000_090.0]
            ).sentence == "It was told to stop 1m 00s ago; it waits for process 4, SIGKILL in 20s."
        )
        #expect(reason(try job("starting", wanted: 2, instances: alive)).sentence.hasPrefix("1 of 2 processes run;"))
        #expect(reason(try job("odd\\u001b")).sentence.contains(#"\u{1b}"#))
    }

    @Test(
        "says how a process ended in words",
        arguments: [
            (JobStatus.LastExit(code: 0, signal: nil, time: 0), "code 0, a success"),
            (JobStatus.LastExit(code: 3, signal: nil, time: 0), "code 3"),
            (JobStatus.LastExit(code: 0, signal: 11, time: 0), "SIGSEGV: it used memory that is not its own"),
            (JobStatus.LastExit(code: 0, signal: 15, time: 0), "SIGTERM"),
            (JobStatus.LastExit(code: 0, signal: 9, isOutOfMemory: true, time: 0), "killed since memory had run out"),
            (JobStatus.LastExit(code: nil, signal: nil, time: 0), "it is not known how"),
        ]
    )
    func exits(exit: JobStatus.LastExit, words: String) {
        #expect(JobReason.words(for: exit) == words)
    }

    @Test("comes with a hint where something is known to be wrong")
    func hints() throws {
        let missing = #"{"pid":3,"exit_status":127,"term_signal":0,"time":1000090}"#
        #expect(reason(try job("backoff", exit: missing)).hints.count == 2)
        #expect(reason(try job("backoff", exit: missing, config: #"{"os_env":true}"#)).hints.count == 1)
        let memory = #"{"pid":3,"exit_status":0,"term_signal":9,"reason":"oom","time":1000090}"#
        #expect(
            reason(try job("backoff", exit: memory, config: #"{"memory_max":67108864}"#)).hints
                == ["The kernel ended a process since memory had run out. Its limit is 64M."]
        )
        #expect(reason(try job("running", instances: alive)).hints.isEmpty)
    }
}

@Suite("gafferctl why")
struct WhyTests {
    private let server = gafferd { request in
        switch request.line {
        case "GET /events?feed=longpoll&since=0&pattern=job.shop.web":
            .answer(
                #"{"events":[{"event":"job.shop.web.exit","name":"shop.web","pid":3,"exit_status":1,"term_signal":0,"#
                    + #""once":false,"seq":5,"time":1000090},{"event":"job.shop.web.backoff","name":"shop.web","#
                    + #""delay":12.5,"seq":6,"time":1000090},{"event":"x","name":"shop.web.other"}],"last":6}"#
            )
        case "GET /jobs/shop/web/tail?n=5":
            .answer(#"{"tail":[{"pid":4,"stream":"stdout","data":"","data_b64":"G1sySmhlbGxvCmJ5ZQ=="}]}"#)
        default: nil
        }
    }

    @Test("tells all of it in one screen")
    func golden() {
        let time = Clock.timeOfDay(1_000_090)
        #expect(
            run("why", "shop.web", at: "unix:\(server.path)")
                == Run(
                    code: 0,
                    output: """
                        shop.web: backoff
                          The last start failed: No such file. The next attempt is in 2.5s.
                          It inherits no environment (os_env is false) and names no PATH of its own.

                          Command:    serve -p 80
                          Processes:  2/3+1
                          Restarts:   7
                          Last exit:  code 1, 10s ago
                          Last error: No such file.
                          Next:       restart in 2.5s

                        What happened last:
                          \(time)  exit         process 3: code 1
                          \(time)  backoff      starts in 13s

                        What process 4 wrote last to stdout:
                          \\x1b[2Jhello
                          bye

                        """,
                    messages: ""
                )
        )
    }

    @Test("prints a document with the documented members")
    func json() throws {
        let output = run("why", "--json", "4", at: "unix:\(server.path)").output
        let json = try JSON(parsing: Array(output.utf8))
        #expect(
            json.objectValue?.map(\.name) == [
                "name", "state", "reason", "hints", "running", "wanted", "restarts", "retry_in", "last_exit",
                "last_error", "limits", "events", "tail", "job",
            ]
        )
        #expect(json["retry_in"]?.doubleValue == 2.5)
        #expect(json["job"]?["name"]?.stringValue == "shop.web")
    }

    @Test("has the exit codes of the other commands")
    func codes() {
        #expect(run("why", "none.a", at: "unix:\(server.path)").code == 4)
        #expect(run("why", "shop.web", "-n", "0", at: "unix:\(server.path)").code == 2)
        #expect(run("why", "shop.web").code == 5)
    }
}
