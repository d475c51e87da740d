/// Something that a check has to say about a file.
package struct ConfigFinding: Sendable, Hashable, CustomStringConvertible {
    package enum Severity: String, Sendable, CaseIterable {
        /// It can't be used so.
        case error
        /// It can, but is hardly what was meant.
        case warning
    }

    package var severity: Severity
    /// What, and where.
    package var error: ConfigError

    package init(_ severity: Severity, _ error: ConfigError) {
        self.severity = severity
        self.error = error
    }

    /// As ``ConfigError``; the message of a warning begins with `warning:`.
    package var description: String {
        guard severity == .warning else { return error.description }
        var warning = error
        warning.message = "warning: " + warning.message
        return warning.description
    }
}
