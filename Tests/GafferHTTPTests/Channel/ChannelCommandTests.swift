import Gaffer
import GafferModel
import Testing

@testable import GafferHTTP

@Suite struct ChannelCommandTests {
    private static func parse(_ name: String, _ args: String, _ kwargs: String = "{}") throws -> ChannelCommand {
        let call = CommandCall(
            identity: 1,
            name: name,
            args: try JSON(parsing: args),
            kwargs: try JSON(parsing: kwargs)
        )
        return try ChannelCommand(call)
    }

    @Test(
        "A command is understood with its arguments",
        arguments: [
            ("sessions", "[]", "{}", "sessions"),
            ("sessions", "null", "null", "sessions"),
            ("jobs", "[]", "{}", "jobs(session: nil)"),
            ("jobs", #"["shop"]"#, "{}", #"jobs(session: Optional("shop"))"#),
            ("pids", "[]", "{}", #"pids(nil, given: "")"#),
            ("info", #"["shop.web"]"#, "{}", "info(shop.web)"),
            ("info", #"["web"]"#, "{}", "info(default.web)"),
            ("stats", #"["shop.web"]"#, "{}", "stats(shop.web)"),
            ("unload", #"["web"]"#, #"{"sessionid":"shop"}"#, "unload(shop.web)"),
            ("unload", #"["shop.web"]"#, #"{"sessionid":"shop"}"#, "unload(shop.web)"),
            ("unload", #"["shop.web"]"#, "{}", "unload(shop.web)"),
            ("reload", #"["web"]"#, #"{"sessionid":"shop"}"#, "reload(shop.web)"),
            ("start_job", #"["shop.web"]"#, "{}", "start(shop.web)"),
            ("stop_job", #"["shop.web"]"#, "{}", "stop(shop.web)"),
            ("stopall", #"["shop.web"]"#, "{}", "stopAll(shop.web)"),
            ("process_info", "[7]", "{}", "processInfo(7)"),
            ("process_info", #"["7"]"#, "{}", "processInfo(7)"),
            ("process_stats", "[7]", "{}", "processStats(7)"),
            ("stop_process", "[7]", "{}", "stopProcess(7)"),
            ("kill", #"[7, "HUP"]"#, "{}", "signalProcess(7, SIGHUP)"),
            ("kill", #"[7, "SIGHUP"]"#, "{}", "signalProcess(7, SIGHUP)"),
            ("kill", #"[7, "9"]"#, "{}", "signalProcess(7, SIGKILL)"),
            ("kill", "[7, 9]", "{}", "signalProcess(7, SIGKILL)"),
            ("killall", #"["shop.web", 1]"#, "{}", "signalJob(shop.web, SIGHUP)"),
            ("send", #"[7, "hé"]"#, "{}", #"send(7, [104, 195, 169], stream: "stdin")"#),
            ("send", #"[7, ["a","b"], "Chat"]"#, "{}", #"send(7, [97, 98], stream: "Chat")"#),
            ("send", #"[7, ""]"#, #"{"stream":"Chat"}"#, #"send(7, [], stream: "Chat")"#),
            ("commit", #"["shop.web"]"#, "{}", "commit(shop.web, env: [:], gracefulTimeout: nil)"),
            (
                "commit", #"["shop.web", 2.5, {"A":"b"}]"#, "{}",
                #"commit(shop.web, env: ["A": "b"], gracefulTimeout: Optional(2.5 seconds))"#
            ),
            (
                "commit", #"["shop.web"]"#, #"{"env":{"A":"b"}}"#,
                #"commit(shop.web, env: ["A": "b"], gracefulTimeout: nil)"#
            ),
        ]
    )
    func understood(name: String, args: String, kwargs: String, expected: String) throws {
        let text = "\(try Self.parse(name, args, kwargs))"
        // What the reflection of an enumeration writes before each type.
        #expect(
            text.replacing("GafferModel.", with: "").replacing("GafferHTTP.", with: "") == expected
        )
    }

    @Test("pids keeps the job's name as it was given")
    func pids() throws {
        #expect(try Self.parse("pids", #"["web"]"#) == .pids(try JobName(job: "web"), given: "web"))
    }

    @Test(
        "scale takes what the route takes",
        arguments: [
            ("2", ScaleOperation.by(2)), ("-1", .by(-1)), (#""+3""#, .by(3)), (#""=3""#, .to(3)), (#""-3""#, .by(-3)),
        ]
    )
    func scale(argument: String, operation: ScaleOperation) throws {
        #expect(
            try Self.parse("scale", #"["shop.web",\#(argument)]"#)
                == .scale(try JobName(session: "shop", job: "web"), operation)
        )
    }

    @Test(
        "load starts unless told otherwise, update does not",
        arguments: [
            ("load", "{}", "", true), ("load", #"{"start":false}"#, "", false),
            ("load", "{}", #","start":false"#, false),
            ("load", #"{"start":true}"#, #","start":false"#, true), ("update", "{}", "", false),
            ("update", #"{"start":true}"#, "", true), ("update", "{}", #","start":true"#, true),
        ]
    )
    func start(name: String, kwargs: String, more: String, starts: Bool) throws {
        let command = try Self.parse(name, #"[{"name":"shop.web","cmd":"serve"\#(more)}]"#, kwargs)
        switch command {
        case .load(let job, let config), .update(let job, let config):
            #expect(job.description == "shop.web")
            #expect(config.cmd == "serve")
            #expect(config.start == starts)
        default: Issue.record("\(command)")
        }
    }

    @Test("The job's own environment wins over the session's, and another job's is left alone")
    func sessionEnvironment() throws {
        let kwargs = #"{"sessionid":"shop","env":{"A":"session","B":"session"}}"#
        guard
            case .load(let job, let config) = try Self.parse(
                "load",
                #"[{"name":"web","cmd":"serve","env":{"A":"own"}}]"#,
                kwargs
            )
        else { throw Unexpected() }
        #expect(job.description == "shop.web")
        #expect(config.env == ["A": "own", "B": "session"])
        guard case .load(_, let other) = try Self.parse("load", #"[{"name":"db","cmd":"serve"}]"#) else {
            throw Unexpected()
        }
        #expect(other.env == [:])
    }

    private struct Unexpected: Error {}

    @Test(
        "A call that can't be carried out is answered with errno and reason",
        arguments: [
            ("jump", "[]", "{}", 404, "command_not_found"),
            ("", "[]", "{}", 404, "command_not_found"),
            ("INFO", #"["shop.web"]"#, "{}", 404, "command_not_found"),
            ("info", "[]", "{}", 400, "bad_command"),
            ("info", "{}", "{}", 400, "bad_command"),
            ("info", #""shop.web""#, "{}", 400, "bad_command"),
            ("info", "[7]", "{}", 400, "bad_command"),
            ("info", #"["a b"]"#, "{}", 400, "bad_command"),
            ("info", #"["shop.web"]"#, "[]", 400, "bad_command"),
            ("info", #"["shop.web"]"#, #"{"depth":1}"#, 400, "bad_command"),
            ("jobs", #"["a.b"]"#, "{}", 400, "bad_command"),
            ("jobs", "[7]", "{}", 400, "bad_command"),
            ("unload", #"["web"]"#, #"{"sessionid":7}"#, 400, "bad_command"),
            ("scale", #"["shop.web"]"#, "{}", 400, "bad_command"),
            ("scale", #"["shop.web",1.5]"#, "{}", 400, "bad_command"),
            ("scale", #"["shop.web","many"]"#, "{}", 400, "bad_value"),
            ("kill", "[7]", "{}", 400, "bad_command"),
            ("kill", #"["x",9]"#, "{}", 400, "bad_command"),
            ("kill", "[7,99]", "{}", 400, "bad_signal"),
            ("kill", #"[7,"SIGNOPE"]"#, "{}", 400, "bad_signal"),
            ("killall", #"["shop.web"]"#, "{}", 400, "bad_command"),
            ("process_info", "[]", "{}", 400, "bad_command"),
            ("process_info", "[null]", "{}", 400, "bad_command"),
            ("process_info", "[1.5]", "{}", 400, "bad_command"),
            ("process_info", #"["-"]"#, "{}", 400, "bad_command"),
            ("send", "[7]", "{}", 400, "bad_command"),
            ("send", "[7,8]", "{}", 400, "bad_command"),
            ("send", #"[7,["a",8]]"#, "{}", 400, "bad_command"),
            ("send", #"[7,"a",8]"#, "{}", 400, "bad_command"),
            ("commit", #"["shop.web",-1]"#, "{}", 400, "bad_command"),
            ("commit", #"["shop.web",1,{"A":1}]"#, "{}", 400, "bad_command"),
            ("load", "[]", "{}", 400, "config_missing"),
            ("load", #"["serve"]"#, "{}", 400, "invalid_config"),
            ("load", #"[{"cmd":"serve"}]"#, "{}", 400, "invalid_config"),
            ("load", #"[{"name":"web"}]"#, "{}", 400, "invalid_config"),
            ("load", #"[{"name":"web","cmd":"serve","numprocesses":"x"}]"#, "{}", 400, "invalid_config"),
            ("load", #"[{"name":"web","cmd":"serve"}]"#, #"{"start":1}"#, 400, "bad_command"),
            ("load", #"[{"name":"web","cmd":"serve"}]"#, #"{"env":[]}"#, 400, "invalid_config"),
            ("load", #"[{"name":"a.b.c","cmd":"serve"}]"#, "{}", 400, "bad_command"),
            ("update", "[]", "{}", 400, "config_missing"),
        ]
    )
    func refused(name: String, args: String, kwargs: String, errno: Int, reason: String) throws {
        let fault = #expect(throws: CommandFault.self) { try Self.parse(name, args, kwargs) }
        #expect(fault?.errno == errno)
        #expect(fault?.reason == reason)
        #expect(fault?.message.isEmpty == false)
    }

    @Test("What is told of a bad value is no longer than it need be")
    func longValue() throws {
        let long = String(repeating: "x", count: 100_000)
        let fault = #expect(throws: CommandFault.self) { try Self.parse("process_info", #"["\#(long)"]"#) }
        #expect((fault?.message.utf8.count ?? .max) < 300)
        let unknown = #expect(throws: CommandFault.self) { try Self.parse(long, "[]") }
        #expect((unknown?.message.utf8.count ?? .max) < 300)
    }

    @Test("Commands that change something say what, those that read say nothing")
    func changes() throws {
        #expect(try Self.parse("stop_job", #"["shop.web"]"#).change?.what == .stopJob)
        #expect(try Self.parse("kill", "[7,1]").change?.target == "7")
        #expect(try Self.parse("send", #"[7,"x"]"#).change == nil)
        #expect(try Self.parse("info", #"["shop.web"]"#).change == nil)
    }
}
