package import GafferModel

/// The colour of a job's lines: always the same one for a name, whatever else runs.
package enum ConsoleColor: Int, Sendable, CaseIterable {
    case cyan, yellow, green, magenta, red, blue
    case intenseCyan, intenseYellow, intenseGreen, intenseMagenta, intenseRed, intenseBlue

    /// What ends a colour.
    package static let reset = "\u{1B}[0m"

    /// What a terminal begins the colour by.
    package var sequence: String {
        let code =
            switch self {
            case .cyan: 36
            case .yellow: 33
            case .green: 32
            case .magenta: 35
            case .red: 31
            case .blue: 34
            case .intenseCyan: 96
            case .intenseYellow: 93
            case .intenseGreen: 92
            case .intenseMagenta: 95
            case .intenseRed: 91
            case .intenseBlue: 94
            }
        return "\u{1B}[\(code)m"
    }

    /// The colour of a job, by a hash of its name (FNV-1a: Swift's own differs from run to run).
    package static func of(_ job: JobName) -> ConsoleColor {
        var hash: UInt32 = 2_166_136_261
        for byte in job.description.utf8 { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
        // Its low bits alone are a poor choice for names that differ in the last letter.
        return allCases[Int((hash ^ (hash >> 16)) % UInt32(allCases.count))]
    }

    /// Whether to use colours: on a terminal that has them, unless NO_COLOR is set to anything but nothing.
    package static func areWanted(isTerminal: Bool, environment: (String) -> String?) -> Bool {
        guard isTerminal, environment("TERM") != "dumb" else { return false }
        return environment("NO_COLOR")?.isEmpty ?? true
    }
}
