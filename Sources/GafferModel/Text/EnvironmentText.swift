/// Reads files of variables (`.env`, `env_file`).
///
/// | line | variable |
/// |---|---|
/// | empty, or `# …` | none |
/// | `KEY=value`, `export KEY=value` | blanks around the value are cut off, and what follows ` #` |
/// | `KEY="a \"b\"\n"` | `\n`, `\t`, `\r`, `\"`, `\\` and `\$` are read |
/// | `KEY='a "b"'` | nothing is special |
///
/// Keys are `[A-Za-z_][A-Za-z0-9_.-]*`; a later line wins. Nothing is expanded.
public enum EnvironmentText {
    /// - Throws: ``GafferError`` (`bad_value`) that names the line that can't be read.
    public static func parse(_ content: [UInt8], file: String) throws(GafferError) -> [String: String] {
        var variables: [String: String] = [:]
        var number = 0
        for bytes in content.split(separator: 0x0A, omittingEmptySubsequences: false) {
            number += 1
            func failure(_ message: String) -> GafferError {
                GafferError(.badValue, "\(file):\(number): \(message)")
            }
            guard !bytes.contains(0), let text = String(validating: bytes, as: UTF8.self) else {
                throw failure("the line is not UTF-8, or holds a NUL.")
            }
            var line = text.trimmed[...]
            guard !line.isEmpty, !line.hasPrefix("#") else { continue }
            if line.hasPrefix("export "), let equals = line.firstIndex(of: "="), equals > line.startIndex {
                line = line.dropFirst(7)
            }
            guard let equals = line.firstIndex(of: "=") else { throw failure("it is not KEY=VALUE.") }
            let key = line[..<equals].trimmed
            guard isKey(key) else { throw failure("\(JSON.string(key)) can't name a variable.") }
            guard let value = value(line[line.index(after: equals)...].trimmed) else {
                throw failure("the quote of \(key) is not closed.")
            }
            variables[key] = value
        }
        return variables
    }

    private static func isKey(_ text: String) -> Bool {
        guard let first = text.unicodeScalars.first, first == "_" || first.properties.isAlphabetic && first.isASCII
        else { return false }
        return text.unicodeScalars.allSatisfy { scalar in
            scalar.isASCII
                && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil
                    || scalar == "_" || scalar == "." || scalar == "-")
        }
    }

    private static func value(_ text: String) -> String? {
        guard let quote = text.first, quote == "'" || quote == "\"" else {
            var end = text.endIndex
            var isAfterBlank = true
            for index in text.indices {
                if text[index] == "#", isAfterBlank {
                    end = index
                    break
                }
                isAfterBlank = text[index] == " " || text[index] == "\t"
            }
            return text[..<end].trimmed
        }
        var value = ""
        var rest = text.dropFirst()
        while let character = rest.popFirst() {
            if character == quote { return value }
            guard character == "\\", quote == "\"", let next = rest.first else {
                value.append(character)
                continue
            }
            rest.removeFirst()
            switch next {
            case "n": value.append("\n")
            case "t": value.append("\t")
            case "r": value.append("\r")
            case "\"", "\\", "$": value.append(next)
            default: value += "\\\(next)"
            }
        }
        return nil
    }
}
