internal import CGafferSystem
internal import Glibc

/// The last bytes of a stream, addressed by their offset from its beginning.
///
/// It has no memory until the first byte and grows by doubling, so that a stream of a few lines stays small. The byte
/// with offset `o` stands at `o % capacity`; while it has not grown to its capacity, all offsets are below its size.
struct RingBuffer: ~Copyable, @unchecked Sendable {
    // @unchecked: the memory is this value's own.

    /// The most bytes that are kept.
    let capacity: Int
    /// How many bytes were ever appended: the offset of the next one.
    private(set) var end: UInt64 = 0

    private var storage: UnsafeMutableRawPointer?
    private var allocated = 0
    /// Bytes before this offset were lost for want of memory.
    private var floor: UInt64 = 0

    init(capacity: Int) {
        self.capacity = max(0, capacity)
    }

    deinit {
        free(storage)
    }

    /// Whether there were bytes to make memory for.
    var hasMemory: Bool { storage != nil }

    /// The offset of the oldest byte that is kept.
    var start: UInt64 {
        max(floor, end - min(end, UInt64(capacity)))
    }

    mutating func append(_ bytes: ByteView) {
        guard !bytes.isEmpty else { return }
        let newEnd = end + UInt64(bytes.count)
        defer { end = newEnd }
        guard capacity > 0, let storage = room(upTo: newEnd) else {
            floor = newEnd
            return
        }
        let kept = bytes.suffix(capacity)
        let position = Int((newEnd - UInt64(kept.count)) % UInt64(capacity))
        let first = kept.prefix(capacity - position)
        let second = kept.dropFirst(first.count)
        if let source = first.buffer.baseAddress { memcpy(storage + position, source, first.count) }
        if let source = second.buffer.baseAddress { memcpy(storage, source, second.count) }
    }

    /// The bytes from an offset on, at most so many; what is no longer kept is skipped.
    func bytes(from offset: UInt64, atMost limit: Int = .max) -> [UInt8] {
        let from = min(max(offset, start), end)
        let length = min(Int(end - from), max(0, limit))
        guard length > 0, let storage else { return [] }
        let position = Int(from % UInt64(capacity))
        let first = min(length, capacity - position)
        return Array(unsafeUninitializedCapacity: length) { buffer, count in
            if let target = UnsafeMutableRawBufferPointer(buffer).baseAddress {
                memcpy(target, storage + position, first)
                memcpy(target + first, storage, length - first)
            }
            count = length
        }
    }

    /// Where the last lines begin, at most so many; a last line without an end counts.
    ///
    /// A line whose beginning is no longer kept is left out, unless it is all there is.
    func offset(ofLast lines: Int) -> UInt64 {
        guard lines > 0, let storage, end > start else { return end }
        let newline = UInt8(ascii: "\n")
        var found = 0
        var oldestLine: UInt64?
        var offset = end - 1
        while offset > start {
            offset -= 1
            if storage.load(fromByteOffset: Int(offset % UInt64(capacity)), as: UInt8.self) == newline {
                found += 1
                oldestLine = offset + 1
                if found == lines { return offset + 1 }
            }
        }
        return start == 0 ? 0 : oldestLine ?? start
    }

    /// Memory for all bytes up to an offset, or for the capacity; nil where there is none to be had.
    private mutating func room(upTo newEnd: UInt64) -> UnsafeMutableRawPointer? {
        let needed = Int(min(newEnd, UInt64(capacity)))
        guard needed > allocated else { return storage }
        var size = max(allocated, 512)
        while size < needed { size *= 2 }
        size = min(size, capacity)
        guard let grown = realloc(storage, size) else { return nil }
        storage = grown
        allocated = size
        return grown
    }
}
