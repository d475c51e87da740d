import GafferModel
import ProgramTestKit
import Testing
import WebTestKit

/// What is just not too large, and one byte more.
@Suite("Sizes at their limits", .oneSlot, .timeLimit(.minutes(2)))
struct SizeTests {
    private static let sections = """
        [endpoint:open]
        bind = 127.0.0.1:0
        require_key = false

        [process:echo]
        cmd = /bin/cat
        redirect_input = true
        redirect_output = stdout

        """

    @Test("A head of 64 KiB is read, one byte more is 431")
    func heads() async throws {
        try await withGafferd(Self.sections) { daemon in
            // What counts is the target, and the names and values of headers.
            let room = (64 << 10) - "/ping".utf8.count - "Hostlocalhost".utf8.count - "X".utf8.count
            for door in [Door.unix, .tcp()] {
                for (excess, status) in [(0, 200), (1, 431)] {
                    let filling = String(repeating: "x", count: room + excess)
                    let answer = try await daemon.ask(
                        "GET /ping HTTP/1.1\r\nHost: localhost\r\nX: \(filling)\r\n\r\n",
                        at: door
                    )
                    #expect(answer.status == status, "\(excess)")
                }
                for (count, status) in [(99, 200), (100, 431)] {
                    let lines = String(repeating: "X: y\r\n", count: count)
                    let answer = try await daemon.ask("GET /ping HTTP/1.1\r\nHost: localhost\r\n\(lines)\r\n", at: door)
                    #expect(answer.status == status, "\(count) headers")
                }
            }
        }
    }

    @Test("A body of 1 MiB is read, one byte more is 413, whichever way it comes")
    func bodies() async throws {
        try await withGafferd(Self.sections) { daemon in
            let pid = try await daemon.pid("default/echo")
            for (path, good) in [
                ("/state", 400), ("/jobs/default", 400), ("/keys", 400), ("/streams/\(pid)/stdin", 200),
            ] {
                for (excess, status) in [(0, good), (1, 413)] {
                    let body = [UInt8](repeating: UInt8(ascii: " "), count: (1 << 20) + excess)
                    let head = "POST \(path) HTTP/1.1\r\nHost: localhost\r\n"
                    let answers = try await [
                        daemon.raw { client -> Int in
                            try client.send("\(head)Content-Length: \(body.count)\r\n\r\n")
                            if excess == 0 { try client.send(body) }
                            return try client.receive().status
                        },
                        daemon.raw { client -> Int in
                            try client.send("\(head)Transfer-Encoding: chunked\r\n\r\n")
                            try client.send(String(body.count, radix: 16) + "\r\n")
                            try client.send(body)
                            try client.send("\r\n0\r\n\r\n")
                            return try client.receive().status
                        },
                    ]
                    #expect(answers == [status, status], "\(path), \(body.count) bytes")
                }
            }
        }
    }

    @Test("A frame of 64 KiB is taken, and a message of 1 MiB; one byte more is 1009")
    func frames() async throws {
        try await withGafferd(Self.sections) { daemon in
            let pid = try await daemon.pid("default/echo")
            for path in ["/channel/websocket", "/wstreams/\(pid)", "/\(pid)/channel"] {
                let whole = [Int](repeating: 64 << 10, count: 16)
                let rows: [(frames: [Int], code: UInt16?)] = [
                    ([64 << 10], nil), ([(64 << 10) + 1], 1009), (whole, nil), (whole + [1], 1009),
                ]
                for (frames, code) in rows {
                    let found = try await daemon.raw { client -> UInt16 in
                        _ = try client.openSocket(path)
                        for (index, size) in frames.enumerated() {
                            let isLast = index == frames.count - 1
                            let first: UInt8 = (index == 0 ? 0x02 : 0) | (isLast ? 0x80 : 0)
                            // The IO channel knows frames of its own; to the others it is rubbish.
                            let start = index == 0 ? Array("V1 message a\u{0}".utf8) : []
                            let filling = [UInt8](repeating: UInt8(ascii: " "), count: size - start.count)
                            let frame = RawFrame(first, start + filling)
                            // It may be closed before the last is sent.
                            if code == nil { try client.send(frame) } else { try? client.send(frame) }
                        }
                        try? client.send(RawFrame(0x89, Array("still there".utf8)))
                        // What is said of the message, or comes back of it, is passed over.
                        while true {
                            let frame = try client.receiveFrame()
                            if let code = frame.code { return code }
                            if frame.first == 0x8A { return UInt16(0) }
                        }
                    }
                    #expect(found == code ?? 0, "\(path), \(frames.count) frames, the last of \(frames.last ?? 0)")
                }
            }
        }
    }
}
