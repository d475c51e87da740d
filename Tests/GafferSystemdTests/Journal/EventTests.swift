import GafferModel
import Testing

@testable import GafferSystemd

/// What the records of events say.
@Suite struct EventTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let kind: Event.Kind
        let id: MessageID
        let priority: JournalPriority
        let message: String
        /// Beside those that each event has.
        let fields: [String: String]

        init(
            _ kind: Event.Kind,
            _ id: MessageID,
            _ priority: JournalPriority,
            _ message: String,
            _ fields: [String: String] = [:]
        ) {
            self.kind = kind
            self.id = id
            self.priority = priority
            self.message = message
            self.fields = fields
        }

        var testDescription: String { message }
    }

    private static let process = ["GAFFER_PID": "7", "OBJECT_PID": "4711"]

    static let rows = [
        Row(.load, .load, .info, "shop.web was loaded"),
        Row(.unload, .unload, .info, "shop.web was unloaded"),
        Row(.update, .update, .info, "shop.web was changed"),
        Row(.start, .start, .info, "shop.web was started"),
        Row(.stop, .stop, .info, "shop.web was stopped"),
        Row(.restart, .restart, .info, "shop.web restarts: its processes are replaced after they end"),
        Row(.reload, .reload, .info, "shop.web reloads: its processes are replaced before they end"),
        Row(
            .spawn(pid: 7, osPid: 4711, isCommit: false, isDetached: false),
            .spawn,
            .info,
            "shop.web: process 7 (os pid 4711) was started",
            process
        ),
        Row(
            .spawn(pid: 7, osPid: 4711, isCommit: true, isDetached: true),
            .spawn,
            .info,
            "shop.web: process 7 (os pid 4711) was started, to run once, detached",
            process
        ),
        Row(
            .spawnError(pid: 7, reason: "cwd: no such file or directory"),
            .spawnError,
            .error,
            "shop.web: process 7 could not be started: cwd: no such file or directory",
            ["GAFFER_PID": "7", "GAFFER_REASON": "cwd: no such file or directory"]
        ),
        Row(
            .adopt(pid: 7, osPid: 4711),
            .adopt,
            .info,
            "shop.web: process 7 (os pid 4711) was adopted from an earlier gafferd",
            process
        ),
        Row(
            .stopProcess(pid: 7, osPid: 4711),
            .stopProcess,
            .info,
            "shop.web: process 7 (os pid 4711) was told to stop",
            process
        ),
        Row(
            .reap(pid: 7, osPid: 4711),
            .reap,
            .info,
            "shop.web: process 7 (os pid 4711) was told to stop, since fewer are wanted",
            process
        ),
        Row(
            .kill(pid: 7, osPid: 4711),
            .kill,
            .warning,
            "shop.web: process 7 (os pid 4711) did not leave in time and is killed",
            process.merging(["GAFFER_SIGNAL": "SIGKILL"]) { $1 }
        ),
        Row(
            .signal(pid: 7, osPid: 4711, signal: .hangup),
            .signal,
            .info,
            "shop.web: process 7 (os pid 4711) was sent SIGHUP",
            process.merging(["GAFFER_SIGNAL": "SIGHUP"]) { $1 }
        ),
        Row(
            .exit(pid: 7, osPid: 4711, status: .code(0), isCommit: false),
            .exit,
            .info,
            "shop.web: process 7 (os pid 4711) exited with exit code 0",
            process.merging(["GAFFER_EXIT_CODE": "0", "GAFFER_REASON": "exit code 0"]) { $1 }
        ),
        Row(
            .exit(pid: 7, osPid: 4711, status: .code(3), isCommit: false),
            .exit,
            .notice,
            "shop.web: process 7 (os pid 4711) exited with exit code 3",
            process.merging(["GAFFER_EXIT_CODE": "3", "GAFFER_REASON": "exit code 3"]) { $1 }
        ),
        Row(
            .exit(pid: 7, osPid: 4711, status: .signal(.kill), isCommit: false),
            .exit,
            .notice,
            "shop.web: process 7 (os pid 4711) was ended by SIGKILL",
            process.merging(["GAFFER_SIGNAL": "SIGKILL", "GAFFER_REASON": "SIGKILL"]) { $1 }
        ),
        Row(
            .exit(pid: 7, osPid: 4711, status: .unknown, isCommit: false),
            .exit,
            .notice,
            "shop.web: process 7 (os pid 4711) ended with an unknown status",
            process.merging(["GAFFER_REASON": "an unknown status"]) { $1 }
        ),
        Row(
            .backoff(delay: 1.5),
            .backoff,
            .warning,
            "shop.web waits 1.5 s until a process that died is replaced",
            ["GAFFER_DELAY": "1.5"]
        ),
        Row(
            .flap(retryIn: 7),
            .flap,
            .warning,
            "shop.web died too often and is tried again in 7.0 s",
            ["GAFFER_DELAY": "7.0"]
        ),
        Row(.flap(retryIn: nil), .giveUp, .error, "shop.web died too often and is given up"),
        Row(
            .finish,
            .finish,
            .info,
            "shop.web is finished: all its processes ended, and none is to be started again"
        ),
        Row(
            .stray(osPids: [12, 13]),
            .stray,
            .warning,
            "shop.web left processes behind, which are told to stop: os pids 12 13",
            ["GAFFER_OS_PIDS": "12 13"]
        ),
    ]

    @Test("Each event tells what happened to whom, in a sentence and in fields", arguments: rows)
    func event(_ row: Row) throws {
        let name = try JobName(session: "shop", job: "web")
        let event = Event(sequence: 42, time: 1, job: name, kind: row.kind)
        let record = try ReceivedRecord(JournalRecord(JournalEvent(event, namesObject: true)).bytes)
        let common = [
            "MESSAGE": row.message, "MESSAGE_ID": row.id.rawValue, "PRIORITY": "\(row.priority.rawValue)",
            "SYSLOG_IDENTIFIER": "gafferd", "SYSLOG_FACILITY": "3", "GAFFER_EVENT": row.kind.word, "GAFFER_SEQ": "42",
            "GAFFER_SESSION": "shop", "GAFFER_JOB": "web",
        ]
        #expect(record.texts == common.merging(row.fields) { $1 })
    }

    @Test("A process that had no memory left has a message of its own")
    func outOfMemory() throws {
        let name = try JobName(session: "shop", job: "web")
        let kind = Event.Kind.exit(pid: 7, osPid: 4711, status: .outOfMemory, isCommit: false)
        let event = JournalEvent(Event(sequence: 1, time: 1, job: name, kind: kind), namesObject: false)
        #expect(event.id == .outOfMemory)
        #expect(event.priority == .error)
        #expect(
            event.message
                == "shop.web: process 7 (os pid 4711) was killed, since memory had run out (SIGKILL, out of memory)"
        )
        #expect(event.fields.contains(.init(.reason, "SIGKILL (out of memory)")))
        #expect(!event.fields.contains { $0.name == .objectPID })
    }

    @Test("gafferd's own events have their messages, too")
    func daemon() throws {
        let name = try JobName(session: "shop", job: "web")
        let refused = JournalEvent.configurationRefused(["a.ini:3: cmd: is missing", "a.ini:9: x: no such key"])
        let rows: [(JournalEvent, MessageID, String)] = [
            (.ready(jobs: 2, processes: 5), .ready, "gafferd is ready: jobs: 2, processes: 5"),
            (.stopping(reason: "SIGTERM"), .stopping, "gafferd stops its jobs: SIGTERM"),
            (.stopped(), .stopped, "gafferd has stopped"),
            (
                .reloaded(added: 1, changed: 2, removed: 3, unchanged: 4), .reloaded,
                "the configuration was reloaded: jobs added: 1, changed: 2, removed: 3, unchanged: 4"
            ),
            (
                refused, .configurationRefused,
                "the configuration is wrong and nothing was changed: a.ini:3: cmd: is missing; a.ini:9: x: no such key"
            ),
            (
                .limitsUnavailable(name, "shop.web runs without memory_max: no controllers."),
                .limitsUnavailable, "shop.web runs without memory_max: no controllers."
            ),
            (
                .changed(actor: "key:1f", action: "POST /jobs/shop/web/state", status: 202), .changed,
                "key:1f: POST /jobs/shop/web/state: 202"
            ),
        ]
        for (event, id, message) in rows {
            #expect(event.id == id)
            #expect(event.message == message)
        }
        let record = try ReceivedRecord(JournalRecord(refused).bytes)
        #expect(record.texts["GAFFER_REASON"] == "a.ini:3: cmd: is missing|a.ini:9: x: no such key")
    }

    @Test("What was dropped is told in numbers and in words")
    func drops() throws {
        let name = JournalStreamName(session: "shop", job: "web", label: "stdout")
        let many = DropReport(name: name, lines: 1234, bytes: 99_000, duration: .milliseconds(2060))
        let record = try ReceivedRecord(JournalRecord(JournalEvent(many)).bytes)
        #expect(
            record.texts == [
                "MESSAGE":
                    "1234 lines of stdout of shop.web dropped within 2.1 s, since the journal did not take them fast enough",
                "MESSAGE_ID": MessageID.dropped.rawValue, "PRIORITY": "4", "SYSLOG_IDENTIFIER": "shop.web",
                "SYSLOG_FACILITY": "3", "N_DROPPED": "1234", "GAFFER_DROPPED_BYTES": "99000",
                "GAFFER_DROPPED_SECONDS": "2.1", "GAFFER_SESSION": "shop", "GAFFER_JOB": "web",
                "GAFFER_STREAM": "stdout",
            ]
        )
        let own = JournalEvent(DropReport(name: .daemon, lines: 1, bytes: 9, duration: .zero))
        #expect(own.message.hasPrefix("1 record of gafferd's log dropped within 0.0 s"))
        #expect(own.identifier == "gafferd")
    }

    @Test("A message is one printable line, whatever it tells")
    func printable() throws {
        let event = JournalEvent(.spawnError, .error, "a\u{1B}[1mb\nc", fields: [.init(.reason, "a\nb")])
        let record = try ReceivedRecord(JournalRecord(event).bytes)
        #expect(record.message == "ab\\x0ac")
        #expect(record["GAFFER_REASON"] == "a\nb")
    }
}
