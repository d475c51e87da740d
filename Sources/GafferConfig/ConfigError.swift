/// Something that is wrong in a configuration, and where.
package struct ConfigError: Error, Sendable, Hashable {
    /// The file as it was named; empty for a command line.
    package var file: String
    /// Counted from 1; 0: the whole file.
    package var line: Int
    /// As `process:web`.
    package var section: String?
    package var key: String?
    package var value: String?
    /// A sentence without the things above.
    package var message: String

    package init(
        file: String,
        line: Int = 0,
        section: String? = nil,
        key: String? = nil,
        value: String? = nil,
        message: String
    ) {
        self.file = file
        self.line = line
        self.section = section
        self.key = key
        self.value = value
        self.message = message
    }
}

extension ConfigError: CustomStringConvertible {
    /// As `/etc/gaffer/gafferd.ini:12: [process:web] numprocesses = many: a whole number is expected.`
    package var description: String {
        var text = file
        if line > 0 { text += ":\(line)" }
        text += ": "
        if let section { text += "[\(section.escaped)] " }
        if let key {
            text += key.escaped
            if let value { text += " = \(value.escaped)" }
            text += ": "
        }
        return text + message
    }
}

/// Everything that is wrong in a configuration.
package struct ConfigErrors: Error, Sendable, Hashable, CustomStringConvertible {
    package var errors: [ConfigError]

    package init(_ errors: [ConfigError]) {
        self.errors = errors
    }

    /// A line each.
    package var description: String { errors.map(\.description).joined(separator: "\n") }
}

extension String {
    /// Without anything that a terminal could take for a command, and not endless.
    var escaped: String {
        var result = ""
        for scalar in unicodeScalars.prefix(200) {
            if scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) {
                result += "\\x" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return unicodeScalars.count > 200 ? result + "…" : result
    }
}
