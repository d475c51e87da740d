/// The text of server-sent events, by the HTML standard, section 9.2.
///
/// What comes from outside can't leave the field it is put in: data is cut at every kind of line end that a client
/// knows, and a name or an id that holds one can't be made.
package struct EventStreamEncoder: Sendable {
    /// One line: the name or the id of an event.
    package struct Field: Sendable, Hashable, CustomStringConvertible {
        let text: String

        /// Takes a text; nil where it holds a line end, or the zero byte, for which clients ignore an id.
        package init?(_ text: String) {
            guard !text.utf8.contains(where: { $0 == 0x0A || $0 == 0x0D || $0 == 0 }) else { return nil }
            self.text = text
        }

        /// A number.
        package init(_ number: some BinaryInteger) {
            text = String(number)
        }

        /// The text.
        package var description: String { text }
    }

    /// A comment, which clients don't tell anybody of: it only shows that we are still here.
    package static let heartbeat = Array(":\n\n".utf8)

    /// One event.
    ///
    /// - Parameters:
    ///   - id: what the client names as the last it has seen when it comes back.
    ///   - name: nil: `message`.
    ///   - data: UTF-8; each of its lines becomes a `data:` line.
    package static func event(id: Field? = nil, name: Field? = nil, data: some Collection<UInt8>) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(data.count + 64)
        if let id { append("id: ", id.text.utf8, to: &bytes) }
        if let name { append("event: ", name.text.utf8, to: &bytes) }
        appendLines("data: ", data, to: &bytes)
        bytes.append(0x0A)
        return bytes
    }

    /// A comment of one or more lines.
    package static func comment(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        appendLines(": ", text.utf8, to: &bytes)
        bytes.append(0x0A)
        return bytes
    }

    /// Tells the client how long to wait before it comes back after the end of the stream.
    package static func retry(after delay: Duration) -> [UInt8] {
        let (seconds, attoseconds) = delay.components
        let milliseconds = max(0, seconds * 1000 + attoseconds / 1_000_000_000_000_000)
        return Array("retry: \(milliseconds)\n\n".utf8)
    }

    private static func append(_ label: StaticString, _ value: some Sequence<UInt8>, to bytes: inout [UInt8]) {
        bytes.append(contentsOf: UnsafeBufferPointer(start: label.utf8Start, count: label.utf8CodeUnitCount))
        bytes.append(contentsOf: value)
        bytes.append(0x0A)
    }

    private static func appendLines(
        _ label: StaticString,
        _ text: some Collection<UInt8>,
        to bytes: inout [UInt8]
    ) {
        var rest = text[...]
        while let end = rest.firstIndex(where: { $0 == 0x0A || $0 == 0x0D }) {
            append(label, rest[..<end], to: &bytes)
            var next = rest.index(after: end)
            if rest[end] == 0x0D, next < rest.endIndex, rest[next] == 0x0A { next = rest.index(after: next) }
            rest = rest[next...]
        }
        append(label, rest, to: &bytes)
    }
}
