/// How a text is shown where colours are wanted; the words alone tell everything, too.
package enum Style: Sendable {
    case plain, heading, good, busy, bad, faint

    /// The text between the sequences that switch the style on and off.
    package func applied(to text: String) -> String {
        code.isEmpty || text.isEmpty ? text : "\u{1B}[\(code)m\(text)\u{1B}[0m"
    }

    /// What switches it on, between `ESC [` and `m`.
    package var code: String {
        switch self {
        case .plain: ""
        case .heading: "1"
        case .good: "32"
        case .busy: "33"
        case .bad: "1;31"
        case .faint: "2"
        }
    }

    /// The style of a job's or a process's state.
    package init(state: String) {
        self =
            switch state {
            case "running": .good
            case "starting", "stopping", "backoff": .busy
            case "failed", "flapping": .bad
            case "idle", "stopped", "finished": .faint
            default: .plain
            }
    }
}
