internal import GafferModel

/// How many processes of each type are wanted: `web=2,worker=3`, `all=2`.
///
/// Several may be given, and each may hold several pairs, with commas or blanks between them; the later of two pairs
/// of one type wins. `all` stands for the types that are not named, which otherwise have one process each; 0 leaves a
/// type out.
package struct Formation: Sendable, Hashable {
    /// The type that stands for all that are not named.
    package static let all = "all"

    /// The counts that are named, without ``all``.
    package var counts: [String: Int]
    /// The count of the types that are not named.
    package var others: Int

    package init(counts: [String: Int] = [:], others: Int = 1) {
        self.counts = counts
        self.others = others
    }

    /// Reads the values of a command line's options.
    ///
    /// - Parameter option: how messages name it.
    /// - Throws: ``ConfigErrors`` with every pair that can't be read. Whether the types exist is not known here.
    package init(parsing texts: [String], option: String = "-c") throws(ConfigErrors) {
        self.init()
        var errors: [ConfigError] = []
        for pair in texts.flatMap({ $0.split { $0 == "," || $0 == " " || $0 == "\t" || $0 == "\n" } }) {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty else {
                errors.append(.ofOption(option, pair, "TYPE=NUMBER is expected, as web=2."))
                continue
            }
            let digits = parts[1].utf8
            let isNumber = digits.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            guard isNumber, let count = Int(parts[1]), count <= ScaleOperation.maximum else {
                let range = "0 to \(ScaleOperation.maximum)"
                errors.append(.ofOption(option, pair, "\(parts[1].cited) is no number of processes, \(range)."))
                continue
            }
            if parts[0] == Self.all { others = count } else { counts[String(parts[0])] = count }
        }
        guard errors.isEmpty else { throw ConfigErrors(errors) }
    }

    package func count(of type: String) -> Int {
        counts[type] ?? others
    }
}

extension ConfigError {
    /// What is wrong with an option of a command line.
    static func ofOption(_ option: String, _ value: some StringProtocol, _ message: String) -> ConfigError {
        ConfigError(file: "", message: "\(option) \(value.printable): \(message)")
    }
}
