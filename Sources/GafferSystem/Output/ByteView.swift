internal import CGafferSystem
internal import Glibc

/// Bytes that stand in somebody else's memory, valid only within the call that they are handed to.
package struct ByteView: @unchecked Sendable {
    // @unchecked: nobody keeps one, and who hands it out does not change the bytes during the call.

    private let base: UnsafeRawPointer?
    /// How many there are.
    package let count: Int

    /// Views what a buffer holds.
    package init(_ buffer: UnsafeRawBufferPointer) {
        base = buffer.baseAddress
        count = buffer.count
    }

    /// The same bytes as a buffer.
    package var buffer: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }

    package var isEmpty: Bool { count == 0 }

    /// The first bytes, at most so many.
    package func prefix(_ length: Int) -> ByteView {
        ByteView(UnsafeRawBufferPointer(start: base, count: min(max(0, length), count)))
    }

    /// All but the first so many bytes.
    package func dropFirst(_ length: Int) -> ByteView {
        ByteView(UnsafeRawBufferPointer(rebasing: buffer[min(max(0, length), count)...]))
    }

    /// The last bytes, at most so many.
    package func suffix(_ length: Int) -> ByteView {
        dropFirst(count - length)
    }

    /// A copy that may be kept.
    package var array: [UInt8] { Array(buffer) }

    /// Where the first newline is.
    var firstNewline: Int? {
        guard let base, let found = memchr(base, 10, count) else { return nil }
        return UnsafeRawPointer(found) - base
    }

    /// Where the last newline is.
    var lastNewline: Int? {
        buffer.lastIndex(of: UInt8(ascii: "\n"))
    }
}

extension Array where Element == UInt8 {
    /// Lends the bytes to a call.
    package func withByteView<Result>(_ body: (ByteView) throws -> Result) rethrows -> Result {
        try withUnsafeBytes { try body(ByteView($0)) }
    }

    /// Adds a copy of the bytes.
    package mutating func append(_ bytes: ByteView) {
        append(contentsOf: bytes.buffer)
    }
}
