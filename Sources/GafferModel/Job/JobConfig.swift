/// What a job runs, and how it is kept alive: one `[process:NAME]` section, or one body of `POST /jobs/<session>`.
///
/// The name is not in it: a configuration is known by the ``JobName`` under which it is loaded.
public struct JobConfig: Sendable, Hashable {
    /// The command line; without ``shell`` it is split into words as a shell would, and its first word is the program.
    public var cmd: String
    /// Arguments after the words of ``cmd``.
    public var args: [String] = []
    /// The environment that the job itself names.
    ///
    /// It wins over ``envFile`` and over the inherited one.
    public var env: [String: String] = [:]
    /// Paths of files with `KEY=VALUE` lines, read anew at each spawn; a relative one is taken from ``cwd``.
    public var envFile: [String] = []
    /// Whether gafferd's own environment is inherited.
    ///
    /// False by default here, as in the API; the ini file's default is true.
    public var osEnv = false
    /// The variable `PORT` of the first process, of which each further one has one more; nil: it is not set.
    ///
    /// A `PORT` of ``env`` or ``envFile`` wins over it, and it wins over the inherited one.
    public var port: Int?
    /// The user to run as; nil: gafferd's own.
    public var uid: Account?
    /// The group to run as; nil: the user's primary group where ``uid`` is given, else gafferd's own.
    public var gid: Account?
    /// The working directory; nil: gafferd's own.
    public var cwd: String?
    /// Whether gafferd leaves the processes running when it stops.
    public var detach = false
    /// Whether ``cmd`` is a shell script, run by `/bin/sh -c`.
    public var shell = false
    /// How many processes are kept alive.
    public var numprocesses = 1
    /// Whether the job is started when it is loaded.
    public var start = true
    /// When a job that dies too often is stopped for a while, or for good; nil: never.
    public var flapping: FlappingRule?
    /// How long a restart waits; nil: ``effectiveBackoff`` decides.
    public var backoff: BackoffRule?
    /// Which exits are followed by a restart.
    public var restart = RestartPolicy.always
    /// Which exits count as a success.
    public var successExit = SuccessExit()
    /// The labels of stdout and stderr, two at most; nil: `stdout` and `stderr`.
    ///
    /// Two equal labels merge both into one stream; with one label, stderr goes to /dev/null; an empty list (`none`)
    /// sends both there.
    public var redirectOutput: [String]?
    /// Whether stdin is a pipe that the API can write to; else it is /dev/null.
    public var redirectInput = false
    /// The labels of further two-way streams, at descriptor 3 and up.
    public var customStreams: [String] = []
    /// How long a process may take to leave after ``stopSignal`` before it is killed, in seconds.
    public var gracefulTimeout: Duration = .seconds(30)
    /// The place in the order of starting; 0 is first, nil is last.
    public var priority: Int?
    /// The signal that asks a process to leave.
    public var stopSignal = Signal.terminate
    /// The file mode creation mask; nil: gafferd's own.
    public var umask: UInt32?
    /// The nice value, -20 to 19; nil: gafferd's own.
    public var nice: Int?
    /// Resource limits by lower-case name (`nofile`, `core`, …).
    public var rlimits: [String: ResourceLimit] = [:]
    /// What its processes may use together.
    public var cgroupLimits = CgroupLimits()
    /// How early a process is chosen where the machine runs out of memory, -1000 to 1000; nil: 0, or gafferd's own value
    /// where that is above 0.
    public var oomScoreAdj: Int?
    /// Whether its output goes to the journal, where gafferd writes to one.
    public var journal = true
    /// How much of each stream is remembered, in bytes.
    public var ringSize = 65_536
    /// Where the bytes of stdout are kept; nil: nowhere but in the ring.
    public var stdoutFile: OutputFile?
    /// Where the bytes of stderr are kept; nil: nowhere but in the ring.
    public var stderrFile: OutputFile?
    /// Members of a JSON body that gaffer does not know: kept, shown, without effect.
    public var extra: [JSON.Member] = []

    /// Makes a configuration with the defaults of the API.
    public init(cmd: String) {
        self.cmd = cmd
    }

    /// The back-off in force: the job's own; none where ``flapping`` is set; else the default.
    public var effectiveBackoff: BackoffRule {
        backoff ?? (flapping == nil ? .standard : .none)
    }
}

/// A user or a group, by number or by name.
public enum Account: Sendable, Hashable {
    /// A number, which need not stand in any database.
    case id(UInt32)
    /// A name, looked up at each spawn.
    case name(String)
}

