extension JSON {
    /// Why a text is not JSON, and where.
    public struct ParseError: Error, Sendable, Hashable, CustomStringConvertible {
        /// A sentence.
        public let message: String
        /// The offset of the byte where it was noticed, from 0.
        public let offset: Int

        /// The offset and the message, on one line.
        public var description: String { "byte \(offset): \(message)" }
    }

    /// Reads a JSON text (RFC 8259), strictly.
    ///
    /// Refused are: anything after the value, invalid UTF-8, lone surrogates, members of one name, numbers that are not
    /// finite, and deeper nesting than asked for, so that a hostile text can exhaust neither stack nor patience.
    ///
    /// - Parameter maximumDepth: how many arrays and objects may be open at once.
    /// - Throws: ``ParseError``.
    public init(parsing bytes: [UInt8], maximumDepth: Int = 32) throws(ParseError) {
        let result: Result<JSON, ParseError> = bytes.withUnsafeBufferPointer { buffer in
            var parser = JSONParser(bytes: buffer, maximumDepth: maximumDepth)
            return Result { () throws(ParseError) in try parser.document() }
        }
        self = try result.get()
    }

    /// Reads a JSON text, as ``init(parsing:maximumDepth:)-([UInt8],Int)`` does.
    ///
    /// - Throws: ``ParseError``.
    public init(parsing text: String, maximumDepth: Int = 32) throws(ParseError) {
        try self.init(parsing: Array(text.utf8), maximumDepth: maximumDepth)
    }
}

/// Goes through a text once, by recursion no deeper than `maximumDepth`.
private struct JSONParser {
    let bytes: UnsafeBufferPointer<UInt8>
    let maximumDepth: Int
    var position = 0
    var depth = 0

    init(bytes: UnsafeBufferPointer<UInt8>, maximumDepth: Int) {
        self.bytes = bytes
        self.maximumDepth = maximumDepth
    }

    mutating func document() throws(JSON.ParseError) -> JSON {
        skipBlanks()
        let value = try value()
        skipBlanks()
        guard position == bytes.count else { throw error("Something follows the value.") }
        return value
    }

    private func error(_ message: String) -> JSON.ParseError {
        JSON.ParseError(message: message, offset: position)
    }

    private var current: UInt8? {
        position < bytes.count ? bytes[position] : nil
    }

