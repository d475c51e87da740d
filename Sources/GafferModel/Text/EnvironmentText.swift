/// Reads files of variables (`.env`, `env_file`).
///
/// | line | variable |
/// |---|---|
/// | empty, or `# …` | none |
/// | `KEY=value`, `export KEY=value` | blanks around the value are cut off, and what follows ` #` |
/// | `KEY="a \"b\"\n"` | `\n`, `\t`, `\r`, `\"`, `\\` and `\$` are read |
/// | `KEY='a "b"'` | nothing is special |
///
/// Keys are `[A-Za-z_][A-Za-z0-9_.-]*`; a later line wins. A value ends with its line, and only a comment may follow a
/// closing quote. Nothing is expanded.
public enum EnvironmentText {
    /// A variable, and where it was found.
    package struct Variable: Sendable, Hashable {
        package var name: String
        package var value: String
        /// Counted from 1.
        package var line: Int
    }

    /// A line that can't be read.
    package struct Failure: Error, Sendable, Hashable {
        /// Counted from 1.
        package var line: Int
        /// A clause, as `it is not KEY=VALUE`.
        package var message: String
    }

    /// Reads the content of a file.
    ///
    /// - Parameter file: how messages name it.
    /// - Throws: ``GafferError`` (`bad_value`) that names the line that can't be read.
    public static func parse(_ content: [UInt8], file: String) throws(GafferError) -> [String: String] {
        let (variables, failures) = read(content)
        if let failure = failures.first {
            throw GafferError(.badValue, "\(file.printable):\(failure.line): \(failure.message).")
        }
        return variables.reduce(into: [:]) { $0[$1.name] = $1.value }
    }

    /// Reads all lines that can be read, in their order.
    ///
    /// - Parameter failureLimit: after so many lines that can't be read it is no such file, and the rest is left.
    package static func read(
        _ content: [UInt8],
        failureLimit: Int = 100
    ) -> (variables: [Variable], failures: [Failure]) {
        var variables: [Variable] = []
        var failures: [Failure] = []
        var bytes = content[...]
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes = bytes.dropFirst(3) }
        var number = 0
        for line in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
            number += 1
            guard failures.count < failureLimit else {
                failures.append(Failure(line: number, message: "there are too many errors: the rest is not read"))
                break
            }
            do throws(SettingError) {
                guard let (key, value) = try variable(line) else { continue }
                variables.append(Variable(name: key, value: value, line: number))
            } catch {
                failures.append(Failure(line: number, message: error.message))
            }
        }
        return (variables, failures)
    }

    /// The variable of one line; nil: it has none.
    private static func variable(_ line: ArraySlice<UInt8>) throws(SettingError) -> (key: String, value: String)? {
        let line = trimmed(line)
        guard let first = line.first, first != UInt8(ascii: "#") else { return nil }
        guard !line.contains(0), String(validating: line, as: UTF8.self) != nil else {
            throw SettingError("the line is not UTF-8, or holds a NUL")
        }
        guard let equals = line.firstIndex(of: UInt8(ascii: "=")) else { throw SettingError("it is not KEY=VALUE") }
        var key = trimmed(line[..<equals])
        let export = Array("export".utf8)
        if key.starts(with: export), let next = key.dropFirst(export.count).first, isBlank(next) {
            key = trimmed(key.dropFirst(export.count))
        }
        guard isKey(key) else {
            throw SettingError("\(String(decoding: key, as: UTF8.self).cited) can't name a variable")
        }
        let name = String(decoding: key, as: UTF8.self)
        return (name, try value(line[(equals + 1)...], of: name))
    }

    private static func isKey(_ key: ArraySlice<UInt8>) -> Bool {
        guard let first = key.first, !isDigit(first), first != UInt8(ascii: "."), first != UInt8(ascii: "-") else {
            return false
        }
        return key.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"),
                UInt8(ascii: "."), UInt8(ascii: "-"):
                true
            default: isDigit(byte)
            }
        }
    }

    private static func value(_ written: ArraySlice<UInt8>, of key: String) throws(SettingError) -> String {
        let text = trimmed(written)
        guard let quote = text.first, quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else {
            return String(decoding: trimmed(withoutComment(written)), as: UTF8.self)
        }
        var value: [UInt8] = []
        var index = text.startIndex + 1
        while index < text.endIndex {
            let byte = text[index]
            index += 1
            if byte == quote {
                let rest = text[index...]
                guard trimmed(withoutComment(rest)).isEmpty else {
                    throw SettingError("something follows the closing quote of \(key.printable)")
                }
                return String(decoding: value, as: UTF8.self)
            }
            guard byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\""), index < text.endIndex else {
                value.append(byte)
                continue
            }
            switch text[index] {
            case UInt8(ascii: "n"): value.append(0x0A)
            case UInt8(ascii: "t"): value.append(0x09)
            case UInt8(ascii: "r"): value.append(0x0D)
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "$"): value.append(text[index])
            case let other: value += [byte, other]
            }
            index += 1
        }
        throw SettingError("the quote of \(key.printable) is not closed")
    }

    /// Without a `#` that follows a blank, and what comes after it.
    private static func withoutComment(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var previous: UInt8?
        for index in text.indices {
            if text[index] == UInt8(ascii: "#"), let previous, isBlank(previous) { return text[..<index] }
            previous = text[index]
        }
        return text
    }

    private static func trimmed(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let text = text.drop(while: isBlank)
        guard let last = text.lastIndex(where: { !isBlank($0) }) else { return text.prefix(0) }
        return text[...last]
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0D
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
