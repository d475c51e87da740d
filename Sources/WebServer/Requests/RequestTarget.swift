package import GafferModel

/// The target of a request line, taken apart: `/jobs/default/web?wait=5`.
///
/// Percent-encoding is undone once, after the path is split, so that an encoded slash stays part of its segment.
package struct RequestTarget: Sendable, Hashable {
    /// The host of an absolute target (`http://host/path`), which wins over the header.
    package var authority: String?
    /// The path's segments, decoded; none for a single slash, and an empty last one where the path ends in a slash.
    package var segments: [String]
    /// The query's parameters, decoded.
    package var query: Query

    /// Takes a target apart.
    ///
    /// - Throws: `bad_request` where it is neither a path nor an absolute URL, or an escape in it can't be decoded.
    package init(parsing target: String) throws(GafferError) {
        var rest = target[...]
        if !rest.utf8.starts(with: "/".utf8) {
            let scheme = "http://"
            guard rest.lowercased().hasPrefix(scheme) else {
                throw GafferError(.badRequest, "\(JSON.string(target)) is no path: it has to begin with a slash.")
            }
            rest = rest.dropFirst(scheme.count)
            let end = rest.utf8.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") } ?? rest.endIndex
            authority = String(rest[..<end])
            rest = rest[end...]
        }
        if let mark = rest.utf8.firstIndex(of: UInt8(ascii: "?")) {
            query = try Query(parsing: rest[rest.utf8.index(after: mark)...])
            rest = rest[..<mark]
        } else {
            query = Query()
        }
        segments = try RequestTarget.segments(of: rest)
    }

    private static func segments(of path: Substring) throws(GafferError) -> [String] {
        var rest = path.utf8.dropFirst()
        guard !rest.isEmpty else { return [] }
        var segments: [String] = []
        while true {
            guard let slash = rest.firstIndex(of: UInt8(ascii: "/")) else {
                segments.append(try decoded(Substring(rest)))
                return segments
            }
            segments.append(try decoded(Substring(rest[..<slash])))
            rest = rest[rest.index(after: slash)...]
        }
    }

    /// Undoes percent-encoding.
    ///
    /// - Throws: `bad_request` where two hexadecimal digits are missing after a `%`, or where what comes out is no
    ///   UTF-8 or holds a control character.
    static func decoded(_ text: Substring) throws(GafferError) -> String {
        guard text.utf8.contains(where: { $0 == UInt8(ascii: "%") || $0 < 0x20 || $0 == 0x7F }) else {
            return String(text)
        }
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(hexadecimalValue),
                let low = rest.popFirst().flatMap(hexadecimalValue)
            else {
                throw GafferError(.badRequest, "\(JSON.string(String(text))) has a % without two hexadecimal digits.")
            }
            bytes.append(high << 4 | low)
        }
        guard !bytes.contains(where: { $0 < 0x20 || $0 == 0x7F }),
            let decoded = String(validating: bytes, as: UTF8.self)
        else {
            throw GafferError(
                .badRequest,
                "\(JSON.string(String(text))) holds a control character or bytes that are no UTF-8."
            )
        }
        return decoded
    }

    private static func hexadecimalValue(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
