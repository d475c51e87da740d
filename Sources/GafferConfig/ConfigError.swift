internal import GafferModel

/// Something that is wrong in a configuration, and where.
package struct ConfigError: Error, Sendable, Hashable {
    /// The file as it was named; empty for a command line.
    package var file: String
    /// Counted from 1; 0: the whole file.
    package var line: Int
    /// Counted from 1, in characters of Unicode; 0: the whole line.
    package var column: Int
    /// As `process:web`.
    package var section: String?
    package var key: String?
    package var value: String?
    /// A sentence without the things above; what it quotes of a file is ``printable``.
    package var message: String

    package init(
        file: String,
        line: Int = 0,
        column: Int = 0,
        section: String? = nil,
        key: String? = nil,
        value: String? = nil,
        message: String
    ) {
        self.file = file
        self.line = line
        self.column = column
        self.section = section
        self.key = key
        self.value = value
        self.message = message
    }
}

extension ConfigError: CustomStringConvertible {
    /// The place, the setting and the message, on one line.
    ///
    /// For example `/etc/gaffer/gafferd.ini:12: [process:web] numprocesses = many: a whole number is expected.`
    package var description: String {
        var text = file.printable
        if line > 0 { text += ":\(line)" }
        if line > 0, column > 0 { text += ":\(column)" }
        if !text.isEmpty { text += ": " }
        if let section { text += "[\(section.printable)] " }
        if let key {
            text += key.printable
            if let value { text += " = \(value.printable)" }
            text += ": "
        }
        return text + message
    }
}

/// Everything that is wrong in a configuration.
package struct ConfigErrors: Error, Sendable, Hashable, CustomStringConvertible {
    /// How many are told at most.
    static let limit = 1000

    package var errors: [ConfigError]

    package init(_ errors: [ConfigError]) {
        self.errors = errors
    }

    /// A line each.
    package var description: String { errors.map(\.description).joined(separator: "\n") }
}
