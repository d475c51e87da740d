/// What the processes of a cgroup use, as the kernel counts it; nil is what a missing controller can't tell.
public struct CgroupUsage: Sendable, Hashable {
    /// Memory in use, with the files that are cached for them, in bytes.
    public var memoryCurrent: UInt64?
    /// The most memory that was in use, in bytes.
    public var memoryPeak: UInt64?
    /// CPU time, of ended processes too, in seconds.
    public var cpuUsage: Double?
    /// How long processes were held up by `cpu_max`, in seconds.
    public var cpuThrottled: Double?
    /// How many processes and threads there are.
    public var tasks: Int?
    /// How many processes were killed since memory ran out.
    public var oomKills: Int?

    /// Makes a usage of which nothing is known.
    public init() {}

    /// The member `cgroup` of stats: what is known of it.
    public var json: JSON {
        var members: [JSON.Member] = []
        func add<Value>(_ name: String, _ value: Value?, _ json: (Value) -> JSON) {
            if let value { members.append(.init(name, json(value))) }
        }
        add("memory_current", memoryCurrent) { .integer(Int64(clamping: $0)) }
        add("memory_peak", memoryPeak) { .integer(Int64(clamping: $0)) }
        add("cpu_usage", cpuUsage, JSON.double)
        add("cpu_throttled", cpuThrottled, JSON.double)
        add("tasks", tasks) { .integer(Int64($0)) }
        add("oom_kills", oomKills) { .integer(Int64($0)) }
        return .object(members)
    }
}
