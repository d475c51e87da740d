internal import CGafferSystem

/// The steps of a start, in their order, by the names that messages give them.
package enum SpawnStep: String, Sendable, CaseIterable {
    case clone, setsid, cgroup, descriptors, rlimit, nice
    case oomScore = "oom_score_adj"
    case umask, groups, gid, uid, chdir
    case noNewPrivileges = "no_new_privs"
    case deathSignal = "death_signal"
    case exec

    init?(number: Int32) {
        switch gaffer_step(UInt32(bitPattern: number)) {
        case GAFFER_STEP_CLONE: self = .clone
        case GAFFER_STEP_SETSID: self = .setsid
        case GAFFER_STEP_CGROUP: self = .cgroup
        case GAFFER_STEP_DESCRIPTORS: self = .descriptors
        case GAFFER_STEP_RLIMIT: self = .rlimit
        case GAFFER_STEP_NICE: self = .nice
        case GAFFER_STEP_OOM_SCORE: self = .oomScore
        case GAFFER_STEP_UMASK: self = .umask
        case GAFFER_STEP_GROUPS: self = .groups
        case GAFFER_STEP_GID: self = .gid
        case GAFFER_STEP_UID: self = .uid
        case GAFFER_STEP_CHDIR: self = .chdir
        case GAFFER_STEP_PRIVILEGES: self = .noNewPrivileges
        case GAFFER_STEP_DEATH_SIGNAL: self = .deathSignal
        case GAFFER_STEP_EXEC: self = .exec
        default: return nil
        }
    }
}

/// A process that could not be started: at which step, and what the kernel said.
package struct SpawnFailure: Error, Hashable, Sendable {
    package var step: SpawnStep
    package var errno: Int32
    /// What was to be started.
    package var program: String
    /// What the step was about, as `cwd /srv`; nil where that is the program itself.
    package var subject: String?

    package init(step: SpawnStep, errno: Int32, program: String, subject: String? = nil) {
        self.step = step
        self.errno = errno
        self.program = program
        self.subject = subject
    }

    /// As `/srv/x: can't be started: no such file or directory (exec)`.
    package var message: String {
        let text = "\(SystemError.text(of: errno)) (\(step.rawValue))"
        return "\(program): can't be started: " + (subject.map { "\($0): \(text)" } ?? text)
    }
}

extension SpawnFailure: CustomStringConvertible {
    package var description: String { message }
}

extension SpawnFailure {
    /// Names what a step of a request was about.
    init(step: SpawnStep, errno: Int32, detail: Int32, request: SpawnRequest) {
        let credentials = request.credentials
        let subject: String? =
            switch step {
            case .clone, .setsid, .umask, .noNewPrivileges, .exec: nil
            case .cgroup: "the job's cgroup"
            case .descriptors: detail < 0 ? nil : "descriptor \(detail)"
            case .rlimit: "limit " + SpawnRequest.Limit(resource: detail, soft: 0, hard: 0).name
            case .nice: request.nice.map { "nice \($0)" }
            case .oomScore: request.oomScoreAdjustment.map { "oom_score_adj \($0)" }
            case .groups: credentials.map { "groups " + $0.groups.map(String.init).joined(separator: ", ") }
            case .gid: credentials.map { "gid \($0.gid)" }
            case .uid: credentials.map { "uid \($0.uid)" }
            case .chdir: request.workingDirectory.map { "cwd \($0)" }
            case .deathSignal: "signal \(request.deathSignal)"
            }
        self.init(step: step, errno: errno, program: request.program, subject: subject)
    }
}
