/// What is known of one job, as `GET /jobs/<session>/<job>` tells it.
public struct JobInfo: Sendable, Hashable {
    /// What a job is doing, in one word.
    public enum State: String, Sendable, CaseIterable {
        /// Loaded without being started.
        case idle
        /// All of its processes are alive.
        case running
        /// Some of its processes are not there yet.
        case starting
        /// Told to stop, and processes are still leaving.
        case stopping
        /// Stopped on request; nothing runs but commits.
        case stopped
        /// A process died and waits for its restart.
        case backoff
        /// It died too often, and is tried again later.
        case flapping
        /// It died too often and was given up.
        case failed
        /// Its processes ended, and its restart policy asks for no more.
        case finished
    }

    /// One process, in short.
    public struct Instance: Sendable, Hashable {
        /// gaffer's own number.
        public var pid: Int
        /// The kernel's number; 0 while it is starting.
        public var osPid: Int32
        /// `GAFFER_INSTANCE`.
        public var instance: Int
        /// Where it is in its life.
        public var state: ProcessInfo.State
        /// Whether it is a one-off.
        public var isCommit: Bool
        /// When it was started, in seconds since 1970.
        public var createTime: Double

        /// Makes an instance.
        public init(
            pid: Int,
            osPid: Int32,
            instance: Int,
            state: ProcessInfo.State,
            isCommit: Bool,
            createTime: Double
        ) {
            self.pid = pid
            self.osPid = osPid
            self.instance = instance
            self.state = state
            self.isCommit = isCommit
            self.createTime = createTime
        }
    }

    /// The last exit of one of its processes.
    public struct LastExit: Sendable, Hashable {
        /// gaffer's own number of the process.
        public var pid: Int
        /// How it ended.
        public var status: ExitStatus
        /// When, in seconds since 1970.
        public var time: Double

        /// Makes a record.
        public init(pid: Int, status: ExitStatus, time: Double) {
            self.pid = pid
            self.status = status
            self.time = time
        }
    }

    /// The job's full name.
    public var name: JobName
    /// What it is doing.
    public var state: State
    /// How many processes are wanted now: 0 after a stop.
    public var wanted: Int
    /// Its processes, supervised ones first, each kind in the order of their start.
    public var instances: [Instance]
    /// Its configuration.
    public var config: JobConfig
    /// How often a process of it was started again since it was loaded.
    public var restarts: Int
    /// How the last process ended.
    public var lastExit: LastExit?
    /// The last failure to start a process, in a sentence.
    public var lastError: String?
    /// Seconds until a process that waits (back-off, flapping) is started; nil: none waits.
    public var retryIn: Double?

    /// Makes an info with every member.
    public init(
        name: JobName,
        state: State,
        wanted: Int,
        instances: [Instance],
        config: JobConfig,
        restarts: Int,
        lastExit: LastExit?,
        lastError: String?,
        retryIn: Double?
    ) {
        self.name = name
        self.state = state
        self.wanted = wanted
        self.instances = instances
        self.config = config
        self.restarts = restarts
        self.lastExit = lastExit
        self.lastError = lastError
        self.retryIn = retryIn
    }
}

extension JobInfo {
    /// The body of `GET /jobs/<session>/<job>`.
    ///
    /// - Parameter withInstances: whether each process is told of in short (`?instances=true`), beside the list of pids.
    public func json(withInstances: Bool = false) -> JSON {
        var members: [JSON.Member] = [
            .init("name", .string(name.description)),
            .init("active", .bool(!instances.isEmpty)),
            .init("running", .integer(Int64(instances.count))),
            .init("running_out", .integer(Int64(instances.count { $0.isCommit }))),
            .init("max_processes", .integer(Int64(wanted))),
            .init("processes", .array(instances.map { .integer(Int64($0.pid)) })),
            .init("config", config.json(name: name)),
            .init("state", .string(state.rawValue)),
            .init("restarts", .integer(Int64(restarts))),
            .init("last_exit", lastExit?.json ?? .null),
            .init("last_error", lastError.map(JSON.string) ?? .null),
            .init("retry_in", retryIn.map(JSON.double) ?? .null),
        ]
        if withInstances {
            members.append(.init("instances", .array(instances.map(\.json))))
        }
        return .object(members)
    }
}

extension JobInfo.Instance {
    /// One element of `instances`.
    public var json: JSON {
        [
            "pid": .integer(Int64(pid)),
            "os_pid": .integer(Int64(osPid)),
            "instance": .integer(Int64(instance)),
            "state": .string(state.rawValue),
            "commited": .bool(isCommit),
            "create_time": .double(createTime),
        ]
    }
}

extension JobInfo.LastExit {
    /// The member `last_exit`; `exit_status`, `term_signal` and `reason` are the names of the `exit` event.
    public var json: JSON {
        .object(
            [.init("pid", .integer(Int64(pid)))] + status.members + [.init("time", .double(time))]
        )
    }
}

extension ExitStatus {
    /// What tells it in a body or an event: `exit_status`, `term_signal`, and `"reason": "oom"` where memory ran out.
    var members: [JSON.Member] {
        var members: [JSON.Member] = [
            .init("exit_status", exitCode.map { .integer(Int64($0)) } ?? .null),
            .init("term_signal", termSignalNumber.map { .integer(Int64($0)) } ?? .null),
        ]
        if self == .outOfMemory { members.append(.init("reason", "oom")) }
        return members
    }

    /// The exit code, 0 where a signal ended the process (as the original told it), nil where nothing is known.
    public var exitCode: Int32? {
        switch self {
        case .code(let code): code
        case .signal, .outOfMemory: 0
        case .unknown: nil
        }
    }

    /// The signal's number, 0 where the process exited by itself (as the original told it), nil where nothing is known.
    public var termSignalNumber: Int32? {
        switch self {
        case .code: 0
        case .signal(let signal): signal.rawValue
        case .outOfMemory: Signal.kill.rawValue
        case .unknown: nil
        }
    }

    /// The signal that ended the process.
    public var termSignal: Signal? {
        switch self {
        case .signal(let signal): signal
        case .outOfMemory: .kill
        case .code, .unknown: nil
        }
    }
}
