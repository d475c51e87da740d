/// What is known of one process, as `GET /<pid>` tells it.
public struct ProcessInfo: Sendable, Hashable {
    /// Where a process is in its life.
    public enum State: String, Sendable {
        /// Asked of the kernel, not yet there.
        case starting
        /// Alive.
        case running
        /// Told to leave.
        case stopping
    }

    /// gaffer's own number for it, counted from 1, never used twice in a daemon's life.
    public var pid: Int
    /// The kernel's number; 0 while it is starting.
    public var osPid: Int32
    /// Its job.
    public var name: JobName
    /// Where it is in its life.
    public var state: State
    /// `GAFFER_INSTANCE`: 1 to N, the lowest free one.
    public var instance: Int
    /// Whether it is a one-off that is not kept alive.
    public var isCommit: Bool
    /// When it was started, in seconds since 1970.
    public var createTime: Double
    /// The program.
    public var cmd: String
    /// Its arguments, variables replaced.
    public var args: [String]
    /// The environment that the job and a commit gave it, without the inherited one.
    public var env: [String: String]
    /// The user it runs as; nil: gafferd's.
    public var uid: UInt32?
    /// The group it runs as; nil: gafferd's.
    public var gid: UInt32?
    /// The labels of its captured outputs.
    public var redirectOutput: [String]
    /// Whether its stdin is a pipe.
    public var redirectInput: Bool
    /// The labels of its custom streams.
    public var customStreams: [String]
    /// The path of its cgroup, as in `/proc/PID/cgroup`; nil: it has none of its own.
    public var cgroup: String?

    /// Makes an info with every member.
    public init(
        pid: Int,
        osPid: Int32,
        name: JobName,
        state: State,
        instance: Int,
        isCommit: Bool,
        createTime: Double,
        cmd: String,
        args: [String],
        env: [String: String],
        uid: UInt32?,
        gid: UInt32?,
        redirectOutput: [String],
        redirectInput: Bool,
        customStreams: [String],
        cgroup: String? = nil
    ) {
        self.pid = pid
        self.osPid = osPid
        self.name = name
        self.state = state
        self.instance = instance
        self.isCommit = isCommit
        self.createTime = createTime
        self.cmd = cmd
        self.args = args
        self.env = env
        self.uid = uid
        self.gid = gid
        self.redirectOutput = redirectOutput
        self.redirectInput = redirectInput
        self.customStreams = customStreams
        self.cgroup = cgroup
    }

    /// The body of `GET /<pid>`.
    public var json: JSON {
        var members: [JSON.Member] = [
            .init("pid", .integer(Int64(pid))),
            .init("name", .string(name.description)),
            .init("cmd", .string(cmd)),
            .init("args", .array(args.map(JSON.string))),
            .init("env", .object(env.sorted { $0.key < $1.key }.map { JSON.Member($0.key, .string($0.value)) })),
            .init("uid", uid.map { .integer(Int64($0)) } ?? .null),
            .init("gid", gid.map { .integer(Int64($0)) } ?? .null),
            .init("os_pid", .integer(Int64(osPid))),
            .init("create_time", .double(createTime)),
            // The original's spelling.
            .init("commited", .bool(isCommit)),
            .init("redirect_output", .array(redirectOutput.map(JSON.string))),
            .init("redirect_input", .bool(redirectInput)),
            .init("custom_streams", .array(customStreams.map(JSON.string))),
            .init("active", .bool(true)),
            .init("state", .string(state.rawValue)),
            .init("instance", .integer(Int64(instance))),
        ]
        if let cgroup { members.append(.init("cgroup", .string(cgroup))) }
        return .object(members)
    }
}
