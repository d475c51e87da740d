import GafferModel
import Glibc
import ProgramTestKit
import Testing

/// The API as clients see it that nobody here wrote.
@Suite("Clients of others", .oneSlot, .timeLimit(.minutes(4)))
struct ClientTests {
    /// One endpoint that needs a key, and one that needs none.
    static let endpoints = """
        [endpoint:keyed]
        bind = 127.0.0.1:0

        [endpoint:open]
        bind = 127.0.0.1:0
        require_key = false

        """

    static let jobs = """
        [process:echo]
        cmd = /bin/cat
        redirect_input = true
        redirect_output = stdout

        [process:both]
        cmd = /bin/sh -c 'while read word; do echo to stdout; echo to stderr >&2; done'
        redirect_input = true
        redirect_output = out, err

        [process:silent]
        cmd = /bin/sleep 1000

        """

    @Test(
        "Python's requests reads and writes streams, and resumes them",
        .enabled(if: Clients.isPythonThere, Clients.wayToPython)
    )
    func requests() async throws {
        try await withGafferd(Self.endpoints + Self.jobs) { daemon in
            let key = try await daemon.key(#"{"read": ["*"], "write": ["default"]}"#)
            try await daemon.client("http_feeds.py", base: "http://\(daemon.address())", key: key)
        }
    }

    @Test(
        "Python's websockets speaks the channel protocol and the manual's echo",
        .enabled(if: Clients.isPythonThere, Clients.wayToPython),
        arguments: [false, true]
    )
    func websockets(_ needsKey: Bool) async throws {
        try await withGafferd(Self.endpoints) { daemon in
            let key = needsKey ? try await daemon.key(#"{"manage": ["*"]}"#) : ""
            let address = try await daemon.address(needsKey ? 0 : 1)
            try await daemon.client("websockets_client.py", base: "http://\(address)", key: key)
        }
    }

    @Test("curl does what the manual shows")
    func curl() async throws {
        try await withGafferd(Self.endpoints + Self.jobs) { daemon in
            let script = try daemon.bench.script(
                "manual",
                #"""
                set -e
                PATH=/usr/bin:/bin
                say() { echo "$1: $2"; }
                pid() { curl -sS "$BASE/processes/$1/_pids" | sed 's/.*\[\([0-9]*\).*/\1/'; }
                echo=$(pid echo)
                both=$(pid both)
                # The stream is open once its head is there.
                curl -sSN -D head "$BASE/streams/$echo/stdout?feed=longpoll" > polled & polling=$!
                until [ -s head ] || curl -sS -XPOST -d $'ECHO\n' "$BASE/streams/$echo/stdin" | grep -q true && \
                    ! kill -0 $polling 2> /dev/null; do :; done
                wait $polling
                say longpoll "$(cat polled)"
                say stdin "$(curl -sS -XPOST -d "word" "$BASE/streams/$both/stdin")"
                say ttin "$(curl -sS -XPOST -d "
                " "$BASE/streams/$both/ttin")"
                say tail "$(curl -sS "$BASE/streams/$both/err?feed=longpoll&tail=1")"
                say refused "$(curl -sS "$BASE/streams/99999/stdout?feed=continuous")"
                say status "$(curl -sS "$BASE/status/echo")"
                say processes "$(curl -sS "$BASE/processes")"
                say groups "$(curl -sS "$BASE/groups")"
                say add "$(curl -sS -XPOST "$BASE/processes/silent/_add/2")"
                say stop "$(curl -sS -XPOST "$BASE/processes/silent/_stop")"
                say watch "$(curl -sS "$BASE/watch/nothing")"
                say sessions "$(curl -sS "$BASE/sessions")"
                """#
            )
            let output = try await runTool(
                "/bin/bash",
                [script],
                environment: daemon.bench.environment.merging(["BASE": "http://\(daemon.address(1))"]) { $1 },
                directory: daemon.bench.path
            )
            #expect(output.code == 0, "\(output.all)")
            let said = Dictionary(
                output.output.split(separator: "\n").map { line in
                    let parts = line.split(separator: ":", maxSplits: 1).map(String.init)
                    return (parts[0], parts.count > 1 ? String(parts[1].dropFirst()) : "")
                }
            ) { first, _ in first }
            #expect(said["longpoll"] == "ECHO")
            #expect(said["stdin"] == #"{"ok":true,"bytes":4}"#)
            #expect(said["tail"] == "to stderr")
            #expect(said["refused"]?.contains("not_found") == true)
            #expect(said["status"] == #"{"active":true,"running":1,"max_processes":1,"numprocesses":1}"#)
            #expect(said["processes"] == #"["echo","both","silent"]"#)
            #expect(said["groups"] == #"["default"]"#)
            #expect(said["add"] == #"{"ok":true,"numprocesses":3}"#)
            #expect(said["stop"] == #"{"ok":true}"#)
            #expect(said["watch"]?.contains("bad_event_type") == true)
            #expect(said["sessions"] == #"{"sessions":["default"]}"#)
        }
    }

    @Test("curl reads the manual's feeds without an end, as they come", arguments: ["continuous", "eventsource"])
    func endlessFeeds(_ feed: String) async throws {
        try await withGafferd(Self.endpoints + Self.jobs) { daemon in
            let pid = try await daemon.pid("default/both")
            let output = try Record(path: daemon.bench.scratch("feed"), name: "what curl got")
            // A heartbeat a second, which must come where nothing else does.
            let target = "http://\(try await daemon.address(1))/streams/\(pid)/err?feed=\(feed)&heartbeat=1"
            let curl = try Child(
                "/usr/bin/curl",
                ["--silent", "--show-error", "--no-buffer", "--globoff", "--noproxy", "*", target],
                environment: daemon.bench.environment,
                directory: daemon.bench.path,
                streams: .init(output: output.path, error: daemon.bench.scratch("curl-error"))
            )
            do {
                try await daemon.watched(.stream)
                for _ in 0..<2 {
                    let written = try await daemon.curl("POST", "/streams/\(pid)/stdin", "go\n")
                    #expect(written.status == 200)
                }
                let isEvents = feed == "eventsource"
                let line = isEvents ? "data: to stderr" : "to stderr"
                try await output.lines(until: "two lines and a heartbeat") { lines in
                    // Both may come as one event, of two lines.
                    guard let last = lines.lastIndex(of: line), lines.count(where: { $0 == line }) == 2 else {
                        return false
                    }
                    return lines[last...].dropFirst(isEvents ? 2 : 1).contains {
                        isEvents ? $0.hasPrefix(":") : $0.isEmpty
                    }
                }
                #expect(curl.ended == nil)
                let lines = output.lines
                if isEvents {
                    #expect(lines.contains("event: err"))
                    #expect(lines.contains { $0.hasPrefix("id: ") })
                } else {
                    #expect(lines.allSatisfy { $0.isEmpty || $0 == line }, "\(lines)")
                }
            } catch {
                curl.signal(SIGTERM)
                throw Failure("\(error): \(readText(daemon.bench.scratch("curl-error")))")
            }
            curl.signal(SIGTERM)
            #expect(try await curl.exit() == .signal(SIGTERM))
        }
    }
}
