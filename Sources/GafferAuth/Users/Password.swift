package import GafferModel

/// A password as somebody gave it; never printed.
package struct Password: Sendable {
    /// The longest, in bytes: what libcrypt takes.
    package static let maximumLength = 511

    let bytes: [UInt8]

    /// Takes 1 to 511 bytes of any kind but NUL.
    ///
    /// - Throws: ``GafferError`` (`bad_request`) where it is none of that.
    package init(_ bytes: [UInt8]) throws(GafferError) {
        guard !bytes.isEmpty, bytes.count <= Self.maximumLength, !bytes.contains(0) else {
            throw GafferError(
                .badRequest,
                "A password has 1 to \(Self.maximumLength) bytes, of which none is NUL."
            )
        }
        self.bytes = bytes
    }

    /// Takes a text.
    ///
    /// - Throws: as ``init(_:)-([UInt8])``.
    package init(_ text: String) throws(GafferError) {
        try self.init(Array(text.utf8))
    }
}

extension Password: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// `(a password)`.
    package var description: String { "(a password)" }
    /// `(a password)`.
    package var debugDescription: String { description }
    /// Without the bytes, for `dump` and what prints a value that holds one.
    package var customMirror: Mirror { Mirror(self, children: []) }
}
