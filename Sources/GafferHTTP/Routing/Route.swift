package import GafferModel

/// The closed set of things that the API serves; nothing is ever looked up by a name from outside.
///
/// | path | route |
/// |---|---|
/// | `/` | ``welcome`` |
/// | `/ping`, `/version`, `/healthz`, `/readyz`, `/metrics`, `/openapi.json` | the case of that meaning |
/// | `/sessions`, `/jobs`, `/pids`, `/state`, `/reload` | the case of that name |
/// | `/jobs/<session>` | ``session(_:)`` |
/// | `/jobs/<session>/<job>` and one of ``JobPart`` below | ``job(_:_:)`` |
/// | `/sessions/<session>`, and `state` or `signal` below | ``sessionWhole(_:)``, ``sessionState(_:)``, ``sessionSignal(_:)`` |
/// | `/<pid>`, `/<pid>/stats`, `/<pid>/signal` | ``process(_:_:)`` |
/// | `/<pid>/channel`, `/<pid>/channel/<stream>` | ``ioChannel(pid:stream:)`` |
/// | `/streams/<pid>/<label>`, `/wstreams/<pid>` | ``stream(pid:label:)``, ``webStream(_:)`` |
/// | `/events`, `/watch/<a>/<b>/<c>` | ``events``, ``watch(_:)`` |
/// | `/channel` and what SockJS has below it | ``channel(_:)`` |
/// | `/auth`, `/keys…`, `/users…` | ``account(_:)`` |
/// | `/processes…`, `/groups…`, `/status/<name>`, `/stats…` | ``legacy(_:)`` |
package enum Route: Sendable, Hashable {
    /// What can be asked of one job.
    package enum JobPart: String, Sendable, CaseIterable {
        /// Its information and configuration: no segment of its own.
        case whole = ""
        /// Whether it runs, and starting and stopping it.
        case state
        /// How many processes it has.
        case numprocesses
        /// gaffer's numbers of its processes.
        case pids
        /// What its processes use.
        case stats
        /// Signals to its processes.
        case signal
        /// One-off processes.
        case commit
        /// The end of its output.
        case tail
    }

    /// What can be asked of one process.
    package enum ProcessPart: String, Sendable, CaseIterable {
        /// Its information: no segment of its own.
        case whole = ""
        /// What it uses.
        case stats
        /// Signals to it.
        case signal
    }

    /// The greeting.
    case welcome
    /// Whether the daemon answers.
    case ping
    /// The daemon's version.
    case version
    /// Whether the daemon lives.
    case healthz
    /// Whether the configured jobs are loaded.
    case readyz
    /// Numbers for Prometheus.
    case metrics
    /// This API's description.
    case description
    /// The names of all sessions.
    case sessions
    /// The names of all jobs.
    case jobs
    /// The jobs of a session, and loading one.
    case session(String)
    /// One job.
    case job(JobName, JobPart)
    /// A session as a whole: its jobs, and removing them.
    case sessionWhole(String)
    /// Starting and stopping all jobs of a session.
    case sessionState(String)
    /// A signal to all processes of a session.
    case sessionSignal(String)
    /// Starting and stopping everything.
    case state
    /// Reading the configuration anew.
    case reload
    /// gaffer's numbers of all processes.
    case pids
    /// One process.
    case process(Int, ProcessPart)
    /// The websocket of a process, by the first output and stdin, or by one stream.
    case ioChannel(pid: Int, stream: String?)
    /// One stream of a process, or all (`.`).
    case stream(pid: Int, label: String)
    /// The raw websocket of a process.
    case webStream(Int)
    /// What happens.
    case events
    /// What happens, as 0.4 had it: the parts of the pattern.
    case watch([String])
    /// The channel protocol: what follows `/channel`.
    case channel([String])
    /// Users and keys.
    case account(AccountRoute)
    /// The routes of 0.4.
    case legacy(LegacyRoute)
}

/// The routes of users and keys.
package enum AccountRoute: Sendable, Hashable {
    /// Who has a name and a password gets a key.
    case login
    /// All keys.
    case keys
    /// One key, by its id, or by the key itself.
    case key(String)
    /// All users.
    case users
    /// One user.
    case user(String)
    /// A user's password.
    case password(String)
    /// A user's key.
    case userKey(String)
}
