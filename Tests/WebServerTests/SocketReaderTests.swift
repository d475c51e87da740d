import Testing

@testable import WebServer

@Suite("Frames of a websocket")
struct SocketReaderTests {
    private static func frame(_ first: UInt8, _ payload: [UInt8], masked: Bool = true) -> [UInt8] {
        let bit: UInt8 = masked ? 0x80 : 0
        let length: [UInt8] =
            switch payload.count {
            case ..<126: [bit | UInt8(payload.count)]
            case ..<65_536: [bit | 126, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)]
            default:
                [bit | 127]
                    + stride(from: 56, through: 0, by: -8).map { UInt8(payload.count >> $0 & 0xFF) }
            }
        guard masked else { return [first] + length + payload }
        let mask: [UInt8] = [1, 2, 3, 4]
        return [first] + length + mask + payload.enumerated().map { $1 ^ mask[$0 & 3] }
    }

    private static func inputs(
        _ bytes: [UInt8],
        by size: Int
    ) -> (inputs: [SocketReader.Input], failure: SocketReader.Failure?) {
        var reader = SocketReader(largestFrame: 1000, largestMessage: 2000)
        var inputs: [SocketReader.Input] = []
        for start in stride(from: 0, to: bytes.count, by: size) {
            reader.append(bytes[start..<min(start + size, bytes.count)])
            do throws(SocketReader.Failure) {
                while let input = try reader.next() { inputs.append(input) }
            } catch {
                return (inputs, error)
            }
        }
        return (inputs, nil)
    }

    static let good: [([UInt8], [SocketReader.Input])] = [
        (frame(0x81, Array("hello".utf8)), [.message(.text("hello"))]),
        (frame(0x81, []), [.message(.text(""))]),
        (frame(0x82, [0xFF, 0]), [.message(.binary([0xFF, 0]))]),
        (frame(0x82, [UInt8](repeating: 7, count: 125)), [.message(.binary([UInt8](repeating: 7, count: 125)))]),
        (frame(0x82, [UInt8](repeating: 7, count: 126)), [.message(.binary([UInt8](repeating: 7, count: 126)))]),
        (frame(0x82, [UInt8](repeating: 7, count: 1000)), [.message(.binary([UInt8](repeating: 7, count: 1000)))]),
        (
            frame(0x01, Array("h\u{e4}".utf8).dropLast()) + frame(0x89, [1]) + frame(0x00, [])
                + frame(0x80, [0xA4, 0x21]) + frame(0x8A, []),
            [.ping([1]), .message(.text("h\u{e4}!")), .pong]
        ),
        (
            frame(0x02, [UInt8](repeating: 1, count: 1000)) + frame(0x80, [UInt8](repeating: 1, count: 1000)),
            [.message(.binary([UInt8](repeating: 1, count: 2000)))]
        ),
        (frame(0x88, []), [.close(nil)]), (frame(0x88, [0x03, 0xE8]), [.close(1000)]),
        (frame(0x88, [0x0B, 0xB8] + Array("bye".utf8)) + frame(0x81, []), [.close(3000)]),
    ]

    @Test("What a client sends is read, however it is cut", arguments: good, [1, 2, 3, 7, 10_000])
    func reads(_ row: ([UInt8], [SocketReader.Input]), _ size: Int) {
        let (inputs, failure) = SocketReaderTests.inputs(row.0, by: size)
        #expect(inputs == row.1)
        #expect(failure == nil)
    }

    static let bad: [([UInt8], UInt16)] = [
        (frame(0x81, [1], masked: false), 1002), (frame(0x81, [], masked: false), 1002),
        (frame(0xC1, [1]), 1002), (frame(0xA1, [1]), 1002), (frame(0x91, [1]), 1002),
        (frame(0x83, []), 1002), (frame(0x87, []), 1002), (frame(0x8B, []), 1002), (frame(0x8F, []), 1002),
        (frame(0x80, [1]), 1002), (frame(0x00, [1]), 1002), (frame(0x01, [65]) + frame(0x81, [65]), 1002),
        (frame(0x02, [65]) + frame(0x02, [65]), 1002), (frame(0x09, [1]), 1002), (frame(0x08, []), 1002),
        (frame(0x89, [UInt8](repeating: 1, count: 126)), 1002), (frame(0x88, [3]), 1002),
        (frame(0x88, [0, 0]), 1002), (frame(0x88, [0x03, 0xE7]), 1002), (frame(0x88, [0x03, 0xEC]), 1002),
        (frame(0x88, [0x03, 0xED]), 1002), (frame(0x88, [0x03, 0xEE]), 1002), (frame(0x88, [0x03, 0xF7]), 1002),
        (frame(0x88, [0x07, 0xD0]), 1002), (frame(0x88, [0x13, 0x88]), 1002),
        (frame(0x88, [0x03, 0xE8, 0xFF]), 1007), (frame(0x81, [0xFF]), 1007),
        (frame(0x81, [0xC0, 0x80]), 1007), (frame(0x81, [0xED, 0xA0, 0x80]), 1007),
        (frame(0x01, [0xC3]) + frame(0x80, [0x28]), 1007), (frame(0x81, [0xF0, 0x9F]), 1007),
        ([0x82, 0xFE, 0, 125], 1002), ([0x82, 0xFF, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF], 1002),
        ([0x82, 0xFF, 0x80, 0, 0, 0, 0, 0, 0, 0], 1002), ([0x82, 0xFF, 0x7F, 0, 0, 0, 0, 0, 0, 0], 1009),
        ([0x82, 0xFE, 0x03, 0xE9], 1009),
        (
            frame(0x02, [UInt8](repeating: 1, count: 1000)) + frame(0x00, [UInt8](repeating: 1, count: 1000))
                + frame(0x80, [1]), 1009
        ),
    ]

    @Test("What breaks the rules is told with its code, however it is cut", arguments: bad, [1, 3, 10_000])
    func refuses(_ row: ([UInt8], UInt16), _ size: Int) {
        let (inputs, failure) = SocketReaderTests.inputs(row.0, by: size)
        #expect(inputs.isEmpty)
        #expect(failure?.code == row.1)
        #expect(failure?.reason.isEmpty == false)
    }

    @Test("Rubbish, and frames that are changed at random, give the same however they are cut")
    func isIndifferentToCuts() {
        var random = SystemRandomNumberGenerator()
        let whole = (SocketReaderTests.good.map(\.0) + SocketReaderTests.bad.map(\.0)).filter { $0.count < 300 }
        for round in 0..<2000 {
            var bytes: [UInt8] = []
            if round % 4 == 0 {
                bytes = (0..<Int.random(in: 0..<200, using: &random)).map { _ in .random(in: 0...255, using: &random) }
            } else {
                for _ in 0..<Int.random(in: 1..<5, using: &random) {
                    bytes += whole.randomElement(using: &random) ?? []
                }
                for _ in 0..<Int.random(in: 0..<3, using: &random) where !bytes.isEmpty {
                    bytes[.random(in: 0..<bytes.count, using: &random)] = .random(in: 0...255, using: &random)
                }
            }
            let one = SocketReaderTests.inputs(bytes, by: max(bytes.count, 1))
            for size in [1, 2, 5, 64] {
                let other = SocketReaderTests.inputs(bytes, by: size)
                #expect(other.inputs == one.inputs, "\(bytes) by \(size)")
                #expect(other.failure == one.failure, "\(bytes) by \(size)")
            }
        }
    }

    @Test("A failure stays, and nothing is kept")
    func stays() {
        var reader = SocketReader(largestFrame: 10, largestMessage: 10)
        reader.append([0x81, 0x01, 65])
        #expect(throws: SocketReader.Failure.self) { try reader.next() }
        reader.append(SocketReaderTests.frame(0x81, [65]))
        #expect(reader.count == 0)
        #expect(throws: SocketReader.Failure.self) { try reader.next() }
    }
}
