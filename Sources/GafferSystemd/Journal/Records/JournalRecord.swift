internal import CGafferSystem
package import GafferSystem

/// A record in journald's native protocol, as it stands in a datagram.
///
/// | value | encoded |
/// |---|---|
/// | printable text | `KEY=value\n` |
/// | anything else: newlines, control characters, what is not UTF-8 | `KEY\n`, its length in 8 bytes, the lowest first, the value, `\n` |
///
/// A field may be there more than once.
package struct JournalRecord: Sendable, Hashable {
    /// What goes into the datagram.
    package private(set) var bytes: [UInt8] = []

    /// Makes a record without a field.
    package init() {}

    /// Adds a field.
    package mutating func add(_ field: JournalField, _ value: String) {
        var value = value
        value.withUTF8 { JournalRecord.append(field.name, ByteView(UnsafeRawBufferPointer($0)), to: &bytes) }
    }

    /// Adds a field whose value is a number.
    package mutating func add(_ field: JournalField, _ value: some BinaryInteger) {
        add(field, String(value))
    }

    /// Adds a field whose value is any bytes.
    package mutating func add(_ field: JournalField, bytes value: ByteView) {
        JournalRecord.append(field.name, value, to: &bytes)
    }

    // MARK: Into a buffer

    static func append(_ name: String, _ value: ByteView, to bytes: inout [UInt8]) {
        bytes.append(contentsOf: name.utf8)
        if JournalText.isPrintable(value) {
            bytes.append(UInt8(ascii: "="))
            bytes.append(value)
            bytes.append(newline)
        } else {
            appendLengthAndValue(value, to: &bytes)
        }
    }

    /// Adds what stands behind the name of a field of any bytes.
    static func appendLengthAndValue(_ value: ByteView, to bytes: inout [UInt8]) {
        bytes.append(newline)
        withUnsafeBytes(of: UInt64(value.count).littleEndian) { bytes.append(contentsOf: $0) }
        bytes.append(value)
        bytes.append(newline)
    }

    private static let newline = UInt8(ascii: "\n")
}

/// syslog's levels, as PRIORITY has them.
package enum JournalPriority: UInt8, Sendable {
    case emergency = 0
    case alert = 1
    case critical = 2
    case error = 3
    case warning = 4
    case notice = 5
    case info = 6
    case debug = 7

    /// The byte that stands for it in a record.
    var digit: UInt8 { UInt8(ascii: "0") + rawValue }
}

extension JournalRecord {
    package mutating func add(_ priority: JournalPriority) {
        add(.priority, priority.rawValue)
    }
}
