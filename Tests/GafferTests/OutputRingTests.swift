import Synchronization
import Testing

@testable import GafferSystem

@Suite("A ring")
struct OutputRingTests {
    /// Appends texts of these lengths and tells start, end and content.
    private static func filled(capacity: Int, _ pieces: [String]) -> (start: UInt64, end: UInt64, text: String) {
        var ring = RingBuffer(capacity: capacity)
        for piece in pieces { Array(piece.utf8).withByteView { ring.append($0) } }
        return (ring.start, ring.end, String(decoding: ring.bytes(from: 0), as: UTF8.self))
    }

    @Test(
        "keeps the last bytes, exactly, wherever they wrap",
        arguments: [
            ([], 0, ""),
            ([""], 0, ""),
            (["abc"], 0, "abc"),
            (["abcdefgh"], 0, "abcdefgh"),
            (["abcdefgh", "i"], 1, "bcdefghi"),
            (["abcdefg", "hi"], 1, "bcdefghi"),
            (["abcdefghi"], 1, "bcdefghi"),
            (["abc", "defghijklmnopqrs"], 11, "lmnopqrs"),
            (["abcdefgh", "ijklmnop"], 8, "ijklmnop"),
            (["abcde", "fghij", "klmno", "pqrst"], 12, "mnopqrst"),
        ] as [([String], UInt64, String)]
    )
    func keepsTheLastBytes(pieces: [String], start: UInt64, text: String) {
        let ring = OutputRingTests.filled(capacity: 8, pieces)
        #expect(ring.start == start)
        #expect(ring.end == UInt64(pieces.joined().utf8.count))
        #expect(ring.text == text)
    }

    @Test(
        "keeps the same whatever the sizes of the pieces, through growing and wrapping",
        arguments: [1, 7, 511, 3000]
    )
    func piecesDoNotMatter(piece: Int) {
        let all = (0..<10_000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
        var ring = RingBuffer(capacity: 3000)
        var isRight = true
        for start in stride(from: 0, to: all.count, by: piece) {
            let end = min(start + piece, all.count)
            Array(all[start..<end]).withByteView { ring.append($0) }
            isRight = isRight && ring.bytes(from: 0) == Array(all[max(0, end - 3000)..<end])
        }
        #expect(isRight)
    }

    @Test("without capacity counts and keeps nothing")
    func noCapacity() {
        let ring = OutputRingTests.filled(capacity: 0, ["abc", "def"])
        #expect(ring.start == 6)
        #expect(ring.end == 6)
        #expect(ring.text.isEmpty)
    }

    @Test(
        "tells what is missing from an offset on",
        arguments: [
            (0, "efghijkl", 4, 4), (4, "efghijkl", 4, 0), (10, "kl", 10, 0), (12, "", 12, 0), (99, "", 12, 0),
        ] as [(UInt64, String, UInt64, UInt64)]
    )
    func snapshot(from: UInt64, text: String, offset: UInt64, gap: UInt64) {
        var ring = RingBuffer(capacity: 8)
        Array("abcdefghijkl".utf8).withByteView { ring.append($0) }
        #expect(ring.chunk(from: from) == OutputChunk(bytes: Array(text.utf8), offset: offset, gap: gap))
    }

    @Test(
        "finds the last lines",
        arguments: [
            ("", 3, ""),
            ("a\nb\nc\n", 0, ""),
            ("a\nb\nc\n", 1, "c\n"),
            ("a\nb\nc\n", 2, "b\nc\n"),
            ("a\nb\nc\n", 9, "a\nb\nc\n"),
            ("a\nb\nc", 1, "c"),
            ("a\nb\nc", 2, "b\nc"),
            ("\n\n\n", 2, "\n\n"),
            ("abc", 1, "abc"),
            ("0123456789abcde\nf\n", 1, "f\n"),
            // The first of these has lost its beginning.
            ("0123456789abcde\nf\n", 2, "f\n"),
            // It is all there is.
            ("0123456789abcdefghijk", 1, "56789abcdefghijk"),
            ("0123456789abcdefghij\n", 1, "56789abcdefghij\n"),
        ]
    )
    func lastLines(text: String, lines: Int, expected: String) {
        let stream = OutputStream(label: "stdout", ringSize: 16)
        stream.state.withLock { state in Array(text.utf8).withByteView { state.ring.append($0) } }
        #expect(String(decoding: stream.tail(lines: lines), as: UTF8.self) == expected)
    }

    @Test("gives the last bytes", arguments: [(-1, ""), (0, ""), (2, "kl"), (8, "efghijkl"), (99, "efghijkl")])
    func lastBytes(count: Int, expected: String) {
        let stream = OutputStream(label: "stdout", ringSize: 8)
        stream.state.withLock { state in Array("abcdefghijkl".utf8).withByteView { state.ring.append($0) } }
        #expect(String(decoding: stream.tail(bytes: count), as: UTF8.self) == expected)
        #expect(stream.totalBytes == 12)
    }
}
