internal import Glibc

/// What a program takes from its surroundings.
package struct Environment {
    /// The value of a variable.
    package let variable: (String) -> String?
    /// The effective user.
    package let userID: UInt32
    /// Whether a file of that path exists.
    package let exists: (String) -> Bool
    /// The descriptor of the standard input.
    package var input = STDIN_FILENO
    /// The descriptor at which a user sees how far something is; nil: nobody looks.
    package var progress: Int32?

    /// Where the system's gafferd listens.
    package static let systemEndpoint = "unix:/run/gaffer/gafferd.sock"

    /// The process's own.
    package static var process: Environment {
        Environment(
            variable: { getenv($0).map { String(cString: $0) } },
            userID: geteuid(),
            exists: { access($0, F_OK) == 0 },
            progress: STDERR_FILENO
        )
    }

    /// A variable that is set and not empty.
    package func nonEmpty(_ name: String) -> String? {
        guard let value = variable(name), !value.isEmpty else { return nil }
        return value
    }

    /// The endpoint: `--endpoint`, `$GAFFER_ENDPOINT`, for an ordinary user the socket of a gafferd of their own where
    /// there is one, else the system's.
    package func endpoint(given: String?) -> String {
        if let given = given ?? nonEmpty("GAFFER_ENDPOINT") { return given }
        if userID != 0, let directory = nonEmpty("XDG_RUNTIME_DIR") {
            let path = "\(directory)/gaffer/gafferd.sock"
            if exists(path) { return "unix:\(path)" }
        }
        return Environment.systemEndpoint
    }

    /// Whether the output is coloured.
    ///
    /// - Parameters:
    ///   - choice: the value of `--color`.
    ///   - isTerminal: whether it goes to a terminal.
    package func isColored(choice: String, isTerminal: Bool) -> Bool {
        switch choice {
        case "always": return true
        case "never": return false
        default: break
        }
        if nonEmpty("NO_COLOR") != nil { return false }
        for name in ["FORCE_COLOR", "CLICOLOR_FORCE"] {
            if let value = nonEmpty(name), value != "0" { return true }
        }
        return isTerminal && variable("TERM") != "dumb"
    }
}
