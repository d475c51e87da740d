/// How a process ended.
public enum ExitStatus: Sendable, Hashable {
    /// It exited with this code.
    case code(Int32)
    /// This signal ended it.
    case signal(Signal)
    /// SIGKILL ended it since memory had run out, its cgroup's or the machine's.
    case outOfMemory
    /// It is gone, and nobody can tell how: an adopted process is no child of this daemon.
    case unknown
}

extension ExitStatus: CustomStringConvertible {
    /// As `exit code 1`, `SIGTERM`, `SIGKILL (out of memory)` or `an unknown status`.
    public var description: String {
        switch self {
        case .code(let code): "exit code \(code)"
        case .signal(let signal): signal.name
        case .outOfMemory: "SIGKILL (out of memory)"
        case .unknown: "an unknown status"
        }
    }
}
