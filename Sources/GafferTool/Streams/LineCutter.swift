/// Cuts the bytes of a stream into lines as they come.
package struct LineCutter {
    /// The most bytes of a line; a longer one is cut there.
    package let maximum: Int

    private var partial: [UInt8] = []

    package init(maximum: Int = 1 << 16) {
        self.maximum = maximum
    }

    /// Takes bytes.
    ///
    /// - Returns: the lines that they end, without their ends.
    package mutating func lines(_ bytes: some Sequence<UInt8>) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        for byte in bytes {
            if byte == UInt8(ascii: "\n") {
                lines.append(taken())
            } else {
                partial.append(byte)
                if partial.count == maximum { lines.append(taken()) }
            }
        }
        return lines
    }

    /// The line that has no end yet; nil: there is none.
    package mutating func rest() -> [UInt8]? {
        partial.isEmpty ? nil : taken()
    }

    private mutating func taken() -> [UInt8] {
        defer { partial = [] }
        return partial
    }
}