    private mutating func skipBlanks() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x0A, 0x0D, 0x09: position += 1
            default: return
            }
        }
    }

    private mutating func value() throws(JSON.ParseError) -> JSON {
        switch current {
        case UInt8(ascii: "{"): return try nested { parser throws(JSON.ParseError) in try parser.object() }
        case UInt8(ascii: "["): return try nested { parser throws(JSON.ParseError) in try parser.array() }
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case .some(UInt8(ascii: "-")), .some(UInt8(ascii: "0")...UInt8(ascii: "9")): return try number()
        case nil: throw error("The text ends where a value is expected.")
        default: throw error("A value is expected here.")
        }
    }

    private mutating func nested(
        _ body: (inout JSONParser) throws(JSON.ParseError) -> JSON
    ) throws(JSON.ParseError) -> JSON {
        guard depth < maximumDepth else { throw error("It is nested deeper than \(maximumDepth) levels.") }
        depth += 1
        position += 1
        let value = try body(&self)
        depth -= 1
        return value
    }

    private mutating func word(_ text: StaticString, _ value: JSON) throws(JSON.ParseError) -> JSON {
        let count = text.utf8CodeUnitCount
        guard position + count <= bytes.count,
            (0..<count).allSatisfy({ bytes[position + $0] == text.utf8Start[$0] })
        else { throw error("A value is expected here.") }
        position += count
        return value
    }

    private mutating func array() throws(JSON.ParseError) -> JSON {
        var elements: [JSON] = []
        skipBlanks()
        if current == UInt8(ascii: "]") {
            position += 1
            return .array([])
        }
        while true {
            skipBlanks()
            elements.append(try value())
            skipBlanks()
            switch current {
            case UInt8(ascii: ","): position += 1
            case UInt8(ascii: "]"):
                position += 1
                return .array(elements)
            default: throw error("A comma or the end of the array is expected here.")
            }
        }
    }

    private mutating func object() throws(JSON.ParseError) -> JSON {
        var members: [JSON.Member] = []
        var names: Set<String> = []
        skipBlanks()
        if current == UInt8(ascii: "}") {
            position += 1
            return .object([])
        }
        while true {
            skipBlanks()
            guard current == UInt8(ascii: "\"") else { throw error("The name of a member is expected here.") }
            let start = position
            let name = try string()
            // Few members are searched one by one; a set is made only for many.
            let isTaken: Bool
            if members.count < 16 {
                isTaken = members.contains { $0.name == name }
            } else {
                if names.isEmpty { names = Set(members.map(\.name)) }
                isTaken = !names.insert(name).inserted
            }
            if isTaken {
                position = start
                throw error("A member is named twice: \(name.cited).")
            }
            skipBlanks()
            guard current == UInt8(ascii: ":") else { throw error("A colon is expected here.") }
            position += 1
            skipBlanks()
            members.append(JSON.Member(name, try value()))
            skipBlanks()
            switch current {
            case UInt8(ascii: ","): position += 1
            case UInt8(ascii: "}"):
                position += 1
                return .object(members)
            default: throw error("A comma or the end of the object is expected here.")
            }
        }
    }

    private mutating func number() throws(JSON.ParseError) -> JSON {
        let start = position
        var isInteger = true
        if current == UInt8(ascii: "-") { position += 1 }
        if current == UInt8(ascii: "0") {
            position += 1
        } else {
            try digits()
        }
        if current == UInt8(ascii: ".") {
            isInteger = false
            position += 1
            try digits()
        }
        if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
            isInteger = false
            position += 1
            if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { position += 1 }
            try digits()
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if isInteger, let integer = Int64(text) { return .integer(integer) }
        guard let double = Double(text), double.isFinite else {
            position = start
            throw error("The number is too large.")
        }
        return .double(double)
    }

    private mutating func digits() throws(JSON.ParseError) {
        let start = position
        while let byte = current, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") { position += 1 }
        guard position > start else { throw error("A digit is expected here.") }
    }

    private mutating func string() throws(JSON.ParseError) -> String {
        position += 1
        let start = position
        while let byte = current, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 { position += 1 }
        if current == UInt8(ascii: "\"") {
            // The usual case: nothing is escaped, so that the bytes are taken as they stand.
            let text = try validated(UnsafeBufferPointer(rebasing: bytes[start..<position]), at: start)
            position += 1
            return text
        }
        var content = Array(bytes[start..<position])
        while true {
            switch current {
            case nil:
                throw error("The text ends within a string.")
            case UInt8(ascii: "\""):
                let text = try content.withUnsafeBufferPointer { buffer throws(JSON.ParseError) in
                    try validated(buffer, at: start)
                }
                position += 1
                return text
            case UInt8(ascii: "\\"):
                try escape(into: &content)
            case .some(let byte):
                guard byte >= 0x20 else { throw error("A control character in a string has to be escaped.") }
                content.append(byte)
                position += 1
            }
        }
    }

    private func validated(
        _ buffer: UnsafeBufferPointer<UInt8>,
        at start: Int
    ) throws(JSON.ParseError) -> String {
        guard let text = String(validating: buffer, as: UTF8.self) else {
            throw JSON.ParseError(message: "A string is not UTF-8.", offset: start)
        }
        return text
    }

    private mutating func escape(into content: inout [UInt8]) throws(JSON.ParseError) {
        position += 1
        switch current {
        case UInt8(ascii: "\""): content.append(UInt8(ascii: "\""))
        case UInt8(ascii: "\\"): content.append(UInt8(ascii: "\\"))
        case UInt8(ascii: "/"): content.append(UInt8(ascii: "/"))
        case UInt8(ascii: "b"): content.append(0x08)
        case UInt8(ascii: "f"): content.append(0x0C)
        case UInt8(ascii: "n"): content.append(0x0A)
        case UInt8(ascii: "r"): content.append(0x0D)
        case UInt8(ascii: "t"): content.append(0x09)
        case UInt8(ascii: "u"):
            position += 1
            var scalar = try hexadecimal()
            if scalar & 0xFC00 == 0xD800 {
                guard current == UInt8(ascii: "\\"), position + 1 < bytes.count,
                    bytes[position + 1] == UInt8(ascii: "u")
                else { throw error("A high surrogate stands alone.") }
                position += 2
                let low = try hexadecimal()
                guard low & 0xFC00 == 0xDC00 else { throw error("A high surrogate stands alone.") }
                scalar = 0x10000 + (scalar & 0x3FF) << 10 + (low & 0x3FF)
            }
            guard let unicode = Unicode.Scalar(scalar) else { throw error("A low surrogate stands alone.") }
            content.append(contentsOf: Array(String(Character(unicode)).utf8))
            return
        case nil: throw error("The text ends within a string.")
        default: throw error("There is no such escape.")
        }
        position += 1
    }

    private mutating func hexadecimal() throws(JSON.ParseError) -> UInt32 {
        guard position + 4 <= bytes.count else { throw error("The text ends within an escape.") }
        var value: UInt32 = 0
        for _ in 0..<4 {
            let byte = bytes[position]
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
            default: throw error("A hexadecimal digit is expected here.")
            }
            value = value << 4 + UInt32(digit)
            position += 1
        }
        return value
    }
}
