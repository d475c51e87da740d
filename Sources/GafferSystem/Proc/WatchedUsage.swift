/// Looks at the same processes again and again, for little: what seldom changes is kept between the looks.
///
/// It reads one file a process and look, /proc/PID/stat. The command line and the user are read anew when the program
/// has another name, and every ``refresh``. Children are not looked for. It reads files: keep it off the shared threads.
package struct WatchedUsage: ~Copyable {
    /// How long a command line and a user are taken to be the same.
    package static let refresh = Duration.seconds(10)

    /// What a look found; CPU use is each watcher's own to tell.
    package struct Sample: Sendable {
        package var usage: ProcessUsage
        /// CPU time in clock ticks.
        package var cpuTicks: UInt64
    }

    private struct Kept {
        var startTime: UInt64
        var command: String
        var commandLine: String?
        var username: String?
        /// When these were read.
        var at: Duration
        /// The look that it was last seen in.
        var look: UInt64
    }

    private let files: ProcessFiles
    private let accounts: any AccountDatabase
    private var names: [UInt32: String] = [:]
    private var kept: [Int32: Kept] = [:]
    private var lookCount: UInt64 = 0

    /// Makes one that has not looked yet.
    package init(accounts: any AccountDatabase = SystemAccounts()) throws(SystemError) {
        files = try ProcessFiles()
        self.accounts = accounts
    }

    /// How many processes something is kept of.
    package var keptCount: Int { kept.count }

    /// Forgets everything, as when nobody watches any more.
    package mutating func forget() {
        kept = [:]
        names = [:]
    }

    /// Looks at processes; those that are gone are left out, and forgotten as are those that are not asked for.
    ///
    /// - Parameter now: since boot, on the clock of the processes' start times.
    package mutating func look(at osPids: some Collection<Int32>, now: Duration) -> [Int32: Sample] {
        lookCount &+= 1
        var result: [Int32: Sample] = [:]
        result.reserveCapacity(osPids.count)
        for osPid in osPids where result[osPid] == nil {
            guard let entry = files.entry(of: osPid) else { continue }
            let known = known(of: entry, at: now)
            let residentBytes = entry.residentPages &* Machine.pageSize
            let usage = ProcessUsage(
                osPid: osPid,
                startTime: entry.startTime,
                residentBytes: residentBytes,
                virtualBytes: entry.virtualBytes,
                cpuPercent: 0,
                memoryPercent: Machine.memoryBytes == 0
                    ? 0 : Double(residentBytes) * 100 / Double(Machine.memoryBytes),
                cpuSeconds: Double(entry.cpuTicks) / Double(Machine.clockTicksPerSecond),
                username: known.username,
                nice: Int(entry.nice),
                commandLine: known.commandLine,
                children: []
            )
            result[osPid] = Sample(usage: usage, cpuTicks: entry.cpuTicks)
        }
        if kept.count > result.count {
            let current = lookCount
            kept = kept.filter { $0.value.look == current }
        }
        return result
    }

    private mutating func known(of entry: ProcessEntry, at now: Duration) -> Kept {
        if var kept = kept[entry.osPid], kept.startTime == entry.startTime, kept.command == entry.command,
            now - kept.at < WatchedUsage.refresh
        {
            kept.look = lookCount
            self.kept[entry.osPid] = kept
            return kept
        }
        let commandLine = files.commandLine(of: entry.osPid)
        let fresh = Kept(
            startTime: entry.startTime,
            command: entry.command,
            // Empty for a zombie and for one that has wiped it.
            commandLine: commandLine == "" ? "[\(entry.command)]" : commandLine,
            username: files.owner(of: entry.osPid).map { name(of: $0) },
            // Right after a program was executed it has no command line yet.
            at: commandLine == "" ? now - WatchedUsage.refresh : now,
            look: lookCount
        )
        kept[entry.osPid] = fresh
        return fresh
    }

    private mutating func name(of uid: UInt32) -> String {
        if let name = names[uid] { return name }
        let name = (try? accounts.user(number: uid))?.name ?? String(uid)
        names[uid] = name
        return name
    }
}

/// The CPU use that one watcher is told: since its own look before, whatever others look at meanwhile.
package struct WatchedCPU: Sendable {
    /// Looks that are closer than this tell the same: the kernel counts in ticks of 10 ms.
    package static let shortestInterval = Duration.milliseconds(50)

    private struct Look {
        var startTime: UInt64
        var ticks: UInt64
        var at: Duration
        var percent: Double
    }

    private let ticksPerSecond: Double
    private var looks: [Int32: Look] = [:]

    package init(ticksPerSecond: UInt64 = Machine.clockTicksPerSecond) {
        self.ticksPerSecond = Double(ticksPerSecond)
    }

    /// How many processes are remembered.
    package var count: Int { looks.count }

    /// Fills in the CPU use, in percent of one core; for a process that it has not seen, since that process started.
    ///
    /// Processes that are not among these are forgotten.
    package mutating func fill(_ samples: inout [WatchedUsage.Sample], at now: Duration) {
        var next: [Int32: Look] = [:]
        next.reserveCapacity(samples.count)
        for index in samples.indices {
            let look = look(at: samples[index], now: now)
            samples[index].usage.cpuPercent = look.percent
            next[samples[index].usage.osPid] = look
        }
        looks = next
    }

    private func look(at sample: WatchedUsage.Sample, now: Duration) -> Look {
        let startTime = sample.usage.startTime
        var previous = looks[sample.usage.osPid]
        if previous?.startTime != startTime { previous = nil }
        if let previous, now - previous.at < WatchedCPU.shortestInterval { return previous }
        let start = Duration.seconds(Double(startTime) / ticksPerSecond)
        let seconds = (now - (previous?.at ?? start)) / .seconds(1)
        let ticks = sample.cpuTicks - min(sample.cpuTicks, previous?.ticks ?? 0)
        // One that started within this tick has an age of next to nothing.
        let percent = seconds > 0 ? Double(ticks) * 100 / max(ticksPerSecond * seconds, 1) : 0
        return Look(startTime: startTime, ticks: sample.cpuTicks, at: now, percent: percent)
    }
}
