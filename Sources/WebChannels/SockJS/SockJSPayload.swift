/// What a client sends: an array of strings in JSON, or one string.
package enum SockJSPayload {
    /// Why there are no messages in it.
    package enum Failure: Error, Sendable, Hashable {
        /// There is nothing at all.
        case empty
        /// It is no array of strings.
        case broken

        /// What clients are told.
        package var message: String {
            switch self {
            case .empty: "Payload expected."
            case .broken: "Broken JSON encoding."
            }
        }
    }

    /// Reads the messages.
    ///
    /// Half of a surrogate pair, which a browser's strings may hold but UTF-8 can't, becomes U+FFFD, as a browser's
    /// own websocket has it. All else is as strict as JSON is.
    package static func messages(in payload: [UInt8]) throws(Failure) -> [String] {
        let result: Result<[String], Failure> = payload.withUnsafeBufferPointer { buffer in
            var reader = Reader(bytes: buffer)
            return Result { () throws(Failure) in try reader.messages() }
        }
        return try result.get()
    }

    /// The payload in a body: of a form the field `d`, otherwise all.
    package static func payload(ofForm body: [UInt8], contentType: String?) -> [UInt8] {
        let type = contentType?.split(separator: ";", omittingEmptySubsequences: false).first
        guard let type, type.filter({ $0 != " " }).lowercased() == "application/x-www-form-urlencoded" else {
            return body
        }
        for field in body.split(separator: UInt8(ascii: "&")) where field.starts(with: "d=".utf8) {
            return decoded(field.dropFirst(2))
        }
        return []
    }

    /// Undoes the encoding of forms; a `%` without two hexadecimal digits stands for itself.
    private static func decoded(_ value: ArraySlice<UInt8>) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(value.count)
        var index = value.startIndex
        while index < value.endIndex {
            let byte = value[index]
            index += 1
            switch byte {
            case UInt8(ascii: "+"): bytes.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                guard index + 1 < value.endIndex, let high = hexadecimalValue(value[index]),
                    let low = hexadecimalValue(value[index + 1])
                else { fallthrough }
                bytes.append(UInt8(high << 4 | low))
                index += 2
            default: bytes.append(byte)
            }
        }
        return bytes
    }

    fileprivate static func hexadecimalValue(_ byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A") + 10)
        default: nil
        }
    }
}

/// Goes through a payload once.
private struct Reader {
    let bytes: UnsafeBufferPointer<UInt8>
    var position = 0

    init(bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    private var current: UInt8? {
        position < bytes.count ? bytes[position] : nil
    }

    private mutating func skipBlanks() {
        while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    /// Goes over a byte where it is the next.
    private mutating func skip(_ byte: UInt8) -> Bool {
        guard current == byte else { return false }
        position += 1
        return true
    }

    mutating func messages() throws(SockJSPayload.Failure) -> [String] {
        skipBlanks()
        guard current != nil else { throw .empty }
        let messages = current == UInt8(ascii: "[") ? try array() : [try string()]
        skipBlanks()
        guard current == nil else { throw .broken }
        return messages
    }

    private mutating func array() throws(SockJSPayload.Failure) -> [String] {
        position += 1
        skipBlanks()
        if skip(UInt8(ascii: "]")) { return [] }
        var messages: [String] = []
        while true {
            skipBlanks()
            messages.append(try string())
            skipBlanks()
            if skip(UInt8(ascii: "]")) { return messages }
            guard skip(UInt8(ascii: ",")) else { throw .broken }
        }
    }

    private mutating func string() throws(SockJSPayload.Failure) -> String {
        guard skip(UInt8(ascii: "\"")) else { throw .broken }
        var start = position
        var content: [UInt8] = []
        while let byte = current {
            switch byte {
            case UInt8(ascii: "\""):
                let rest = UnsafeBufferPointer(rebasing: bytes[start..<position])
                position += 1
                let text: String?
                if content.isEmpty {
                    text = String(validating: rest, as: UTF8.self)
                } else {
                    content.append(contentsOf: rest)
                    text = String(validating: content, as: UTF8.self)
                }
                guard let text else { throw .broken }
                return text
            case UInt8(ascii: "\\"):
                content.append(contentsOf: bytes[start..<position])
                position += 1
                try escape(into: &content)
                start = position
            case 0..<0x20: throw .broken
            default: position += 1
            }
        }
        throw .broken
    }

    private mutating func escape(into content: inout [UInt8]) throws(SockJSPayload.Failure) {
        guard let byte = current else { throw .broken }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): content.append(byte)
        case UInt8(ascii: "b"): content.append(0x08)
        case UInt8(ascii: "f"): content.append(0x0C)
        case UInt8(ascii: "n"): content.append(0x0A)
        case UInt8(ascii: "r"): content.append(0x0D)
        case UInt8(ascii: "t"): content.append(0x09)
        case UInt8(ascii: "u"):
            let scalar = Unicode.Scalar(try codePoint()) ?? "\u{FFFD}"
            content.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
        default: throw .broken
        }
    }

    /// What `\u` is followed by, and the other half of a pair with it.
    private mutating func codePoint() throws(SockJSPayload.Failure) -> UInt32 {
        let unit = try codeUnit()
        guard unit & 0xFC00 == 0xD800 else { return unit }
        let beforePair = position
        guard skip(UInt8(ascii: "\\")), skip(UInt8(ascii: "u")) else {
            position = beforePair
            return unit
        }
        let low = try codeUnit()
        guard low & 0xFC00 == 0xDC00 else {
            // It is another character, or the first half of another pair.
            position = beforePair
            return unit
        }
        return 0x10000 + (unit & 0x3FF) << 10 + (low & 0x3FF)
    }

    private mutating func codeUnit() throws(SockJSPayload.Failure) -> UInt32 {
        guard position + 4 <= bytes.count else { throw .broken }
        var unit: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = SockJSPayload.hexadecimalValue(bytes[position]) else { throw .broken }
            unit = unit << 4 | digit
            position += 1
        }
        return unit
    }
}
