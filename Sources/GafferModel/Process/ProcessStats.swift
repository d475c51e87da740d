/// How much a process uses, as `GET /<pid>/stats` tells it.
///
/// Memory is in bytes, CPU in percent of one core since the previous look, CPU time in seconds. Read from /proc/PID/stat,
/// /proc/PID/statm and /proc/PID/cmdline; nil is what could not be read, and is told as `"N/A"`.
public struct ProcessStats: Sendable, Hashable {
    /// gaffer's own number; nil for a child of a process.
    public var pid: Int?
    /// The kernel's number.
    public var osPid: Int32
    /// Resident memory, in bytes.
    public var residentBytes: UInt64?
    /// Virtual memory, in bytes.
    public var virtualBytes: UInt64?
    /// CPU use since the previous look, in percent of one core.
    public var cpuPercent: Double?
    /// Resident memory, in percent of the machine's.
    public var memoryPercent: Double?
    /// CPU time used, user and system, in seconds.
    public var cpuSeconds: Double?
    /// The user it runs as.
    public var username: String?
    /// Its nice value.
    public var nice: Int?
    /// Its command line, words joined by spaces.
    public var cmdline: String?
    /// The processes below it.
    public var children: [ProcessStats]
    /// What its cgroup uses, with all that it started; nil: it has none of its own.
    public var cgroup: CgroupUsage?

    /// Makes statistics with every member.
    public init(
        pid: Int?,
        osPid: Int32,
        residentBytes: UInt64? = nil,
        virtualBytes: UInt64? = nil,
        cpuPercent: Double? = nil,
        memoryPercent: Double? = nil,
        cpuSeconds: Double? = nil,
        username: String? = nil,
        nice: Int? = nil,
        cmdline: String? = nil,
        children: [ProcessStats] = [],
        cgroup: CgroupUsage? = nil
    ) {
        self.pid = pid
        self.osPid = osPid
        self.residentBytes = residentBytes
        self.virtualBytes = virtualBytes
        self.cpuPercent = cpuPercent
        self.memoryPercent = memoryPercent
        self.cpuSeconds = cpuSeconds
        self.username = username
        self.nice = nice
        self.cmdline = cmdline
        self.children = children
        self.cgroup = cgroup
    }
}
