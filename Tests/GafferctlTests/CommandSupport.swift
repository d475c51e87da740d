import GafferModel
import WebTestKit

@testable import gafferctl

/// What a run of gafferctl left behind.
struct Run: Equatable {
    var code: Int32
    var output: String
    var messages: String
}

/// Runs gafferctl with the words of its command line.
func run(
    _ words: String...,
    at endpoint: String = "unix:/nonexistent/gafferd.sock",
    width: Int? = nil
) -> Run {
    run(words, at: endpoint, width: width)
}

/// Runs gafferctl with the words of its command line.
func run(_ words: [String], at endpoint: String, width: Int? = nil) -> Run {
    let output = Output(terminal: Terminal(width: width, isColored: false))
    let environment = Environment(
        variable: { ["GAFFER_ENDPOINT": endpoint, "NO_COLOR": "1"][$0] },
        userID: 0,
        exists: { _ in false }
    )
    let code = Program.run(words, output: output, environment: environment, isTerminal: width != nil, now: 1_000_100)
    return Run(
        code: code.rawValue,
        output: String(decoding: output.results, as: UTF8.self),
        messages: String(decoding: output.messages, as: UTF8.self)
    )
}

let web = """
    {"name":"shop.web","active":true,"running":3,"running_out":1,"max_processes":3,"processes":[4,5,9],
    "config":{"cmd":"serve","args":["-p","80"]},"state":"backoff","restarts":7,
    "last_exit":{"pid":3,"exit_status":1,"term_signal":0,"time":1000090},"last_error":"No such file.","retry_in":2.5,
    "instances":[{"pid":4,"os_pid":104,"instance":1,"state":"running","commited":false,"create_time":1000000},
    {"pid":5,"os_pid":0,"instance":2,"state":"starting","commited":false,"create_time":1000100},
    {"pid":9,"os_pid":109,"instance":3,"state":"running","commited":true,"create_time":1000050}]}
    """
let idle = """
    {"name":"default.idle","active":false,"running":0,"running_out":0,"max_processes":0,"processes":[],
    "config":{"cmd":"x"},"state":"idle","restarts":0,"last_exit":null,"last_error":null,"retry_in":null,"instances":[]}
    """

/// A gafferd with the jobs `shop.web` and `default.idle`.
func gafferd(_ more: @escaping @Sendable (ScriptedServer.Request) -> ScriptedServer.Reply? = { _ in nil })
    -> ScriptedServer
{
    ScriptedServer { request in
        if let reply = more(request) { return reply }
        return switch request.line {
        case "GET /jobs": .answer(#"{"jobs":["default.idle","shop.web"]}"#)
        case "GET /jobs?info=true": .answer(#"{"jobs":["default.idle","shop.web"],"info":[\#(idle),\#(web)]}"#)
        case "GET /jobs/shop/web?instances=true": .answer(web)
        case "GET /jobs/default/idle?instances=true": .answer(idle)
        case "GET /4": .answer(#"{"pid":4,"name":"shop.web"}"#)
        default:
            if request.line.hasPrefix("GET ") || request.line.contains("/none/") {
                .answer(404, #"{"error":"not_found","reason":"not_found","message":"There is no \#(request.line)."}"#)
            } else if request.line.contains("numprocesses") {
                .answer(#"{"numprocesses":4}"#)
            } else if request.line.contains("commit") {
                .answer(#"{"pid":12}"#)
            } else {
                .answer(202, #"{"ok":true}"#)
            }
        }
    }
}
