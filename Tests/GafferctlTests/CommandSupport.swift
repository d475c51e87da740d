import GafferModel
import Glibc
import Testing
import WebTestKit

@testable import GafferTool
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
    width: Int? = nil,
    variables: [String: String] = [:],
    input: [UInt8] = []
) -> Run {
    run(words, at: endpoint, width: width, variables: variables, input: input)
}

/// Runs gafferctl with the words of its command line.
///
/// - Parameters:
///   - variables: variables beside the endpoint; there is no home unless they tell one.
///   - input: what comes on the standard input.
///   - color: whether colours may be wanted.
///   - onResults: sees what was printed so far each time that some of it is written; true: nobody reads any more.
func run(
    _ words: [String],
    at endpoint: String,
    width: Int? = nil,
    variables: [String: String] = [:],
    input: [UInt8] = [],
    color: Bool = false,
    onResults: @escaping (String) -> Bool = { _ in false }
) -> Run {
    var results: [UInt8] = []
    var messages: [UInt8] = []
    let output = Output(program: "gafferctl", terminal: Terminal(width: width, isColored: false)) { bytes, sink in
        switch sink {
        case .messages: messages += bytes
        case .results:
            results += bytes
            if onResults(String(decoding: results, as: UTF8.self)) { return EPIPE }
        }
        return nil
    }
    var all = variables
    all["GAFFER_ENDPOINT"] = endpoint
    if !color { all["NO_COLOR"] = "1" }
    let known = all
    var environment = Environment(
        variable: { known[$0] },
        userID: 0,
        exists: { access($0, F_OK) == 0 }
    )
    var ends: [Int32] = [-1, -1]
    #expect(pipe(&ends) == 0)
    #expect(input.count <= 65_536 && write(ends[1], input, input.count) == input.count)
    close(ends[1])
    defer { close(ends[0]) }
    environment.input = ends[0]
    let code = Program.run(
        .gafferctl,
        words,
        output: output,
        environment: environment,
        isTerminal: width != nil,
        now: 1_000_100
    )
    #expect(output.flush() == nil)
    return Run(
        code: code.rawValue,
        output: String(decoding: results, as: UTF8.self),
        messages: String(decoding: messages, as: UTF8.self)
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
