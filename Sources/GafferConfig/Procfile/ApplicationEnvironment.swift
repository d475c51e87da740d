internal import GafferModel

/// The variables of an application's `.env` files, and where each was found.
struct ApplicationEnvironment {
    /// The longest file, in bytes.
    static let maximumSize = 1 << 20
    /// The longest `NAME=value`, in bytes: the kernel hands no longer one to a program.
    static let maximumVariable = 128 << 10

    struct Place: Hashable {
        var file: String
        var line: Int
    }

    private(set) var variables: [String: String] = [:]
    private(set) var places: [String: Place] = [:]
    private(set) var findings: [ConfigFinding] = []

    /// Reads all files; a later one wins.
    init(_ texts: [ApplicationSources.Text]) {
        for text in texts { read(text) }
    }

    private mutating func read(_ text: ApplicationSources.Text) {
        guard text.content.count <= Self.maximumSize else {
            let limit = ByteSize.human(UInt64(Self.maximumSize))
            return fail(.error, text.file, 0, "The file is longer than \(limit).")
        }
        let (found, failures) = EnvironmentText.read(text.content)
        for failure in failures { fail(.error, text.file, failure.line, failure.message.sentence) }
        var lines: [String: Int] = [:]
        for variable in found {
            guard variable.name.utf8.count + variable.value.utf8.count + 2 <= Self.maximumVariable else {
                let message = "\(variable.name.printable) is longer than \(Self.maximumVariable) bytes."
                fail(.error, text.file, variable.line, message)
                continue
            }
            if let first = lines.updateValue(variable.line, forKey: variable.name) {
                let message = "\(variable.name.printable) is set in line \(first) already; the later one holds."
                fail(.warning, text.file, variable.line, message)
            }
            variables[variable.name] = variable.value
            places[variable.name] = Place(file: text.file, line: variable.line)
        }
    }

    private mutating func fail(_ severity: ConfigFinding.Severity, _ file: String, _ line: Int, _ message: String) {
        findings.append(ConfigFinding(severity, ConfigError(file: file, line: line, message: message)))
    }
}

extension String {
    /// A clause as a sentence.
    var sentence: String { prefix(1).uppercased() + dropFirst() + (hasSuffix(".") ? "" : ".") }
}
