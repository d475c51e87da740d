/// Which events somebody wants: `.` for all, or the beginning of their names, component by component.
///
/// `spawn` wants that event of every job, `job.shop` all events of a session's jobs, `proc.7` those of a process,
/// `proc.web.exit` one event of one job. `proc.default.web`, `proc.web` and `job.web` mean the same job. A dot at the
/// end is ignored. Names are told apart by case.
public struct EventPattern: Sendable, Hashable {
    /// The longest pattern, in bytes.
    public static let maximumLength = 256

    /// Wants every event.
    public static let all = EventPattern(components: [])

    /// None: all events.
    private let components: [String]
    /// The second component where it is a number as it is published.
    private let pid: Int?

    private init(components: [String]) {
        self.components = components
        pid =
            components.count > 1
            ? Int(components[1]).flatMap { String($0) == components[1] ? $0 : nil } : nil
    }

    /// Reads a pattern.
    ///
    /// - Throws: ``GafferError`` with the code ``GafferError/Code/badRequest`` where it is empty or too long, has an empty
    ///   component, or a character that no name has.
    public init(_ text: String) throws(GafferError) {
        func refuse(_ reason: String) -> GafferError {
            GafferError(.badRequest, "\(text.cited) is no pattern of events: \(reason).")
        }
        guard text != "." else {
            self = .all
            return
        }
        guard !text.isEmpty else { throw refuse(#""." stands for all of them"#) }
        guard text.utf8.count <= EventPattern.maximumLength else {
            throw refuse("it has more than \(EventPattern.maximumLength) bytes")
        }
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."):
                break
            default:
                throw refuse("use letters, digits, _ and -, with dots between")
            }
        }
        let body = text.hasSuffix(".") ? text.dropLast() : text[...]
        let components = body.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard !components.contains("") else { throw refuse("nothing stands between two dots") }
        self.init(components: components)
    }

    /// Whether there are events that it could want: it begins with the word of one, with `job` or with `proc`.
    public var isKnown: Bool {
        guard let first = components.first else { return true }
        if first == "job" || first == "proc" { return true }
        return components.count == 1 && Event.Kind.words.contains(first)
    }

    /// Whether it wants an event under any of its names; makes no string.
    public func matches(_ event: Event) -> Bool {
        guard !components.isEmpty else { return true }
        var isFound = false
        event.forEachSpelling { spelling in
            isFound = matches(spelling, of: event.job)
            return !isFound
        }
        return isFound
    }

    /// The names under which somebody with this pattern gets an event, in the order of ``Event/names``; none where it does
    /// not want it.
    ///
    /// A job that the pattern names otherwise stands there as it is published.
    public func names(of event: Event) -> [String] {
        var names: [String] = []
        event.forEachSpelling { spelling in
            if matches(spelling, of: event.job) { names.append(spelling.name(of: event.job)) }
            return true
        }
        return names
    }

    private func matches(_ spelling: EventSpelling, of job: JobName) -> Bool {
        guard let first = components.first else { return true }
        switch spelling.form {
        case .word:
            return components.count == 1 && first == spelling.word
        case .processesOfJob:
            return first == "proc" && matches(job, spelling.word)
        case .job:
            return first == "job" && matches(job, spelling.word)
        case .process(let number):
            guard first == "proc" else { return false }
            switch components.count {
            case 1: return true
            case 2: return pid == number
            case 3: return pid == number && components[2] == spelling.word
            default: return false
            }
        }
    }

    /// Whether what follows the first component is the beginning of `session.job.word`; the default session may be left
    /// out.
    private func matches(_ job: JobName, _ word: String) -> Bool {
        let count = components.count - 1
        guard count > 0 else { return true }
        if count <= 3, components[1] == job.session, count < 2 || components[2] == job.job,
            count < 3 || components[3] == word
        {
            return true
        }
        guard job.session == JobName.defaultSession, count <= 2 else { return false }
        return components[1] == job.job && (count < 2 || components[2] == word)
    }
}

extension EventPattern: CustomStringConvertible {
    /// The pattern without a dot at its end, or `.`.
    public var description: String {
        components.isEmpty ? "." : components.joined(separator: ".")
    }
}
