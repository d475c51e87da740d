import Glibc
import Testing
import WebTestKit

@testable import GafferTool
@testable import gaffer

/// What a run of gaffer left behind.
struct NodeRun: Equatable {
    var code: Int32
    var output: String
    var messages: String
}

/// Runs gaffer with the words of its command line.
///
/// - Parameters:
///   - folder: the application's folder, for `--root`; nil: none is given.
///   - width: that of the terminal; nil: the results go to none.
func gaffer(
    _ words: String...,
    at server: ScriptedServer? = nil,
    in folder: String? = nil,
    width: Int? = nil,
    variables: [String: String] = [:],
    input: [UInt8] = []
) -> NodeRun {
    gaffer(words: words, at: server, in: folder, width: width, variables: variables, input: input)
}

/// Runs gaffer with the words of its command line.
func gaffer(
    words: [String],
    at server: ScriptedServer? = nil,
    in folder: String? = nil,
    width: Int? = nil,
    variables: [String: String] = [:],
    input: [UInt8] = []
) -> NodeRun {
    var results: [UInt8] = []
    var messages: [UInt8] = []
    let output = Output(program: "gaffer", terminal: Terminal(width: width, isColored: false)) { bytes, sink in
        switch sink {
        case .messages: messages += bytes
        case .results: results += bytes
        }
        return nil
    }
    var known = variables
    known["NO_COLOR"] = "1"
    known["GAFFER_ENDPOINT"] = known["GAFFER_ENDPOINT"] ?? "unix:\(server?.path ?? "/nonexistent/gafferd.sock")"
    let all = known
    var environment = Environment(variable: { all[$0] }, userID: 0, exists: { access($0, F_OK) == 0 })
    var ends: [Int32] = [-1, -1]
    #expect(pipe(&ends) == 0)
    #expect(input.count <= 65_536 && write(ends[1], input, input.count) == input.count)
    close(ends[1])
    defer { close(ends[0]) }
    environment.input = ends[0]
    let code = Program.run(
        .gaffer,
        (folder.map { ["--root", $0] } ?? []) + words,
        output: output,
        environment: environment,
        isTerminal: width != nil,
        now: 1_000_100
    )
    #expect(output.flush() == nil)
    return NodeRun(
        code: code.rawValue,
        output: String(decoding: results, as: UTF8.self),
        messages: String(decoding: messages, as: UTF8.self)
    )
}

/// A folder `shop` with an application.
struct Shop {
    private let directory = TemporaryDirectory()

    init(procfile: String = "web: serve -p 80\nworker: work\n", environment: String? = nil) {
        mkdir(folder, 0o755)
        write(procfile)
        if let environment { _ = directory.write(environment, to: "shop/.env") }
    }

    var folder: String { "\(directory.path)/shop" }

    func write(_ procfile: String) { _ = directory.write(procfile, to: "shop/Procfile") }

    func path(_ name: String) -> String { "\(directory.path)/\(name)" }

    /// The configuration of a job as gafferd tells it once it is loaded from here.
    func config(_ type: String, _ words: [String], priority: Int, more: String = "") -> String {
        let args = words.dropFirst().map { "\"\($0)\"" }.joined(separator: ",")
        let argsMember = args.isEmpty ? "" : "\"args\":[\(args)],"
        let priorityMember = "\"priority\":\(priority),"
        return "{\"name\":\"shop.\(type)\",\"cmd\":\"\(words[0])\",\(argsMember)\"cwd\":\"\(folder)\",\"os_env\":true,"
            + "\"port\":\(5000 + 100 * priority),\(priorityMember)\(more)\"procfile\":\"\(folder)/Procfile\"}"
    }
}

/// A job as gafferd tells it.
func job(_ name: String, config: String, wanted: Int = 1, state: String = "running", instances: String = "[]") -> String
{
    """
    {"name":"\(name)","active":true,"running":\(wanted),"running_out":0,"max_processes":\(wanted),"processes":[],\
    "config":\(config),"state":"\(state)","restarts":0,"last_exit":null,"last_error":null,"retry_in":null,\
    "instances":\(instances)}
    """
}

/// A gafferd with jobs, by their full names, which takes every change.
func gafferd(
    _ jobs: [String: String],
    _ more: @escaping @Sendable (ScriptedServer.Request) -> ScriptedServer.Reply? = { _ in nil }
) -> ScriptedServer {
    ScriptedServer { request in
        if let reply = more(request) { return reply }
        let parts = request.line.split(separator: " ")
        let path = parts[1].split(separator: "?")[0]
        let names = path.split(separator: "/").dropFirst()
        switch (String(parts[0]), String(path)) {
        case ("GET", "/jobs"):
            let list = jobs.keys.sorted().map { "\"\($0)\"" }.joined(separator: ",")
            return .answer("{\"jobs\":[\(list)]}")
        case ("GET", "/sessions"):
            let list = Set(jobs.keys.map { $0.split(separator: ".")[0] }).sorted().map { "\"\($0)\"" }
            return .answer("{\"sessions\":[\(list.joined(separator: ","))]}")
        case ("GET", _) where path.hasSuffix("/stats"):
            return .answer(#"{"name":"x","stats":[],"cpu":1.8,"mem":0.3}"#)
        case ("GET", _):
            if let job = jobs[names.joined(separator: ".")] { return .answer(job) }
            return .answer(
                404,
                #"{"error":"not_found","reason":"not_found","message":"There is no \#(request.line)."}"#
            )
        case ("POST", _) where path.hasSuffix("/numprocesses"):
            return .answer(#"{"numprocesses":3}"#)
        default:
            return .answer(#"{"ok":true}"#)
        }
    }
}

extension ScriptedServer {
    /// The requests that change something, with their bodies.
    var changes: [String] {
        requests.filter { !$0.line.hasPrefix("GET ") }.map { "\($0.line) \($0.text)" }
    }
}
