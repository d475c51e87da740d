/// Cuts a stream's bytes into lines, with a bound.
///
/// | what comes | what goes out |
/// |---|---|
/// | `a\n`, `a\r\n` | `a` |
/// | `\n` | an empty line |
/// | more than ``limit`` bytes without `\n` | ``limit`` bytes or up to 3 fewer, ``Piece/isPartial``; the rest follows |
/// | the end after `a` | `a` |
///
/// A partial piece never ends within a UTF-8 sequence, and never with the `\r` of a `\r\n`, so that putting pieces
/// together gives the line. At most ``limit`` + 1 bytes are kept.
package struct LineCutter: Sendable {
    /// How a piece relates to its line.
    package struct Piece: Sendable, Hashable {
        /// The line goes on in the next piece.
        package var isPartial: Bool
        /// The piece goes on with the line of the piece before.
        package var isContinuation: Bool

        package init(isPartial: Bool, isContinuation: Bool) {
            self.isPartial = isPartial
            self.isContinuation = isContinuation
        }

        /// A line that came in one piece.
        package static let whole = Piece(isPartial: false, isContinuation: false)
    }

    /// A piece with a copy of its bytes.
    package struct Record: Sendable, Hashable {
        package var bytes: [UInt8]
        package var piece: Piece

        package init(_ bytes: [UInt8], isPartial: Bool = false, isContinuation: Bool = false) {
            self.bytes = bytes
            piece = Piece(isPartial: isPartial, isContinuation: isContinuation)
        }
    }

    /// The longest piece, in bytes.
    package let limit: Int

    private var pending: [UInt8] = []
    private var isContinuation = false

    /// How many bytes wait for their newline.
    package var pendingCount: Int { pending.count }

    /// Makes a cutter; its bound is 64 KiB unless told otherwise, and at least 8 bytes.
    package init(limit: Int = 65_536) {
        self.limit = max(8, limit)
    }

    /// Takes bytes in, and gives out the pieces that they complete; a piece's bytes are valid within the call only.
    package mutating func cut(_ bytes: ByteView, into body: (ByteView, Piece) -> Void) {
        var rest = bytes
        while let newline = rest.firstNewline {
            let segment = rest.prefix(newline)
            rest = rest.dropFirst(newline + 1)
            if pending.isEmpty {
                finishLine(segment, body)
            } else {
                keep(segment, body)
                let line = pending
                pending.removeAll(keepingCapacity: line.count < 4096)
                line.withByteView { finishLine($0, body) }
            }
        }
        if !rest.isEmpty { keep(rest, body) }
    }

    /// Gives out what has no newline yet: the stream has ended.
    package mutating func finish(into body: (ByteView, Piece) -> Void) {
        let line = pending
        pending = []
        if !line.isEmpty { line.withByteView { finishLine($0, body, keepsReturn: true) } }
        isContinuation = false
    }

    /// Takes bytes in, and gives the records that they complete.
    package mutating func records(from bytes: [UInt8]) -> [Record] {
        var records: [Record] = []
        bytes.withByteView { view in
            cut(view) { records.append(Record($0.array, isPartial: $1.isPartial, isContinuation: $1.isContinuation)) }
        }
        return records
    }

    /// Gives the record that has no newline yet: the stream has ended.
    package mutating func finalRecords() -> [Record] {
        var records: [Record] = []
        finish { records.append(Record($0.array, isPartial: $1.isPartial, isContinuation: $1.isContinuation)) }
        return records
    }

    /// Gives out a line that is complete, its newline already taken off.
    private mutating func finishLine(
        _ line: ByteView,
        _ body: (ByteView, Piece) -> Void,
        keepsReturn: Bool = false
    ) {
        let endsWithReturn = !keepsReturn && line.buffer.last == UInt8(ascii: "\r")
        var rest = endsWithReturn ? line.prefix(line.count - 1) : line
        while rest.count > limit {
            rest = rest.dropFirst(givePart(of: rest, body))
        }
        body(rest, Piece(isPartial: false, isContinuation: isContinuation))
        isContinuation = false
    }

    /// Adds to what waits for its newline, and gives out parts of what is too long.
    private mutating func keep(_ bytes: ByteView, _ body: (ByteView, Piece) -> Void) {
        var rest = bytes
        while !rest.isEmpty {
            // One more than the limit, since the last may be the `\r` of a `\r\n`.
            let taken = rest.prefix(limit + 1 - pending.count)
            pending.append(taken)
            rest = rest.dropFirst(taken.count)
            guard pending.count > limit, !rest.isEmpty || pending.last != UInt8(ascii: "\r") else { return }
            let full = pending
            pending = []
            let given = full.withByteView { givePart(of: $0, body) }
            pending.append(contentsOf: full[given...])
        }
    }

    /// Gives out the first part of a line that is too long; how many bytes that was.
    private mutating func givePart(of line: ByteView, _ body: (ByteView, Piece) -> Void) -> Int {
        let length = LineCutter.cutPosition(in: line.buffer, limit: limit)
        body(line.prefix(length), Piece(isPartial: true, isContinuation: isContinuation))
        isContinuation = true
        return length
    }

    /// Where to cut bytes that are more than `limit`, so that no UTF-8 sequence and no `\r\n` is split.
    static func cutPosition(in bytes: UnsafeRawBufferPointer, limit: Int) -> Int {
        if bytes[limit - 1] == UInt8(ascii: "\r") { return limit - 1 }
        guard bytes[limit] & 0xC0 == 0x80 else { return limit }
        for length in 1...3 {
            let byte = bytes[limit - length]
            if byte & 0xC0 == 0x80 { continue }
            let expected =
                switch byte {
                case 0xC2...0xDF: 2
                case 0xE0...0xEF: 3
                case 0xF0...0xF4: 4
                default: 1
                }
            return expected > length ? limit - length : limit
        }
        return limit
    }
}
