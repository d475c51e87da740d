import GafferModel
import ProgramTestKit
import Testing

@Suite("Bodies that can't be read", .oneSlot, .timeLimit(.minutes(2)))
struct BadBodyTests {
    @Test("They get a 400 that names what is wrong, and the connection goes on")
    func badBodies() async throws {
        try await withGafferd("[process:one]\ncmd = /bin/sleep 1000") { daemon in
            let deep = String(repeating: "[", count: 40) + String(repeating: "]", count: 40)
            for body in [
                "", "{", "null", "5", "[]", "\"text\"", "{\"name\": \"a\"}", "{\"cmd\": \"/bin/true\"}",
                #"{"name": "a", "cmd": ["/bin/true"]}"#, #"{"name": "a", "cmd": "/bin/true", "numprocesses": "2x"}"#,
                #"{"name": "a", "cmd": "/bin/true", "numprocesses": -1}"#,
                #"{"name": "a", "cmd": "/bin/true", "env": "x"}"#,
                #"{"name": "a", "cmd": "/bin/true", "flapping": "x"}"#,
                #"{"name": "a", "name": "b", "cmd": "/bin/true"}"#,
                #"{"name": "a", "cmd": "/bin/true", "x": \#(deep)}"#,
                #"{"name": "a.b", "cmd": "/bin/true"}"#, #"{"name": "12", "cmd": "/bin/true"}"#,
                #"{"name": "a", "cmd": "/bin/true"} x"#,
            ] {
                let answer = try await daemon.curl("POST", "/jobs/default", body)
                #expect(answer.status == 400, "\(body)")
                #expect(answer.json["error"]?.stringValue?.isEmpty == false, "\(body): \(answer.text)")
                #expect(answer.json["message"]?.stringValue?.isEmpty == false, "\(body): \(answer.text)")
            }
            #expect(try await daemon.curl("GET", "/jobs").json["jobs"] == ["default.one"])
        }
    }

    @Test("A body over 1 MiB gets a 413, and one of just 1 MiB is read", arguments: [0, 1, 5 << 20])
    func largeBodies(excess: Int) async throws {
        try await withGafferd { daemon in
            let head = #"{"name": "a", "cmd": "/bin/sleep 1000", "note": ""#
            let tail = "\"}"
            let size = (1 << 20) + excess
            let body = head + String(repeating: "x", count: size - head.utf8.count - tail.utf8.count) + tail
            let answer = try await daemon.curl("POST", "/jobs/default", body)
            if excess == 0 {
                #expect(answer.status == 200)
            } else {
                #expect(answer.status == 413)
                #expect(answer.json["reason"] == "too_large")
                #expect(try await daemon.curl("GET", "/jobs").json["jobs"] == [])
            }
        }
    }

    @Test("Requests that are no HTTP do gafferd no harm")
    func noHTTP() async throws {
        try await Workbench.with { bench in
            try bench.configure("[process:one]\ncmd = /bin/sleep 1000")
            let script = try bench.scratch.write(
                "talk.py",
                #"""
                import socket, sys
                for words in [b"\x00\xff" * 100, b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 5000 + b"\r\n",
                              b"GET /" + b"x" * 200000 + b" HTTP/1.1\r\n\r\n", b"POST /jobs/default HTTP/1.1\r\n"
                              b"Host: x\r\nContent-Length: -5\r\n\r\n", b"\r\n\r\n\r\n"]:
                    peer = socket.socket(socket.AF_UNIX)
                    peer.settimeout(30)
                    peer.connect(sys.argv[1])
                    try:
                        peer.sendall(words)
                        peer.shutdown(socket.SHUT_WR)
                        while peer.recv(65536):
                            pass
                    except (BrokenPipeError, ConnectionResetError):
                        pass
                    peer.close()
                """#
            )
            try await bench.gafferd { daemon in
                let run = try await runTool(
                    "/usr/bin/python3",
                    [script, bench.socket],
                    environment: bench.environment,
                    directory: bench.path
                )
                #expect(run.code == 0, "\(run.all)")
                #expect(try await daemon.state("default/one", becomes: "running")["restarts"] == 0)
            }
        }
    }
}
