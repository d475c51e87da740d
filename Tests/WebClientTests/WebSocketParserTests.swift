import Testing
import WebClient

/// A frame as a server sends it.
func serverFrame(_ first: UInt8, _ payload: [UInt8]) -> [UInt8] {
    switch payload.count {
    case ..<126: [first, UInt8(payload.count)] + payload
    case ..<65_536: [first, 126, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)] + payload
    default:
        [first, 127] + (0..<8).map { UInt8(truncatingIfNeeded: payload.count >> (56 - 8 * $0)) } + payload
    }
}

private func events(_ bytes: [UInt8], maximum: Int = 1 << 20) throws -> [WebSocketParser.Event] {
    var parser = WebSocketParser(maximumMessage: maximum)
    parser.consume(bytes)
    var events: [WebSocketParser.Event] = []
    while let event = try parser.next() { events.append(event) }
    return events
}

@Suite("What comes over a WebSocket")
struct WebSocketParserTests {
    private static let conversation: [UInt8] =
        serverFrame(0x81, Array("héllo".utf8)) + serverFrame(0x01, Array("ab".utf8)) + serverFrame(0x89, [1, 2])
        + serverFrame(0x00, []) + serverFrame(0x80, Array("cd".utf8))
        + serverFrame(0x82, [UInt8](repeating: 7, count: 300)) + serverFrame(0x8A, [])
        + serverFrame(0x88, [0x03, 0xE9] + Array("bye".utf8)) + serverFrame(0x81, [0x61])

    private static let expected: [WebSocketParser.Event] = [
        .text("héllo"), .ping([1, 2]), .text("abcd"), .binary([UInt8](repeating: 7, count: 300)), .pong([]),
        .close(.goingAway, "bye"),
    ]

    @Test("is joined to messages, up to the close")
    func conversation() throws {
        #expect(try events(Self.conversation) == Self.expected)
    }

    @Test("is read alike however its bytes are cut")
    func cuts() throws {
        for size in 1...40 {
            var parser = WebSocketParser()
            var events: [WebSocketParser.Event] = []
            for start in stride(from: 0, to: Self.conversation.count, by: size) {
                parser.consume(Self.conversation[start..<min(start + size, Self.conversation.count)])
                while let event = try parser.next() { events.append(event) }
            }
            #expect(events == Self.expected)
        }
    }

    @Test("may be large")
    func large() throws {
        let bytes = [UInt8](repeating: 1, count: 70_000)
        #expect(try events(serverFrame(0x82, bytes)) == [.binary(bytes)])
    }

    @Test(
        "is refused where it breaks the rules",
        arguments: [
            ([0xC1, 0], "a frame has bits set that mean nothing", 1002),
            ([0x83, 0], "a frame is of the unknown kind 3", 1002),
            ([0x81, 0x80, 0, 0, 0, 0], "a frame of the server is masked", 1002),
            ([0x09, 0], "a control frame is too long or in parts", 1002),
            ([0x89, 126, 0, 200], "a control frame is too long or in parts", 1002),
            ([0x80, 0], "a message goes on that did not begin", 1002),
            ([0x01, 0, 0x81, 0], "a message begins within another one", 1002),
            ([0x81, 126, 0, 5], "the length of a frame is written in more bytes than it needs", 1002),
            (
                [0x81, 127, 0, 0, 0, 0, 0, 0, 1, 0], "the length of a frame is written in more bytes than it needs",
                1002
            ),
            ([0x81, 1, 0xFF], "a text is no UTF-8", 1007),
            ([0x88, 1, 3], "the code of a close is cut off", 1002),
            ([0x88, 2, 0x03, 0xED], "1005 is no code to close with", 1002),
            ([0x88, 3, 0x03, 0xE8, 0xFF], "the reason of a close is no UTF-8", 1007),
            ([0x82, 127, 0x80, 0, 0, 0, 0, 0, 0, 0], "a message is larger than 1048576 bytes", 1009),
        ] as [([UInt8], String, UInt16)]
    )
    func refuses(bytes: [UInt8], reason: String, code: UInt16) {
        let failure = #expect(throws: WebSocketParser.Failure.self) { try events(bytes) }
        #expect(failure?.reason == reason)
        #expect(failure?.code.rawValue == code)
    }

    @Test("is bounded as a message, not as a frame")
    func limit() throws {
        let parts =
            serverFrame(0x02, [UInt8](repeating: 0, count: 60)) + serverFrame(0x80, [UInt8](repeating: 0, count: 40))
        #expect(try events(parts, maximum: 100).count == 1)
        #expect(throws: WebSocketParser.Failure.self) { try events(parts, maximum: 99) }
    }

    @Test("never ends the program, whatever the bytes are")
    func noise() {
        var state: UInt64 = 0x9E37_79B9_7F4A_7C15
        func random() -> UInt8 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: state >> 33)
        }
        for _ in 1...5_000 {
            var bytes = Self.conversation
            for _ in 0...Int(random() % 4) { bytes[Int(random()) * Int(random()) % bytes.count] = random() }
            _ = try? events(bytes, maximum: 1_000)
        }
    }

    @Test("and is sent masked", arguments: [0, 125, 126, 65_535, 65_536])
    func masks(count: Int) {
        let payload = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
        let bytes = WebSocketFrame(.binary, payload).masked(with: 0x0102_03FF)
        let head = count < 126 ? 2 : count < 65_536 ? 4 : 10
        #expect(bytes.count == head + 4 + count)
        #expect(bytes[0] == 0x82)
        #expect(bytes[1] & 0x80 == 0x80)
        #expect(Array(bytes[head..<(head + 4)]) == [1, 2, 3, 0xFF])
        let plain = bytes[(head + 4)...].enumerated().map { $1 ^ [1, 2, 3, 0xFF][$0 % 4] }
        #expect(plain == payload)
    }
}
