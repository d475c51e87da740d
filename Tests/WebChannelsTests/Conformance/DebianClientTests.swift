import Glibc
import Testing

/// Nobody here wrote that client.
@Suite("SockJS with the client library of Debian", .timeLimit(.minutes(2)))
struct DebianClientTests {
    private static let isThere =
        access("/usr/bin/node", X_OK) == 0 && access("/usr/share/nodejs/sockjs-client/package.json", R_OK) == 0
    private static let script = #filePath.replacing("DebianClientTests.swift", with: "client.js")

    /// Runs the script, and gives what it says.
    ///
    /// Only Debian's own node looks by itself where Debian's libraries are.
    private static func run(_ url: String, _ transport: String) throws -> [String] {
        let path = "NODE_PATH=/usr/share/nodejs:/usr/lib/nodejs"
        return try output(of: "/usr/bin/env", [path, "/usr/bin/node", script, url, transport])
    }

    @Test(
        "It opens, gets its messages back, and closes",
        .enabled(if: isThere, "Debian's nodejs and node-sockjs-client are not installed"),
        arguments: ["websocket", "xhr-streaming", "eventsource", "xhr-polling"]
    )
    func echo(transport: String) async throws {
        let lines = try await withExampleServer { server throws in
            try DebianClientTests.run(server.url("echo"), transport)
        }
        #expect(lines == [#"["open","\#(transport)"]"#, #"["messages",true]"#, #"["close",4000,"enough"]"#])
    }

    @Test(
        "It is told the end",
        .enabled(if: isThere, "Debian's nodejs and node-sockjs-client are not installed"),
        arguments: ["websocket", "xhr-streaming", "eventsource", "xhr-polling"]
    )
    func close(transport: String) async throws {
        let lines = try await withExampleServer { server throws in
            try DebianClientTests.run(server.url("close"), transport)
        }
        #expect(lines == [#"["open","\#(transport)"]"#, #"["close",3000,"Go away!"]"#])
    }
}

extension ExampleServer {
    /// The URL of a service.
    func url(_ service: String) -> String { "http://127.0.0.1:\(port)/\(service)" }
}

/// Runs a program to its end and gives what it printed, by lines.
private func output(of program: String, _ arguments: [String]) throws -> [String] {
    var pipe: [CInt] = [0, 0]
    guard Glibc.pipe(&pipe) == 0 else { throw ConnectionError(description: "pipe: errno \(errno)") }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, pipe[1], 1)
    posix_spawn_file_actions_addclose(&actions, pipe[0])
    posix_spawn_file_actions_addclose(&actions, pipe[1])
    var argv = ([program] + arguments).map { strdup($0) } + [nil]
    defer { for argument in argv { free(argument) } }
    var pid: pid_t = 0
    let result = posix_spawn(&pid, program, &actions, nil, &argv, environ)
    Glibc.close(pipe[1])
    defer { Glibc.close(pipe[0]) }
    guard result == 0 else { throw ConnectionError(description: "posix_spawn: errno \(result)") }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
        let count = read(pipe[0], &buffer, buffer.count)
        guard count > 0 else { break }
        bytes += buffer.prefix(count)
    }
    var status: CInt = 0
    waitpid(pid, &status, 0)
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
}
