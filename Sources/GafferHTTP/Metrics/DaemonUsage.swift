internal import GafferSystem
internal import Glibc
internal import Synchronization

/// What this process itself uses, under the names that all programs have for Prometheus.
struct DaemonUsage: Sendable {
    var cpuSeconds: Double?
    var residentBytes: UInt64?
    var virtualBytes: UInt64?
    /// In seconds since 1970.
    var startTime: Double?
    var openDescriptors: Int?
    /// How many there may be; nil: no limit.
    var maximumDescriptors: UInt64?
    var threads: Int?

    /// Makes a usage of which nothing is known.
    init() {}

    /// Looks at /proc, by blocking calls on a thread of its own, which ends with them.
    ///
    /// - Returns: this process, and how many descriptors those of the given numbers have, where that can be told.
    static func look(descriptorsOf osPids: [Int32]) async -> (DaemonUsage, [Int32: Int]) {
        await withCheckedContinuation { continuation in
            startThread(named: "gaffer-metrics") {
                var descriptors: [Int32: Int] = [:]
                for osPid in osPids { descriptors[osPid] = entries(of: "/proc/\(osPid)/fd") }
                continuation.resume(returning: (DaemonUsage.now(), descriptors))
            }
        }
    }

    private static func now() -> DaemonUsage {
        var usage = DaemonUsage()
        if let files = try? ProcessFiles(), let entry = files.entry(of: getpid()) {
            usage.cpuSeconds = Double(entry.cpuTicks) / Double(Machine.clockTicksPerSecond)
            usage.residentBytes = entry.residentPages &* Machine.pageSize
            usage.virtualBytes = entry.virtualBytes
            usage.startTime = start(entry)
        }
        // The one that lists the others is not counted.
        usage.openDescriptors = entries(of: "/proc/self/fd").map { $0 - 1 }
        usage.threads = entries(of: "/proc/self/task").map { $0 - 1 }
        var limit = rlimit()
        if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0, limit.rlim_cur != rlim_t.max {
            usage.maximumDescriptors = UInt64(limit.rlim_cur)
        }
        return usage
    }

    /// Computed once: by a clock that is corrected now and then it would be another one each time.
    private static let startOfProcess = Mutex<Double?>(nil)

    private static func start(_ entry: ProcessEntry) -> Double {
        startOfProcess.withLock { start in
            if let start { return start }
            var now = timespec()
            clock_gettime(CLOCK_REALTIME, &now)
            let time = Double(now.tv_sec) + Double(now.tv_nsec) / 1e9
            let (seconds, attoseconds) = Machine.age(ofStart: entry.startTime).components
            let found = ((time - Double(seconds) - Double(attoseconds) / 1e18) * 100).rounded() / 100
            start = found
            return found
        }
    }

    private static func entries(of path: String) -> Int? {
        guard let folder = opendir(path) else { return nil }
        defer { closedir(folder) }
        var count = 0
        while let entry = readdir(folder) {
            if entry.pointee.d_name.0 != CChar(UInt8(ascii: ".")) { count += 1 }
        }
        return count
    }

    /// The numbers that are known.
    var families: [MetricFamily] {
        func family(_ name: String, _ kind: MetricFamily.Kind, _ help: String, _ value: Double?) -> MetricFamily {
            var family = MetricFamily("process_\(name)", kind, help)
            if let value { family.add(value) }
            return family
        }
        return [
            family("cpu_seconds_total", .counter, "CPU time of gafferd, user and system.", cpuSeconds),
            family("resident_memory_bytes", .gauge, "Memory of gafferd.", residentBytes.map { Double($0) }),
            family("virtual_memory_bytes", .gauge, "Address space of gafferd.", virtualBytes.map { Double($0) }),
            family("start_time_seconds", .gauge, "When gafferd started, in seconds since 1970.", startTime),
            family("open_fds", .gauge, "How many descriptors gafferd has.", openDescriptors.map { Double($0) }),
            family(
                "max_fds",
                .gauge,
                "How many descriptors gafferd may have.",
                maximumDescriptors.map { Double($0) }
            ),
            family("threads", .gauge, "How many threads gafferd has.", threads.map { Double($0) }),
        ]
    }
}
