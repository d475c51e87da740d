package import GafferModel

/// What became of one key of a configuration that was imported, or of a whole section.
package struct ImportFinding: Sendable, Hashable {
    package enum Verdict: String, Sendable, CaseIterable {
        /// gaffer does the same.
        case carried
        /// gaffer does what comes nearest; the text says what differs.
        case changed
        /// Nothing of it is in the ini; the text says why, and what to do instead.
        case leftOut = "left out"
    }

    package var file: String
    /// Counted from 1.
    package var line: Int
    /// As `program:web`.
    package var section: String
    /// nil: the finding is about the section.
    package var key: String?
    /// nil where it is nobody's to see: variables and passwords.
    package var value: String?
    package var verdict: Verdict
    /// A sentence, or the lines of the ini that came of it.
    package var text: String
}

extension ImportFinding {
    /// A section of which nothing is in the ini.
    init(leftOut section: ForeignSection, _ text: String) {
        self.init(
            file: section.file,
            line: section.line,
            section: section.name,
            key: nil,
            value: nil,
            verdict: .leftOut,
            text: text
        )
    }

    /// What became of one setting; the value of a secret one is not told.
    init(_ setting: ForeignSection.Setting, of section: String, isSecret: Bool, _ verdict: Verdict, _ text: String) {
        self.init(
            file: setting.file,
            line: setting.line,
            section: section,
            key: setting.key,
            value: isSecret ? nil : setting.value,
            verdict: verdict,
            text: text
        )
    }
}

extension ImportFinding: CustomStringConvertible {
    /// For example `supervisord.conf:12: [program:web] numprocs = 4: carried: numprocesses = 4`.
    package var description: String {
        var place = "\(file.printable):\(line):\(section.isEmpty ? "" : " [\(section.printable)]")"
        if let key {
            place += " \(key.printable)"
            if let value { place += " = \(value.printable)" }
        }
        return "\(place): \(verdict.rawValue): \(text)"
    }

    /// An object of `file`, `line`, `section`, `key` and `value` (null where there is none), `verdict`, `text`.
    package var json: JSON {
        [
            "file": .string(file),
            "line": .integer(Int64(line)),
            "section": .string(section),
            "key": key.map(JSON.string) ?? .null,
            "value": value.map(JSON.string) ?? .null,
            "verdict": .string(verdict.rawValue),
            "text": .string(text),
        ]
    }
}

/// What an import made.
package struct ImportedConfiguration: Sendable, Hashable {
    /// Sections of jobs, for a file that gafferd's configuration includes.
    package var ini: String
    /// The jobs in it, in its order.
    package var jobs: [JobName]
    /// What became of each key, in the order in which they are written.
    package var findings: [ImportFinding]

    package func count(_ verdict: ImportFinding.Verdict) -> Int {
        findings.count { $0.verdict == verdict }
    }

    /// As `3 jobs; 20 carried over, 4 with a changed meaning, 2 left out`.
    package var summary: String {
        "\(jobs.count) \(jobs.count == 1 ? "job" : "jobs"); \(count(.carried)) carried over, "
            + "\(count(.changed)) with a changed meaning, \(count(.leftOut)) left out"
    }

    /// Each finding on a line, and the summary below.
    ///
    /// - Parameter all: whether to tell of what was carried over as it is, too.
    package func report(all: Bool = false) -> String {
        let told = findings.filter { all || $0.verdict != .carried }
        return (told.map(\.description) + [summary + "."]).joined(separator: "\n") + "\n"
    }
}
