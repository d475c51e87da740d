/// The CPU times of the previous look at each process, of which CPU use is the difference.
package struct CPUHistory: Sendable {
    /// The kernel counts in ticks of 10 ms; a shorter interval would tell nothing but 0 % and 100 %.
    package static let shortestInterval = Duration.milliseconds(100)
    /// How long a process that nobody looks at is remembered.
    package static let memory = Duration.seconds(300)

    private struct Identity: Hashable {
        var osPid: Int32
        var startTime: UInt64
    }

    private struct Sample {
        var at: Duration
        var ticks: UInt64
        var percent: Double
    }

    private let ticksPerSecond: Double
    private var samples: [Identity: Sample] = [:]

    package init(ticksPerSecond: UInt64 = Machine.clockTicksPerSecond) {
        self.ticksPerSecond = Double(ticksPerSecond)
    }

    /// How many processes are remembered.
    package var count: Int { samples.count }

    /// CPU use in percent of one core: since the previous look, at the first one since the process started.
    ///
    /// Looks that follow each other within ``shortestInterval`` tell the same.
    /// - Parameter now: since boot, on the clock of the processes' start times.
    package mutating func percent(of entry: ProcessEntry, at now: Duration) -> Double {
        let identity = Identity(osPid: entry.osPid, startTime: entry.startTime)
        let previous = samples[identity]
        if let previous, now - previous.at < CPUHistory.shortestInterval { return previous.percent }
        let start = Duration.seconds(Double(entry.startTime) / ticksPerSecond)
        let seconds = (now - (previous?.at ?? start)) / .seconds(1)
        let ticks = entry.cpuTicks - min(entry.cpuTicks, previous?.ticks ?? 0)
        // One that started within this tick has an age of next to nothing.
        let percent = seconds > 0 ? Double(ticks) * 100 / max(ticksPerSecond * seconds, 1) : 0
        samples[identity] = Sample(at: now, ticks: entry.cpuTicks, percent: percent)
        return percent
    }

    /// Forgets the processes that nobody has looked at for long, and those that a table of all does not hold.
    package mutating func forget(at now: Duration, table: ProcessTable?) {
        samples = samples.filter { identity, sample in
            if let table, table[identity.osPid]?.startTime != identity.startTime { return false }
            return now - sample.at < CPUHistory.memory
        }
    }
}
