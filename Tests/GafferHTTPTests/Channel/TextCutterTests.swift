import GafferModel
import GafferSystem
import Testing
import WebServer

@testable import GafferHTTP

@Suite struct TextCutterTests {
    @Test(
        "The beginning of a character at the end waits, what can't be one does not",
        arguments: [
            ([], 0), ([0x61], 0), ([0x61, 0xC3], 1), ([0xC3, 0xA9], 0), ([0xE2], 1), ([0xE2, 0x82], 2),
            ([0xE2, 0x82, 0xAC], 0), ([0xF0, 0x9F, 0x98], 3), ([0xF0, 0x9F, 0x98, 0x80], 0), ([0x61, 0xF0, 0x9F], 2),
            ([0xC0], 0), ([0xC1], 0), ([0xF5], 0), ([0xFF], 0), ([0x80], 0), ([0x82, 0x82, 0x82, 0x82], 0),
            ([0xE0, 0x80], 0), ([0xE0, 0xA0], 2), ([0xED, 0xA0], 0), ([0xED, 0x9F], 2), ([0xF0, 0x80], 0),
            ([0xF0, 0x8F, 0x80], 0), ([0xF4, 0x90], 0), ([0xF4, 0x8F], 2), ([0xC3, 0xC3], 1),
        ] as [([UInt8], Int)]
    )
    func rest(bytes: [UInt8], length: Int) {
        #expect(TextCutter.restLength(of: bytes) == length)
    }

    @Test(
        "The rest of a character at the beginning is found",
        arguments: [
            ([], 0), ([0x61], 0), ([0x82], 1), ([0x82, 0xAC, 0x61], 2), ([0x80, 0x80, 0x80, 0x80], 3),
            ([0xC3, 0xA9], 0),
        ] as [([UInt8], Int)]
    )
    func lead(bytes: [UInt8], length: Int) {
        #expect(TextCutter.leadLength(of: bytes) == length)
    }

    /// What a client reads of a stream that comes in these pieces, with the offsets.
    private func delivered(_ chunks: [(chunk: OutputChunk, missed: UInt64)]) throws -> [JSON] {
        let job = try JobName(parsing: "shop.web")
        let encoder = ChannelOutputEncoder(event: "stdout", topic: "STREAM:1", job: job, pid: 1)
        var joiner = CharacterJoiner()
        var elements: [OutgoingMessages.Element] = []
        for (chunk, missed) in chunks {
            let output = EncodedOutput(chunk, encoder)
            for part in joiner.pieces(before: output, missed: missed) {
                switch part {
                case .piece(let piece): elements.append(encoder.message(piece))
                case .gap(let offset): elements.append(encoder.gap(of: missed, before: offset))
                }
            }
            elements += output.messages?.elements ?? []
        }
        if let rest = joiner.rest { elements.append(encoder.message(rest)) }
        return try elements.map { try #require(try JSON(parsing: $0.bytes)["data"]) }
    }

    @Test("A text is told the same however it is cut", arguments: [1, 2, 3, 5, 7, 100])
    func anyCut(size: Int) throws {
        let text = "añ€😀\u{0301}\n𝄞 end\r\nß"
        let bytes = Array(text.utf8)
        let chunks = stride(from: 0, to: bytes.count, by: size).map { start in
            (OutputChunk(bytes: Array(bytes[start..<min(bytes.count, start + size)]), offset: UInt64(start)), UInt64(0))
        }
        let told = try delivered(chunks)
        #expect(told.compactMap { $0["data"]?.stringValue }.joined() == text)
        #expect(told.allSatisfy { $0["data_b64"] == nil })
        var position = 0
        for data in told {
            #expect(data["offset"]?.intValue == position)
            position += data["data"]?.stringValue?.utf8.count ?? 0
        }
    }

    @Test("Bytes of any kind are all told, in order, however they are cut", arguments: 0..<200)
    func anyBytes(seed: UInt64) throws {
        var random = SmallRandom(seed: seed)
        let samples: [[UInt8]] = [
            [0x61], [0xC3, 0xA9], [0xE2, 0x82, 0xAC], [0xFF], [0x80], [0xF0, 0x9F, 0x98, 0x80], [0xE2],
        ]
        var bytes: [UInt8] = []
        for _ in 0..<40 { bytes += samples[Int.random(in: 0..<samples.count, using: &random)] }
        var chunks: [(chunk: OutputChunk, missed: UInt64)] = []
        var start = 0
        while start < bytes.count {
            let end = min(bytes.count, start + Int.random(in: 1...6, using: &random))
            chunks.append((OutputChunk(bytes: Array(bytes[start..<end]), offset: UInt64(start)), 0))
            start = end
        }
        var told: [UInt8] = []
        for data in try delivered(chunks) {
            #expect(data["offset"]?.intValue == told.count)
            if let exact = data["data_b64"]?.stringValue {
                told += Self.decoded(exact)
            } else {
                told += Array((data["data"]?.stringValue ?? "").utf8)
            }
        }
        #expect(told == bytes)
    }

    @Test("A character of which a part was missed is not joined with another's rest")
    func missed() throws {
        let told = try delivered([
            (OutputChunk(bytes: [0x61, 0xE2], offset: 0), 0),
            (OutputChunk(bytes: [0x82, 0xAC, 0x62], offset: 10), 8),
        ])
        #expect(told.map { $0["offset"] } == [0, 1, 10, 10, 12])
        #expect(told.map { $0["gap"] } == [nil, nil, 8, nil, nil])
        #expect(told.map { $0["data_b64"] } == [nil, "4g==", nil, "gqw=", nil])
    }

    @Test("What is lost to everybody is marked once, before what follows it")
    func lostToAll() throws {
        let told = try delivered([
            (OutputChunk(bytes: [0x61, 0xE2], offset: 0), 0),
            (OutputChunk(bytes: [0x62], offset: 12, gap: 10), 0),
        ])
        #expect(told.map { $0["offset"] } == [0, 1, 12, 12])
        #expect(told.map { $0["gap"] } == [nil, nil, 10, nil])
        #expect(told.map { $0["data"] } == ["a", "\u{FFFD}", "", "b"])
    }

    private static func decoded(_ text: String) -> [UInt8] {
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var bytes: [UInt8] = []
        var bits: UInt32 = 0
        var count = 0
        for byte in text.utf8 {
            guard let value = digits.firstIndex(of: byte) else { break }
            bits = bits << 6 | UInt32(value)
            count += 6
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
            }
        }
        return bytes
    }
}

/// Random numbers that are the same in every run.
struct SmallRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1
    }

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }
}
