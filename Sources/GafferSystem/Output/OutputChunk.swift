/// A piece of a stream, and what is missing before it.
package struct OutputChunk: Sendable, Hashable {
    /// The bytes, as they came.
    package var bytes: [UInt8]
    /// The offset of the first of them from the stream's beginning.
    package var offset: UInt64
    /// How many bytes before ``offset`` were lost to this reader.
    package var gap: UInt64

    package init(bytes: [UInt8], offset: UInt64, gap: UInt64 = 0) {
        self.bytes = bytes
        self.offset = offset
        self.gap = gap
    }

    /// The offset of the byte after the last one.
    package var end: UInt64 { offset + UInt64(bytes.count) }
}

/// Who is told of every piece of a stream as it comes.
///
/// Called on the output thread, one call after the other, so it must neither block nor take long.
package protocol OutputObserver: AnyObject, Sendable {
    /// Bytes came; they are valid within the call only.
    func received(_ bytes: ByteView, at offset: UInt64)
    /// No more will come.
    func ended()
}
