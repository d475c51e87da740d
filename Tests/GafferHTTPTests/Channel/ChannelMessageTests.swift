import GafferModel
import Testing

@testable import GafferHTTP

@Suite struct ChannelMessageTests {
    @Test(
        "A message is understood",
        arguments: [
            (#"{"event":"NOP"}"#, ChannelMessage.nothing),
            (#"{"event":"NOP","data":5,"more":[]}"#, .nothing),
            (#"{"event":"SUB","data":{"topic":"EVENTS"}}"#, .subscribe("EVENTS", [.init("topic", "EVENTS")])),
            (#"{"event":"UNSUB","data":{"topic":"EVENTS"}}"#, .unsubscribe("EVENTS")),
            (
                #"{"event":"CMD","data":{"identity":"7","name":"info","args":["a.b"],"kwargs":{"x":1}}}"#,
                .command(CommandCall(identity: "7", name: "info", args: ["a.b"], kwargs: ["x": 1]))
            ),
            (
                #"{"event":"CMD","data":{"identity":null,"name":"sessions"}}"#,
                .command(CommandCall(identity: .null, name: "sessions"))
            ),
        ]
    )
    func understood(text: String, message: ChannelMessage) throws {
        #expect(try ChannelMessage(parsing: Array(text.utf8)) == message)
    }

    @Test(
        "A message that can't be understood is answered with the original's reason",
        arguments: [
            ("", "invalid_json"),
            ("hello", "invalid_json"),
            (#"{"event":"NOP"} {"event":"NOP"}"#, "invalid_json"),
            (#"{"event":"NOP","event":"SUB"}"#, "invalid_json"),
            (String(repeating: "[", count: 100_000), "invalid_json"),
            ("null", "event_missing"),
            ("5", "event_missing"),
            ("[]", "event_missing"),
            ("{}", "event_missing"),
            (#"{"data":{"topic":"EVENTS"}}"#, "event_missing"),
            (#"{"event":"SUB"}"#, "data_missing"),
            (#"{"event":"SUB","data":"EVENTS"}"#, "data_missing"),
            (#"{"event":"JUMP"}"#, "data_missing"),
            (#"{"event":"SUB","data":{}}"#, "topic_missing"),
            (#"{"event":"UNSUB","data":{"topic":7}}"#, "topic_missing"),
            (#"{"event":"CMD","data":{"identity":"1"}}"#, "cmd_name_mssing"),
            (#"{"event":"CMD","data":{"identity":"1","name":["info"]}}"#, "cmd_name_mssing"),
            (#"{"event":"CMD","data":{"name":"info"}}"#, "cmd_identity_missing"),
            (#"{"event":"JUMP","data":{}}"#, "unknown_cmd"),
            (#"{"event":"nop","data":{}}"#, "unknown_cmd"),
            (#"{"event":7,"data":{}}"#, "unknown_cmd"),
        ]
    )
    func notUnderstood(text: String, reason: String) throws {
        let fault = #expect(throws: ChannelMessage.Fault.self) { try ChannelMessage(parsing: Array(text.utf8)) }
        #expect(fault?.reason.rawValue == reason)
        let json = ChannelAnswer.fault(try #require(fault)).json
        #expect(json["event"] == "gaffer:error")
        #expect(json["data"]?["error"] == "invalid_msg")
        #expect(json["data"]?["reason"] == .string(reason))
    }

    @Test("Text that is no UTF-8 is no JSON")
    func noText() {
        let fault = #expect(throws: ChannelMessage.Fault.self) {
            try ChannelMessage(parsing: Array(#"{"event":""#.utf8) + [0xFF] + Array(#""}"#.utf8))
        }
        #expect(fault?.reason == .invalidJSON)
    }

    @Test(
        "A topic is understood, its source in any case, its target as it is",
        arguments: [
            ("EVENTS", Topic.events(".")),
            ("events", .events(".")),
            ("EVENTS:.", .events(".")),
            ("Events:job.Shop.Web", .events("job.Shop.Web")),
            ("PROCESS:7", .process(7)),
            ("STATS:7", .processStats(7)),
            ("STREAM:7", .stream(7, nil)),
            ("stream:7.Chat", .stream(7, "Chat")),
            ("STREAM:7.a.b", .stream(7, "a.b")),
            ("STREAM:7.a:b", .stream(7, "a:b")),
        ]
    )
    func topics(text: String, topic: Topic) {
        #expect(Topic(parsing: text) == topic)
    }

    @Test("A topic about a job keeps the job's capitals, and knows the session of a name without one")
    func jobTopics() throws {
        #expect(Topic(parsing: "JOB:Shop.Web") == .job(try JobName(session: "Shop", job: "Web")))
        #expect(Topic(parsing: "JOB:web") == .job(try JobName(job: "web")))
        #expect(Topic(parsing: "STATS:Shop.Web") == .jobStats(try JobName(session: "Shop", job: "Web")))
    }

    @Test(
        "What is no topic is none",
        arguments: [
            "", ":", "EVENT", "EVENTS:", "JOB", "JOB:", "JOB:a.b.c", "JOB:7", "PROCESS", "PROCESS:", "PROCESS:x",
            "PROCESS:-1", "PROCESS:+1", "PROCESS:99999999999999999999", "STATS", "STATS:", "STATS:a b", "STREAM",
            "STREAM:", "STREAM:x", "STREAM:.stdout", "STREAM:7.", "NOPE:7",
            "EVENTS:" + String(repeating: "a", count: 600),
        ]
    )
    func noTopics(text: String) {
        #expect(Topic(parsing: text) == nil)
    }

    @Test(
        "Options of a subscription",
        arguments: [
            ("{}", "1.0 seconds", nil, nil),
            (#"{"interval":0.5}"#, "0.5 seconds", nil, nil),
            (#"{"interval":0.01}"#, "0.1 seconds", nil, nil),
            (#"{"interval":null,"tail":5}"#, "1.0 seconds", 5, nil),
            (#"{"offset":17,"other":true}"#, "1.0 seconds", nil, 17),
        ] as [(String, String, Int?, UInt64?)]
    )
    func options(text: String, interval: String, tail: Int?, offset: UInt64?) throws {
        let options = try SubscribeOptions(try JSON(parsing: text).objectValue ?? [])
        #expect("\(options.interval)" == interval)
        #expect(options.tail == tail)
        #expect(options.offset == offset)
    }

    @Test(
        "Options that can't be used",
        arguments: [
            #"{"interval":0}"#, #"{"interval":-1}"#, #"{"interval":"1"}"#, #"{"interval":1e300}"#, #"{"tail":-1}"#,
            #"{"tail":1.5}"#, #"{"tail":"all"}"#, #"{"offset":-1}"#, #"{"offset":[]}"#, #"{"tail":1,"offset":1}"#,
        ]
    )
    func badOptions(text: String) throws {
        let members = try #require(try JSON(parsing: text).objectValue)
        let error = #expect(throws: GafferError.self) { try SubscribeOptions(members) }
        #expect(error?.code == .badValue)
    }
}
