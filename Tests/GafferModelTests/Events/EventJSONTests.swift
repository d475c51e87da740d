import GafferModel
import Testing

@Suite("Events as JSON")
struct EventJSONTests {
    private static let rows: [(Event.Kind, String, String)] = [
        (.load, "load", ""), (.unload, "unload", ""), (.update, "update", ""), (.start, "start", ""),
        (.stop, "stop", ""), (.restart, "restart", ""),
        (.reload, "reload", ""), (.finish, "finish", ""),
        (
            .spawn(pid: 7, osPid: 70, isCommit: false, isDetached: true), "spawn",
            #","pid":7,"os_pid":70,"once":false,"detached":true"#
        ),
        (.spawnError(pid: 7, reason: "a \"b\""), "spawn_error", #","pid":7,"reason":"a \"b\"""#),
        (.adopt(pid: 7, osPid: 70), "adopt", #","pid":7,"os_pid":70"#),
        (.stopProcess(pid: 7, osPid: 70), "stop_process", #","pid":7,"os_pid":70"#),
        (.reap(pid: 7, osPid: 70), "reap", #","pid":7,"os_pid":70"#),
        (.kill(pid: 7, osPid: 70), "kill", #","pid":7,"os_pid":70,"signum":9"#),
        (.signal(pid: 7, osPid: 70, signal: .hangup), "kill", #","pid":7,"os_pid":70,"signum":1"#),
        (
            .exit(pid: 7, osPid: 70, status: .code(3), isCommit: true), "exit",
            #","pid":7,"os_pid":70,"exit_status":3,"term_signal":0,"once":true"#
        ),
        (
            .exit(pid: 7, osPid: 70, status: .signal(.kill), isCommit: false), "exit",
            #","pid":7,"os_pid":70,"exit_status":0,"term_signal":9,"once":false"#
        ),
        (
            .exit(pid: 7, osPid: 70, status: .outOfMemory, isCommit: false), "exit",
            #","pid":7,"os_pid":70,"exit_status":0,"term_signal":9,"reason":"oom","once":false"#
        ),
        (
            .exit(pid: 7, osPid: 70, status: .unknown, isCommit: false), "exit",
            #","pid":7,"os_pid":70,"exit_status":null,"term_signal":null,"once":false"#
        ),
        (.backoff(delay: 0.5), "backoff", #","delay":0.5"#), (.flap(retryIn: 7), "flap", #","retry_in":7.0"#),
        (.flap(retryIn: nil), "flap", #","retry_in":null"#),
        (.stray(osPids: [1, 2]), "stray", #","os_pids":[1,2]"#),
    ]

    @Test("Each has the fields of the original, and its number and time", arguments: rows)
    func fields(kind: Event.Kind, word: String, fields: String) throws {
        let event = Event(sequence: 5, time: 1.25, job: try JobName(parsing: "shop.web"), kind: kind)
        #expect(kind.word == word)
        for name in event.names {
            #expect(
                event.json(as: name).text == #"{"event":"\#(name)","name":"shop.web"\#(fields),"seq":5,"time":1.25}"#
            )
        }
    }
}
