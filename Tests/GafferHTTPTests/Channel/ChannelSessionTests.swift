import Gaffer
import GafferAuth
import GafferHTTP
import GafferModel
import GafferSystem
import GafferTestKit
import Testing

@Suite(.timeLimit(.minutes(1))) struct ChannelSessionTests {
    private let bench: ChannelBench

    init() throws {
        bench = try ChannelBench()
    }

    // MARK: Login

    @Test("A key opens a session that was nobody's, and nothing is answered")
    func login() async throws {
        let session = bench.session(as: nil)
        session.client.say("AUTH:secret")
        #expect(try await session.command("sessions")["data"]?["result"] == ["sessions": ["shop", "blog"]])
        await session.hangUp()
    }

    @Test("An unknown key, or anything else, closes the session", arguments: ["AUTH:guess", #"{"event":"NOP"}"#])
    func refused(first: String) async throws {
        let session = bench.session(as: nil)
        let answer = try await session.ask(first)
        #expect(answer["data"]?["error"] == "AUTH_REQUIRED")
        await session.end()
        #expect(session.client.closeCode == 1008)
    }

    @Test("Who says nothing is sent away after ten seconds, but not who logged in")
    func loginTimeout() async throws {
        let silent = bench.session(as: nil)
        let quick = bench.session(as: nil)
        quick.client.say("AUTH:secret")
        _ = try await quick.command("sessions")
        // Both timers are set when both sessions run.
        while bench.time.timerCount < 2 { await Task.yield() }
        bench.time.pass(.seconds(9))
        #expect(silent.client.closeCode == nil)
        bench.time.pass(.seconds(1))
        #expect(try await silent.client.nextJSON()["data"]?["error"] == "AUTH_REQUIRED")
        await silent.end()
        #expect(silent.client.closeCode == 1008)
        #expect(try await quick.command("sessions")["event"] == "gaffer:command_success")
        await quick.hangUp()
    }

    @Test("A session whose key is gone is closed at its next message")
    func revokedAtMessage() async throws {
        let authority = RevocableAuthority(.admin)
        let session = bench.session(as: authority)
        _ = try await session.command("sessions")
        authority.revoke()
        session.client.say(#"{"event":"CMD","data":{"identity":1,"name":"stop_job","args":["shop.web"]}}"#)
        await session.end()
        #expect(session.client.closeCode == 1008)
        #expect(bench.supervisor.calls == [])
    }

    @Test("A session whose key is gone, or gives the right no more, gets nothing more", arguments: [true, false])
    func revokedAtDelivery(isGone: Bool) async throws {
        let authority = RevocableAuthority(.only(.read, "shop.web"))
        let session = bench.session(as: authority)
        _ = try await session.subscribe("STREAM:1")
        bench.feeds.emit(1, "stdout", "first\n")
        #expect(try await session.client.nextJSON()["data"]?["data"] == "first\n")
        if isGone { authority.revoke() } else { authority.change(to: .only(.read, "shop.db")) }
        bench.feeds.emit(1, "stdout", "second\n")
        #expect(await session.client.next() == nil)
        await session.end()
        #expect(session.client.closeCode == 1008)
        #expect(bench.context.quota.openStreams == 0)
    }

    // MARK: Events

    @Test("EVENTS delivers every event under all its names, with its fields and the topic")
    func events() async throws {
        let session = bench.session()
        #expect(try await session.subscribe("EVENTS") == ["event": "gaffer:subscription_success", "topic": "EVENTS"])
        let kind = Event.Kind.spawn(pid: 9, osPid: 99, isCommit: false, isDetached: false)
        bench.feeds.publish(kind, of: bench.web)
        let names = Event(sequence: 1, time: 0, job: bench.web, kind: kind).names
        #expect(names.contains("spawn") && names.contains("job.shop.web.spawn") && names.contains("proc.9.spawn"))
        for name in names {
            let message = try await session.client.nextJSON()
            #expect(message["event"] == "gaffer:event")
            let data = try #require(message["data"])
            #expect(data["event"] == .string(name))
            #expect(data["topic"] == "EVENTS")
            #expect(data["name"] == "shop.web")
            #expect(data["pid"] == 9)
            #expect(data["os_pid"] == 99)
            #expect(data["seq"] == 1)
        }
        await session.hangUp()
        #expect(bench.context.openTopics == 0)
    }

    @Test(
        "A topic delivers its events once, and no others",
        arguments: [
            ("EVENTS:spawn", ["spawn"]), ("EVENTS:job.shop.web", ["job.shop.web.spawn", "job.shop.web.stop"]),
            ("JOB:shop.web", ["job.shop.web.spawn", "job.shop.web.stop"]),
            ("EVENTS:job.shop.web.stop", ["job.shop.web.stop"]),
            ("PROCESS:1", ["proc.1.spawn"]), ("EVENTS:proc.1", ["proc.1.spawn"]),
        ]
    )
    func patterns(topic: String, names: [String]) async throws {
        let session = bench.session()
        _ = try await session.subscribe(topic)
        bench.feeds.publish(.start, of: bench.blog)
        bench.feeds.publish(.spawn(pid: 1, osPid: 99, isCommit: false, isDetached: false), of: bench.web)
        bench.feeds.publish(.stop, of: bench.web)
        var told: [String] = []
        for _ in names { told.append(try await session.client.nextJSON()["data"]?["event"]?.stringValue ?? "") }
        #expect(told == names)
        // What comes next is the answer, so there was nothing else.
        #expect(try await session.command("sessions")["event"] == "gaffer:command_success")
        await session.hangUp()
    }

    @Test("Nothing of a topic comes after the answer to its UNSUB, and other topics go on")
    func unsubscribe() async throws {
        let session = bench.session()
        _ = try await session.subscribe("JOB:shop.web")
        _ = try await session.subscribe("EVENTS:stop")
        bench.feeds.publish(.start, of: bench.web)
        #expect(try await session.client.nextJSON()["data"]?["event"] == "job.shop.web.start")
        let answer = try await session.unsubscribe("JOB:shop.web")
        #expect(answer == ["event": "gaffer:subscription_success", "topic": "JOB:shop.web"])
        bench.feeds.publish(.stop, of: bench.web)
        #expect(try await session.client.nextJSON()["data"]?["event"] == "stop")
        #expect(try await session.command("sessions")["event"] == "gaffer:command_success")
        await session.hangUp()
    }

    @Test("UNSUB waits for what is on its way, and nothing follows it")
    func unsubscribeWhileSending() async throws {
        let session = bench.session()
        _ = try await session.subscribe("STREAM:1")
        session.client.hold()
        bench.feeds.emit(1, "stdout", "on its way\n")
        await session.client.untilHeld()
        bench.feeds.emit(1, "stdout", "too late\n")
        session.client.say(#"{"event":"UNSUB","data":{"topic":"STREAM:1"}}"#)
        session.client.release()
        #expect(try await session.client.nextJSON()["data"]?["data"] == "on its way\n")
        var next = try await session.client.nextJSON()
        // The line that came meanwhile may have been given to the subscription before it was told to end.
        if next["data"]?["data"] == "too late\n" { next = try await session.client.nextJSON() }
        #expect(next == ["event": "gaffer:subscription_success", "topic": "STREAM:1"])
        bench.feeds.emit(1, "stdout", "later\n")
        #expect(try await session.command("sessions")["event"] == "gaffer:command_success")
        await session.hangUp()
    }

    @Test("A topic that is subscribed to twice is delivered once, until it is given up twice")
    func twice() async throws {
        let session = bench.session()
        for _ in 0..<2 { _ = try await session.subscribe("EVENTS:start") }
        _ = try await session.unsubscribe("EVENTS:start")
        bench.feeds.publish(.start, of: bench.web)
        #expect(try await session.client.nextJSON()["data"]?["event"] == "start")
        _ = try await session.unsubscribe("EVENTS:start")
        bench.feeds.publish(.start, of: bench.web)
        #expect(try await session.command("sessions")["event"] == "gaffer:command_success")
        await session.hangUp()
    }

    @Test("PROCESS ends with the process, JOB goes on")
    func processEnd() async throws {
        let session = bench.session()
        _ = try await session.subscribe("PROCESS:1")
        _ = try await session.subscribe("EVENTS:start")
        bench.exit(1, of: bench.web)
        #expect(try await session.client.nextJSON()["data"]?["event"] == "proc.1.exit")
        #expect(
            try await session.client.nextJSON() == ["event": "gaffer:subscription_end", "topic": "PROCESS:1"]
        )
        #expect(try await session.unsubscribe("PROCESS:1")["event"] == "gaffer:subscription_success")
        bench.feeds.publish(.start, of: bench.web)
        #expect(try await session.client.nextJSON()["data"]?["event"] == "start")
        await session.hangUp()
    }

    @Test("JOB survives that the job is unloaded and loaded again")
    func jobAgain() async throws {
        let session = bench.session()
        _ = try await session.subscribe("JOB:shop.web")
        for kind in [Event.Kind.unload, .load] { bench.feeds.publish(kind, of: bench.web) }
        var told: [String] = []
        for _ in 0..<2 { told.append(try await session.client.nextJSON()["data"]?["event"]?.stringValue ?? "") }
        #expect(told == ["job.shop.web.unload", "job.shop.web.load"])
        await session.hangUp()
    }

    @Test(
        "What does not exist can't be subscribed to",
        arguments: [
            ("PROCESS:77", "not_found"), ("STATS:77", "not_found"), ("STREAM:77", "not_found"),
            ("JOB:shop.nope", "not_found"), ("STATS:shop.nope", "not_found"), ("STREAM:1.nope", "stream_not_found"),
            ("STREAM:1.CHAT", "stream_not_found"), ("STREAM:3", "stream_not_found"), ("NOPE", "invalid_topic"),
            ("EVENTS:a b", "invalid_topic"),
        ]
    )
    func missing(topic: String, reason: String) async throws {
        let session = bench.session()
        let answer = try await session.subscribe(topic)
        #expect(answer["event"] == "gaffer:subscription_error")
        #expect(answer["topic"] == .string(topic))
        #expect(answer["data"]?["reason"] == .string(reason))
        await session.hangUp()
    }

    @Test("A client that takes nothing is told what it missed, and others miss nothing")
    func slowForEvents() async throws {
        let slow = bench.session()
        let quick = bench.session()
        _ = try await slow.subscribe("EVENTS:start")
        _ = try await quick.subscribe("EVENTS:start")
        slow.client.hold()
        let total: UInt64 = 20_000
        for number in 1...total {
            bench.feeds.publish(.start, of: bench.web)
            let message = try await quick.client.nextJSON()
            if message["data"]?["seq"] != .integer(Int64(number)) { Issue.record("\(message)") }
            if number == 1 { await slow.client.untilHeld() }
        }
        slow.client.release()
        var next: UInt64 = 1
        var lost: UInt64 = 0
        while next <= total {
            let data = try #require(try await slow.client.nextJSON()["data"])
            if data["event"] == "gap" {
                #expect(data["topic"] == "EVENTS:start")
                #expect(data["from"] == .integer(Int64(next)))
                let to = UInt64(try #require(data["to"]?.intValue))
                #expect(data["lost"] == .integer(Int64(to - next + 1)))
                lost += to - next + 1
                next = to + 1
            } else {
                #expect(data["seq"] == .integer(Int64(next)))
                next += 1
            }
        }
        #expect(lost > 0)
        await slow.hangUp()
        await quick.hangUp()
    }

    // MARK: Stats

    @Test("STATS tells what a process uses, and a job's those that it gets later")
    func stats() async throws {
        let session = bench.session()
        _ = try await session.subscribe("STATS:1", #","interval":0.5"#)
        _ = try await session.subscribe("STATS:shop.web")
        #expect(bench.feeds.intervals(of: .process(1)) == [.milliseconds(500)])
        #expect(bench.feeds.intervals(of: .job(bench.web)) == [.seconds(1)])
        bench.feeds.push([ProcessStats(pid: 1, osPid: 11, residentBytes: 5 << 20)], to: .process(1))
        var data = try #require(try await session.client.nextJSON()["data"])
        #expect(data["event"] == "stat")
        #expect(data["topic"] == "STATS:1")
        #expect(data["pid"] == 1)
        #expect(data["os_pid"] == 11)
        #expect(data["mem_info1"] == "5M")
        bench.feeds.push([ProcessStats(pid: 1, osPid: 11), ProcessStats(pid: 8, osPid: 18)], to: .job(bench.web))
        for pid: Int64 in [1, 8] {
            data = try #require(try await session.client.nextJSON()["data"])
            #expect(data["topic"] == "STATS:shop.web")
            #expect(data["pid"] == .integer(pid))
        }
        bench.feeds.endStats(of: .process(1))
        #expect(try await session.client.nextJSON() == ["event": "gaffer:subscription_end", "topic": "STATS:1"])
        await session.hangUp()
        #expect(bench.feeds.intervals(of: .job(bench.web)) == [])
    }

    // MARK: Streams

    @Test("STREAM tells what a process writes: its first output, one that is named, a custom stream as READ")
    func streams() async throws {
        let session = bench.session()
        for topic in ["STREAM:1", "stream:1.stderr", "STREAM:1.Chat"] {
            #expect(try await session.subscribe(topic)["topic"] == .string(topic))
        }
        bench.feeds.emit(1, "stdout", "out\n")
        #expect(
            try await session.client.nextJSON()["data"] == [
                "event": "stdout", "topic": "STREAM:1", "name": "shop.web", "pid": 1, "data": "out\n", "offset": 0,
            ]
        )
        bench.feeds.emit(1, "stderr", "err\n")
        #expect(
            try await session.client.nextJSON()["data"] == [
                "event": "stderr", "topic": "stream:1.stderr", "name": "shop.web", "pid": 1, "data": "err\n",
                "offset": 0,
            ]
        )
        bench.feeds.emit(1, "Chat", "hi")
        #expect(
            try await session.client.nextJSON()["data"] == [
                "event": "READ", "topic": "STREAM:1.Chat", "name": "shop.web", "pid": 1, "data": "hi", "offset": 0,
            ]
        )
        await session.hangUp()
        #expect(bench.context.quota.openStreams == 0)
        #expect(bench.context.openTopics == 0)
    }

    @Test(
        "A stream may begin with what is kept of it",
        arguments: [(#","tail":1"#, "two\n", 4), (#","tail":9"#, "one\ntwo\n", 0), (#","offset":2"#, "e\ntwo\n", 2)]
    )
    func past(more: String, text: String, offset: Int64) async throws {
        bench.feeds.emit(1, "stdout", "one\ntwo\n")
        let session = bench.session()
        _ = try await session.subscribe("STREAM:1", more)
        bench.feeds.emit(1, "stdout", "three\n")
        var told = ""
        var first: JSON?
        while told.utf8.count < text.utf8.count + 6 {
            let data = try #require(try await session.client.nextJSON()["data"])
            first = first ?? data["offset"]
            told += data["data"]?.stringValue ?? ""
        }
        #expect(told == text + "three\n")
        #expect(first == .integer(offset))
        await session.hangUp()
    }

    @Test("Characters that come in parts are told whole, whenever their rest comes")
    func splitCharacters() async throws {
        let session = bench.session()
        _ = try await session.subscribe("STREAM:1")
        bench.feeds.emit(1, "stdout", [0x61, 0xE2])
        #expect(try await session.client.nextJSON()["data"]?["data"] == "a")
        for byte: UInt8 in [0x82, 0xAC] { bench.feeds.emit(1, "stdout", [byte]) }
        bench.feeds.emit(1, "stdout", "\n")
        var told = ""
        while told.utf8.count < 4 {
            let data = try #require(try await session.client.nextJSON()["data"])
            #expect(data["data_b64"] == nil)
            told += data["data"]?.stringValue ?? ""
        }
        #expect(told == "€\n")
        await session.hangUp()
    }

    @Test("Bytes that are no text come whole beside what can be shown of them")
    func noText() async throws {
        let session = bench.session()
        _ = try await session.subscribe("STREAM:1")
        bench.feeds.emit(1, "stdout", [0x61, 0xFF, 0x0A])
        let data = try #require(try await session.client.nextJSON()["data"])
        #expect(data["data"] == "a\u{FFFD}\n")
        #expect(data["data_b64"] == "Yf8K")
        await session.hangUp()
    }

    @Test("What is left of a character at the end is told too, then that it is the end")
    func lastBytes() async throws {
        let session = bench.session()
        _ = try await session.subscribe("STREAM:1")
        bench.feeds.emit(1, "stdout", [0xC3])
        bench.feeds.end(1)
        let data = try #require(try await session.client.nextJSON()["data"])
        #expect(data["data_b64"] == "ww==")
        #expect(try await session.client.nextJSON() == ["event": "gaffer:subscription_end", "topic": "STREAM:1"])
        await session.hangUp()
    }

    @Test("A client that takes nothing learns how many bytes it missed; what it gets is in order")
    func slowForOutput() async throws {
        let slow = bench.session()
        let quick = bench.session()
        _ = try await slow.subscribe("STREAM:1")
        _ = try await quick.subscribe("STREAM:1")
        slow.client.hold()
        var written = 0
        var read = 0
        for number in 0..<200 {
            let line = String(repeating: "x", count: 20_000) + " \(number)\n"
            bench.feeds.emit(1, "stdout", line)
            written += line.utf8.count
            while read < written {
                let data = try #require(try await quick.client.nextJSON()["data"])
                #expect(data["gap"] == nil)
                read += data["data"]?.stringValue?.utf8.count ?? 0
            }
            if number == 0 { await slow.client.untilHeld() }
        }
        slow.client.release()
        var position = 0
        var gaps = 0
        while position < written {
            let data = try #require(try await slow.client.nextJSON()["data"])
            let gap = data["gap"]?.intValue ?? 0
            gaps += gap
            #expect(data["offset"]?.intValue == position + gap)
            position += gap + (data["data"]?.stringValue?.utf8.count ?? 0)
        }
        #expect(position == written)
        #expect(gaps > 0)
        await slow.hangUp()
        await quick.hangUp()
    }

    @Test("A key has so many streams open over all its sessions")
    func tooManyStreams() async throws {
        var bench = bench
        bench.context.quota = StreamQuota(perKey: 2)
        let first = bench.session()
        let second = bench.session()
        let other = bench.session(as: RevocableAuthority(.admin, id: "k2"))
        #expect(try await first.subscribe("STREAM:1")["event"] == "gaffer:subscription_success")
        #expect(try await second.subscribe("STREAM:1")["event"] == "gaffer:subscription_success")
        #expect(try await second.subscribe("STREAM:2")["data"]?["reason"] == "too_many_streams")
        #expect(try await other.subscribe("STREAM:2")["event"] == "gaffer:subscription_success")
        _ = try await first.unsubscribe("STREAM:1")
        #expect(try await second.subscribe("STREAM:2")["event"] == "gaffer:subscription_success")
        for session in [first, second, other] { await session.hangUp() }
        #expect(bench.context.quota.openStreams == 0)
    }

    // MARK: Commands

    @Test("Commands are carried out one after the other, while subscriptions deliver")
    func order() async throws {
        let session = bench.session()
        _ = try await session.subscribe("EVENTS:start")
        bench.feeds.holdWrites()
        session.client.say(#"{"event":"CMD","data":{"identity":1,"name":"send","args":[1,"x"]}}"#)
        session.client.say(#"{"event":"CMD","data":{"identity":2,"name":"sessions"}}"#)
        bench.feeds.publish(.start, of: bench.web)
        #expect(try await session.client.nextJSON()["data"]?["event"] == "start")
        bench.feeds.releaseWrites()
        #expect(try await session.client.nextJSON()["data"]?["id"] == 1)
        #expect(try await session.client.nextJSON()["data"]?["id"] == 2)
        await session.hangUp()
    }

    @Test("A command too many is refused, and those before it are carried out")
    func tooManyCommands() async throws {
        var bench = bench
        bench.context.limits.waitingCommands = 2
        let session = bench.session()
        bench.feeds.holdWrites()
        for number in 1...8 {
            session.client.say(#"{"event":"CMD","data":{"identity":\#(number),"name":"send","args":[1,"\#(number)"]}}"#)
        }
        var refused = 0
        for _ in 0..<5 {
            let answer = try await session.client.nextJSON()
            #expect(answer["data"]?["error"]?["errno"] == 429)
            refused += 1
        }
        bench.feeds.releaseWrites()
        // One was carried out and two waited, or three waited and the first was not begun yet.
        while refused < 8 {
            let answer = try await session.client.nextJSON()
            #expect(answer["event"] == "gaffer:command_success" || answer["data"]?["error"]?["errno"] == 429)
            refused += 1
        }
        #expect(bench.feeds.writes.count >= 2)
        await session.hangUp()
    }

    @Test("The commands of a client that says them and goes are carried out")
    func sayAndGo() async throws {
        let session = bench.session()
        for name in ["start_job", "stop_job"] {
            session.client.say(#"{"event":"CMD","data":{"identity":1,"name":"\#(name)","args":["shop.web"]}}"#)
        }
        await session.hangUp()
        #expect(bench.supervisor.calls == ["start shop.web", "stop shop.web"])
    }

    @Test(
        "A command answers as the original's did",
        arguments: [
            ("sessions", "[]", #"{"sessions":["shop","blog"]}"#, nil),
            ("jobs", "[]", #"{"jobs":["shop.web","shop.db","blog.web"]}"#, nil),
            ("jobs", #"["shop"]"#, #"{"sessionid":"shop","jobs":["shop.web","shop.db"]}"#, nil),
            ("pids", "[]", #"{"pids":[1,2,3]}"#, nil),
            ("pids", #"["shop.web"]"#, #"{"sessionid":"shop.web","pids":[1]}"#, nil),
            ("load", #"[{"name":"x","cmd":"y"}]"#, #"{"ok":true}"#, "load default.x"),
            ("update", #"[{"name":"shop.web","cmd":"y"}]"#, #"{"ok":true}"#, "update shop.web"),
            ("unload", #"["shop.web"]"#, #"{"ok":true}"#, "unload shop.web"),
            ("reload", #"["shop.web"]"#, #"{"ok":true}"#, "reload shop.web"),
            ("start_job", #"["shop.web"]"#, #"{"ok":true}"#, "start shop.web"),
            ("stop_job", #"["shop.web"]"#, #"{"ok":true}"#, "stop shop.web"),
            ("stopall", #"["shop.web"]"#, #"{"ok":true}"#, "stop 1"),
            ("scale", #"["shop.web",2]"#, #"{"numprocesses":3}"#, "scale shop.web"),
            ("killall", #"["shop.web","HUP"]"#, #"{"ok":true}"#, "SIGHUP shop.web"),
            ("commit", #"["shop.web",1.5,{"A":"b"}]"#, #"{"ok":true,"pid":77}"#, "commit shop.web [A=b] 1.5 seconds"),
            ("stop_process", "[1]", #"{"ok":true}"#, "stop 1"),
            ("kill", "[1,9]", #"{"ok":true}"#, "SIGKILL 1"),
        ] as [(String, String, String, String?)]
    )
    func commands(name: String, args: String, result: String, call: String?) async throws {
        let session = bench.session()
        let answer = try await session.command(name, args)
        #expect(answer["event"] == "gaffer:command_success")
        #expect(answer["data"]?["id"] == "i1")
        #expect(answer["data"]?["result"]?.text == result)
        #expect(bench.supervisor.calls == (call.map { [$0] } ?? []))
        #expect(bench.audits.all.count == (call == nil ? 0 : 1))
        if let audit = bench.audits.all.first { #expect(audit.hasPrefix("key:k1 \(name) ")) }
        await session.hangUp()
    }

    @Test("info, stats, process_info and process_stats answer as the routes do")
    func reading() async throws {
        let session = bench.session()
        var answer = try await session.command("info", #"["shop.web"]"#)
        #expect(answer["data"]?["result"]?["info"] == (try bench.supervisor.info(of: bench.web).json()))
        answer = try await session.command("stats", #"["shop.web"]"#)
        #expect(answer["data"]?["result"]?["stats"]?["name"] == "shop.web")
        answer = try await session.command("process_info", "[1]")
        #expect(answer["data"]?["result"]?["info"] == (try bench.supervisor.process(1).json))
        answer = try await session.command("process_stats", "[1]")
        #expect(answer["data"]?["result"]?["stats"]?["os_pid"] == 1001)
        await session.hangUp()
    }

    @Test("send writes texts as they are, to stdin or to a custom stream")
    func send() async throws {
        let session = bench.session()
        _ = try await session.command("send", #"[1,"a\n"]"#)
        _ = try await session.command("send", #"[1,["b","é"],"Chat"]"#)
        #expect(
            bench.feeds.writes == [
                .init(pid: 1, label: "stdin", bytes: Array("a\n".utf8)),
                .init(pid: 1, label: "Chat", bytes: Array("bé".utf8)),
            ]
        )
        await session.hangUp()
    }

    @Test(
        "A command that fails tells why as the original did",
        arguments: [
            ("jobs", #"["nope"]"#, 404, "not_found"), ("info", #"["shop.nope"]"#, 404, "not_found"),
            ("process_info", "[77]", 404, "not_found"), ("kill", "[77,9]", 404, "not_found"),
            ("load", #"[{"name":"shop.web","cmd":"y"}]"#, 409, "process_conflict"),
            ("send", #"[77,"x"]"#, 404, "not_found"), ("send", #"[1,"x","nope"]"#, 404, "stream_not_found"),
            ("send", #"[1,"x","stdout"]"#, 404, "stream_not_found"), ("send", #"[2,"x"]"#, 500, "stdin not redirected"),
            ("jump", "[]", 404, "command_not_found"), ("info", "[]", 400, "bad_command"),
        ]
    )
    func failures(name: String, args: String, errno: Int64, reason: String) async throws {
        let session = bench.session()
        let answer = try await session.command(name, args)
        #expect(answer["event"] == "gaffer:command_error")
        #expect(answer["data"]?["id"] == "i1")
        #expect(answer["data"]?["error"]?["errno"] == .integer(errno))
        #expect(answer["data"]?["error"]?["reason"] == .string(reason))
        await session.hangUp()
    }

    @Test("An error that the original did not know is a 500 with its text, or tells its own word")
    func otherFailures() async throws {
        let session = bench.session()
        bench.supervisor.fail(with: GafferError(.failed, "It broke."))
        #expect(try await session.command("stop_job", #"["shop.web"]"#)["data"]?["error"]?["reason"] == "It broke.")
        bench.supervisor.fail(with: GafferError(.shuttingDown, "Later."))
        let error = try await session.command("stop_job", #"["shop.web"]"#)["data"]?["error"]
        #expect(error == ["errno": 503, "reason": "shutting_down", "message": "Later."])
        bench.feeds.failWrites(with: GafferError(.timedOut, "It took nothing."))
        #expect(try await session.command("send", #"[1,"x"]"#)["data"]?["error"]?["reason"] == "timed_out")
        await session.hangUp()
    }

    @Test("A configuration that the machine refuses is not loaded")
    func validation() async throws {
        var bench = bench
        bench.context.validate = { _ throws(GafferError) in throw GafferError(.badValue, "There is no user nobody2.") }
        let session = bench.session()
        let answer = try await session.command("load", #"[{"name":"x","cmd":"y"}]"#)
        #expect(answer["data"]?["error"]?["errno"] == 400)
        #expect(bench.supervisor.calls == [])
        await session.hangUp()
    }
}
