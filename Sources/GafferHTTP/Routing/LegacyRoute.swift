package import GafferModel

/// The routes of 0.4, which its manual's tools speak of: other names and other bodies for the same operations.
///
/// | path | route |
/// |---|---|
/// | `/processes` | ``processes`` |
/// | `/processes/<name or pid>` | ``job(_:)``, ``process(_:)`` |
/// | `/processes/<name>/_pids` | ``pids(_:)`` |
/// | `/processes/<name>/_start`, `_stop`, `_restart` | ``command(_:_:)`` |
/// | `/processes/<name>/_add/<n>`, `_sub/<n>`, `n` being 1 where it is left out | ``scale(_:by:)`` |
/// | `/processes/<name or pid>/_signal/<number or name>` | ``signalJob(_:_:)``, ``signalProcess(_:_:)`` |
/// | `/processes/<pid>/_stop` | ``stopProcess(_:)`` |
/// | `/status/<name>`, `/stats`, `/stats/<name>`, `/stats/<name>/<pid>` | ``status(_:)``, ``stats``, ``statsOfJob(_:)``, ``statsOfProcess(_:_:)`` |
/// | `/groups`, `/groups/<g>` | ``groups``, ``group(_:)`` |
/// | `/groups/<g>/_start`, `_stop`, `_restart` | ``groupCommand(_:_:)`` |
package enum LegacyRoute: Sendable, Hashable {
    /// What can be asked of a job or of a group.
    package enum Command: String, Sendable, CaseIterable {
        /// Start what is not running.
        case start = "_start"
        /// Stop all processes.
        case stop = "_stop"
        /// Stop the processes, and start new ones.
        case restart = "_restart"
    }

    /// All jobs, or all processes.
    case processes
    /// One job.
    case job(JobName)
    /// One process.
    case process(Int)
    /// gaffer's numbers of a job's processes.
    case pids(JobName)
    /// Starting and stopping a job.
    case command(JobName, Command)
    /// More or fewer processes.
    case scale(JobName, by: Int)
    /// A signal to a job's processes.
    case signalJob(JobName, Signal)
    /// A signal to a process.
    case signalProcess(Int, Signal)
    /// Stopping a process.
    case stopProcess(Int)
    /// Whether a job runs.
    case status(JobName)
    /// What all jobs use.
    case stats
    /// What a job uses.
    case statsOfJob(JobName)
    /// What a process of a job uses.
    case statsOfProcess(JobName, Int)
    /// All sessions.
    case groups
    /// A session.
    case group(String)
    /// Starting and stopping a session.
    case groupCommand(String, Command)
}
