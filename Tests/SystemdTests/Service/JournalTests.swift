import GafferModel
import ProgramTestKit
import Testing

@Suite("The journal", .twoSlots, .timeLimit(.minutes(3)), .needsBox)
struct JournalTests {
    @Test("Each line of output is a record with all fields, found by identifier and by job")
    func fields() async throws {
        try await Machine.with { machine in
            try await machine.write(
                "/usr/local/bin/dummy",
                "#!/bin/sh\necho out\necho err >&2\necho '<2>critical'\nexec sleep 12345\n",
                mode: "755"
            )
            try await machine.configure("[process:dummy]\ncmd = dummy\n[process:shop:web]\ncmd = dummy\n")
            try await machine("systemctl start gafferd")
            try await machine.journal("-t default.dummy", until: "critical")
            try await machine.journal("-t shop.web", until: "critical")
            let osPid = try await machine(
                "gafferctl --json info dummy | grep -o '\"os_pid\": *[0-9]*' | head -n 1 | grep -o '[0-9]*'"
            )
            let found = try await machine.records(
                "-t default.dummy GAFFER_STREAM=stdout + GAFFER_STREAM=stderr -t default.dummy"
            )
            let records = found.filter { $0["GAFFER_STREAM"] != nil }
            let expected = [("out", "6", "stdout"), ("err", "4", "stderr"), ("critical", "2", "stdout")]
            #expect(records.count == expected.count)
            for (message, priority, stream) in expected {
                let record = try #require(records.first { $0["MESSAGE"]?.stringValue == message }, "\(message)")
                let fields = [
                    "PRIORITY": priority, "GAFFER_STREAM": stream, "SYSLOG_IDENTIFIER": "default.dummy",
                    "SYSLOG_PID": osPid, "GAFFER_SESSION": "default", "GAFFER_JOB": "dummy",
                    "_SYSTEMD_UNIT": "gafferd.service", "OBJECT_PID": osPid, "GAFFER_INSTANCE": "1",
                ]
                for (name, value) in fields { #expect(record[name]?.stringValue == value, "\(name) of \(message)") }
                #expect(Int(record["GAFFER_PID"]?.stringValue ?? "") != nil)
            }
            let byJob = try await machine.records("-u gafferd GAFFER_JOB=dummy GAFFER_STREAM=stderr")
            #expect(byJob.map { $0["MESSAGE"]?.stringValue } == ["err"])
            try await machine.expect("journalctl -F GAFFER_JOB | sort", gives: "dummy\nweb")
        }
    }

    @Test("Events in the life of a job are records that journalctl -x explains")
    func catalog() async throws {
        try await Machine.with { machine in
            try await machine.configure("[process:dummy]\ncmd = sleep 12345\n")
            try await machine("systemctl start gafferd")
            try await machine("kill -KILL $(pgrep -fx 'sleep 12345')")
            try await machine.until("journalctl -u gafferd GAFFER_JOB=dummy -o json | grep MESSAGE_ID | grep -i kill")
            let events = try await machine.records("-u gafferd GAFFER_JOB=dummy").filter { $0["MESSAGE_ID"] != nil }
            #expect(events.count >= 2)
            // Each of them has its text, which names the job.
            for event in events {
                let identifier = try #require(event["MESSAGE_ID"]?.stringValue)
                let text = try await machine("journalctl -x -u gafferd MESSAGE_ID=\(identifier) | grep '^░░'")
                #expect(text.contains("Subject:"), "\(identifier): \(text)")
                #expect(text.contains("dummy"), "\(identifier): \(text)")
            }
        }
    }

    @Test("journald restarted and stopped under load: no job waits for it, and what is lost is counted")
    func stoppedJournal() async throws {
        try await Machine.with { machine in
            // Numbered lines, each with the time that it had to wait until it could be written.
            try await machine.write(
                "/usr/local/bin/talk",
                """
                #!/usr/bin/python3
                import os, time
                slowest = 0
                for number in range(400000):
                    begin = time.monotonic()
                    os.write(1, b"line %06d of those that are written without a pause\\n" % number)
                    slowest = max(slowest, time.monotonic() - begin)
                    if number == 20000:
                        open("/run/begun", "w").close()
                    if number % 1000 == 0:
                        time.sleep(0.005)
                open("/run/slowest", "w").write("%.3f" % slowest)
                time.sleep(10000)
                """,
                mode: "755"
            )
            try await machine.configure(
                "[process:talk]\ncmd = talk\nstdout_file = /run/talk.log\nstdout_file_max_size = 0\n"
            )
            try await machine("systemctl start gafferd")
            try await machine.until("test -e /run/begun")
            try await machine("systemctl restart systemd-journald")
            try await machine("kill -STOP $(systemctl show --value --property MainPID systemd-journald)")
            try await machine.until("test -e /run/slowest")
            // What is one after the other in the file was never held back for long: gafferd has read all of it.
            try await machine.until("test $(wc -l < /run/talk.log) = 400000")
            let slowest = try #require(Double(try await machine("cat /run/slowest")))
            #expect(slowest < 5)
            try await machine("systemctl is-active gafferd && gafferctl ping")
            try await machine("kill -CONT $(systemctl show --value --property MainPID systemd-journald)")
            let dropped = try await machine.journal("-u gafferd", until: "(?i)drop")
            #expect(dropped.contains { $0.isNumber }, "\(dropped)")
            // It goes on: what a job says now arrives.
            try await machine.configure(
                "[process:talk]\ncmd = talk\n[process:late]\ncmd = sh -c 'echo late; exec sleep 10000'\n"
            )
            try await machine("systemctl reload gafferd")
            try await machine.journal("-t default.late", until: "^late$")
        }
    }
}
