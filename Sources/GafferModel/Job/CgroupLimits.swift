/// What the processes of a job may use together; the kernel enforces it on the job's cgroup.
public struct CgroupLimits: Sendable, Hashable {
    /// The most memory, in bytes: beyond it a process is killed, with all that it started; nil: no limit.
    public var memoryMax: UInt64?
    /// The memory from which on the processes are slowed down and what they can spare is taken away, in bytes; nil: none.
    public var memoryHigh: UInt64?
    /// The most CPU time, in CPUs: 0.5 is half of one; nil: no limit.
    public var cpuMax: Double?
    /// The share of the CPU time where there is too little of it, 1 to 10000, beside jobs that have 100; nil: 100.
    public var cpuWeight: Int?
    /// How many processes and threads there may be; nil: no limit.
    public var tasksMax: Int?
    /// Whether the job does not run without them; else it runs, and a notice tells what is missing.
    public var isRequired = true

    /// Makes limits of which none is set.
    public init() {}

    /// The settings that are set, by the names that a configuration gives them.
    public var settings: [String] {
        [
            ("memory_max", memoryMax != nil), ("memory_high", memoryHigh != nil), ("cpu_max", cpuMax != nil),
            ("cpu_weight", cpuWeight != nil), ("tasks_max", tasksMax != nil),
        ].filter(\.1).map(\.0)
    }
}

extension CgroupLimits {
    /// The CPU time that the kernel shares out at a time, in microseconds: `cpu_max` is counted within it.
    public static let cpuPeriod = 100_000

    /// Reads `0.5`, `2` or `150%`: CPUs, to a hundred-thousandth.
    static func cpus(_ value: SettingValue) throws(SettingError) -> Double {
        var cpus: Double?
        if let text = try? value.string(), text.hasSuffix("%") {
            cpus = Double(plain: text.dropLast().trimmed).map { $0 / 100 }
        } else {
            cpus = try? value.number()
        }
        // The kernel takes no less than a millisecond of each period.
        guard let cpus, (0.01...10_000).contains(cpus) else {
            throw SettingError("CPUs are expected, from 0.01 to 10000, as 0.5, 2 or 150%")
        }
        return (cpus * Double(cpuPeriod)).rounded() / Double(cpuPeriod)
    }

    /// Reads a size that a program can live in.
    static func memory(_ value: SettingValue) throws(SettingError) -> UInt64 {
        let size = try value.size()
        guard size >= 4096 else { throw SettingError("4K or more is expected") }
        return size
    }

    /// Reads `required` or `optional`.
    static func isRequired(_ value: SettingValue) throws(SettingError) -> Bool {
        switch try value.string().lowercased() {
        case "required": return true
        case "optional": return false
        default: throw SettingError("required or optional is expected")
        }
    }
}
