/// When a file of output is rotated, and what is kept.
package struct FileRotation: Sendable, Hashable {
    /// The file never grows above this size, in bytes; 0: no rotation by size.
    package var maxSize: UInt64
    /// The age at which it is rotated; zero: never by age.
    package var maxAge: Duration
    /// How many rotated files are kept, as `PATH.1` (the newest) to `PATH.keep`; 0: the content is discarded.
    package var keep: Int

    package init(maxSize: UInt64 = 0, maxAge: Duration = .zero, keep: Int = 10) {
        self.maxSize = maxSize
        self.maxAge = maxAge
        self.keep = keep
    }

    /// A file that somebody else rotates.
    package static let none = FileRotation()

    /// What to do with bytes that are to be appended.
    enum Step: Equatable {
        /// Append so many of them.
        case write(Int)
        /// Rotate first.
        case rotate
    }

    /// Decides on the next step, for bytes that are not empty.
    ///
    /// The file is cut after a newline where it can: after the last one that fits, else before these bytes, else,
    /// where a line is longer than a whole file, at the limit.
    func step(for bytes: ByteView, fileSize: UInt64, age: Duration) -> Step {
        if maxAge > .zero, age >= maxAge, fileSize > 0 { return .rotate }
        guard maxSize > 0, fileSize + UInt64(bytes.count) > maxSize else { return .write(bytes.count) }
        guard fileSize < maxSize else { return .rotate }
        let room = Int(maxSize - fileSize)
        if let newline = bytes.prefix(room).lastNewline { return .write(newline + 1) }
        return fileSize > 0 ? .rotate : .write(room)
    }

    /// The names to change, in order, for the files that exist; `exists` is asked for `PATH.1` and so on.
    func renames(of path: String, exists: (String) -> Bool) -> [(from: String, to: String)] {
        guard keep > 0 else { return [] }
        var highest = 0
        while highest < keep - 1, exists("\(path).\(highest + 1)") { highest += 1 }
        var renames = stride(from: highest, to: 0, by: -1).map { ("\(path).\($0)", "\(path).\($0 + 1)") }
        renames.append((path, "\(path).1"))
        return renames
    }
}