/// Which exits are followed by a restart.
public enum RestartPolicy: String, Sendable, CaseIterable {
    /// Every exit that was not asked for.
    case always
    /// Every exit that was not asked for and is no success.
    case onFailure = "on-failure"
    /// None.
    case never
}

/// Which exits are a success: exit code 0 unless told otherwise.
public struct SuccessExit: Sendable, Hashable {
    /// Exit codes.
    public var codes: Set<Int32> = [0]
    /// Signals that may have ended the process.
    public var signals: Set<Signal> = []

    /// Makes a rule.
    public init(codes: Set<Int32> = [0], signals: Set<Signal> = []) {
        self.codes = codes
        self.signals = signals
    }

    /// Whether `status` is a success.
    public func contains(_ status: ExitStatus) -> Bool {
        switch status {
        case .code(let code): codes.contains(code)
        case .signal(let signal): signals.contains(signal)
        case .outOfMemory: signals.contains(.kill)
        case .unknown: false
        }
    }
}

/// When a job dies too often: `attempts, window, retry_in, max_retry`.
///
/// A flap is `attempts` unexpected exits within `window`. A flapping job is stopped and started again after `retryIn`;
/// each flap uses one of `maxRetry` retries, and the job is given up when none is left. The count starts anew after a
/// process has been up for longer than `window`.
public struct FlappingRule: Sendable, Hashable {
    /// How many unexpected exits make a flap.
    public var attempts: Int
    /// The time within which they happen, in seconds.
    public var window: Duration
    /// How long a flapping job stays stopped, in seconds.
    public var retryIn: Duration
    /// How many flaps are forgiven.
    public var maxRetry: Int

    /// Makes a rule; the defaults are those of the manual.
    public init(
        attempts: Int = 2,
        window: Duration = .seconds(1),
        retryIn: Duration = .seconds(7),
        maxRetry: Int = 5
    ) {
        self.attempts = attempts
        self.window = window
        self.retryIn = retryIn
        self.maxRetry = maxRetry
    }
}

/// How long a restart waits: `initial, factor, max`.
///
/// The first exit in a row is mended at once, the second waits for `initial`, each further one `factor` times as long
/// up to `max`; each wait is shortened or lengthened by up to a tenth at random.
public struct BackoffRule: Sendable, Hashable {
    /// The first wait, in seconds; zero: there is none, ever.
    public var initial: Duration
    /// How much longer each further wait is; at least 1.
    public var factor: Double
    /// The longest wait, in seconds.
    public var max: Duration

    /// Makes a rule.
    public init(initial: Duration, factor: Double = 2, max: Duration = .seconds(60)) {
        self.initial = initial
        self.factor = factor
        self.max = max
    }

    /// The rule of a job that names none: 0.5 s, doubled, up to a minute.
    public static let standard = BackoffRule(initial: .milliseconds(500))
    /// No waiting at all.
    public static let none = BackoffRule(initial: .zero, factor: 1, max: .zero)
}

/// A soft and a hard resource limit; nil is `unlimited`.
public struct ResourceLimit: Sendable, Hashable {
    /// The limit that is enforced.
    public var soft: UInt64?
    /// The limit up to which the process may raise it.
    public var hard: UInt64?

    /// Makes a limit.
    public init(soft: UInt64?, hard: UInt64?) {
        self.soft = soft
        self.hard = hard
    }

    /// The names that may follow `rlimit_`, as in setrlimit(2), without `RLIMIT_`, in lower case.
    public static let names: [String] = [
        "as", "core", "cpu", "data", "fsize", "locks", "memlock", "msgqueue", "nice", "nofile", "nproc", "rss",
        "rtprio", "rttime", "sigpending", "stack",
    ]
}

/// A file that gets the bytes of a stream as they come, and how it is rotated.
public struct OutputFile: Sendable, Hashable {
    /// Its path; `$GAFFER_INSTANCE`, `$GAFFER_JOB`, `$GAFFER_SESSION` in it are replaced; a relative one is taken
    /// from the job's `cwd`.
    public var path: String
    /// The size at which it is rotated, in bytes; 0: never by size.
    public var maxSize: UInt64 = 64 << 20
    /// The age at which it is rotated, in seconds; zero: never by age.
    public var maxAge: Duration = .zero
    /// How many rotated files are kept, as `PATH.1` (the newest) to `PATH.N`.
    public var keep = 10

    /// Makes a file that is rotated at 64 MiB, ten old ones kept.
    public init(path: String) {
        self.path = path
    }
}
