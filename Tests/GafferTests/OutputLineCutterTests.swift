import Testing

@testable import GafferSystem

@Suite("Cutting lines")
struct OutputLineCutterTests {
    typealias Record = LineCutter.Record

    private static func all(_ pieces: [[UInt8]], limit: Int) -> [Record] {
        var cutter = LineCutter(limit: limit)
        return pieces.flatMap { cutter.records(from: $0) } + cutter.finalRecords()
    }

    @Test(
        "gives each line without its end, however the bytes come",
        arguments: [
            ("", []),
            ("a\n", ["a"]),
            ("a\nb\n", ["a", "b"]),
            ("a\r\nb", ["a", "b"]),
            ("\n\n", ["", ""]),
            ("\r\n\r\n", ["", ""]),
            ("a\rb\n", ["a\rb"]),
            ("a\r\r\n", ["a\r"]),
            ("a\r", ["a\r"]),
            ("12345678\n", ["12345678"]),
            ("12345678\r\n", ["12345678"]),
            ("12345678", ["12345678"]),
        ] as [(String, [String])]
    )
    func lines(text: String, expected: [String]) {
        let bytes = Array(text.utf8)
        let records = expected.map { Record(Array($0.utf8)) }
        #expect(OutputLineCutterTests.all([bytes], limit: 8) == records)
        #expect(OutputLineCutterTests.all(bytes.map { [$0] }, limit: 8) == records)
    }

    @Test(
        "cuts what is too long and says so, never within a character or a line's end",
        arguments: [
            ("123456789\n", ["12345678", "9"]),
            ("123456789", ["12345678", "9"]),
            ("1234567890123456\n", ["12345678", "90123456"]),
            ("12345678901234567", ["12345678", "90123456", "7"]),
            ("1234567é9\n", ["1234567", "é9"]),
            ("123456é9\n", ["123456é", "9"]),
            ("123456€9\n", ["123456", "€9"]),
            ("12345😀9\n", ["12345", "😀9"]),
            ("1234😀9\n", ["1234😀", "9"]),
            ("1234567\r8\n", ["1234567", "\r8"]),
        ] as [(String, [String])]
    )
    func longLines(text: String, expected: [String]) {
        let bytes = Array(text.utf8)
        let records = expected.enumerated().map { index, piece in
            Record(Array(piece.utf8), isPartial: index < expected.count - 1, isContinuation: index > 0)
        }
        #expect(OutputLineCutterTests.all([bytes], limit: 8) == records)
        #expect(OutputLineCutterTests.all(bytes.map { [$0] }, limit: 8) == records)
    }

    @Test(
        "cuts what is not UTF-8 at the limit",
        arguments: [[UInt8](repeating: 0x80, count: 9), Array(repeating: 0xFF, count: 9)]
    )
    func notText(bytes: [UInt8]) {
        #expect(OutputLineCutterTests.all([bytes], limit: 8).map(\.bytes.count) == [8, 1])
    }

    @Test("loses no byte of noise, whatever the pieces", arguments: [1, 3, 64, 1000, 5000])
    func noise(piece: Int) {
        var random = UInt64(42)
        let bytes = (0..<5000).map { _ -> UInt8 in
            random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return [UInt8(ascii: "\n"), UInt8(ascii: "a"), 0, 0xE2, 0x82, 0xAC, 0xF0, 0x9F][Int(random >> 60) % 8]
        }
        let pieces = stride(from: 0, to: bytes.count, by: piece).map { Array(bytes[$0..<min($0 + piece, bytes.count)]) }
        let records = OutputLineCutterTests.all(pieces, limit: 16)
        let ends = bytes.last == UInt8(ascii: "\n") ? records.count : records.count - 1
        let joined = records.enumerated().flatMap { index, record in
            record.bytes + (record.piece.isPartial || index >= ends ? [] : [UInt8(ascii: "\n")])
        }
        #expect(joined == bytes)
        #expect(records.allSatisfy { $0.bytes.count <= 16 })
    }

    @Test("keeps no more than its limit of a line that never ends")
    func endlessLine() {
        var cutter = LineCutter()
        let chunk = [UInt8](repeating: UInt8(ascii: "x"), count: 100_000)
        var total = 0
        var longest = 0
        for _ in 0..<200 {
            chunk.withByteView { view in
                cutter.cut(view) { bytes, piece in
                    total += bytes.count
                    longest = max(longest, bytes.count)
                    #expect(piece.isPartial)
                }
            }
            #expect(cutter.pendingCount <= cutter.limit + 1)
        }
        cutter.finish { bytes, _ in total += bytes.count }
        #expect(total == 20_000_000)
        #expect(longest == 65_536)
    }
}
