/// How much a process uses.
package struct ProcessUsage: Sendable, Hashable {
    package var osPid: Int32
    package var startTime: UInt64
    package var residentBytes: UInt64
    package var virtualBytes: UInt64
    /// In percent of one core, since the previous look; at the first look since the process started.
    package var cpuPercent: Double
    /// Resident memory in percent of the machine's.
    package var memoryPercent: Double
    /// CPU time, user and system, in seconds.
    package var cpuSeconds: Double
    /// The user it runs as, or the number where it has no name; nil where it is gone.
    package var username: String?
    package var nice: Int
    /// Its words joined by spaces, up to 4 KiB; the name in brackets where there is none.
    package var commandLine: String?
    /// The processes below it.
    ///
    /// Below ``StatsReader/maximumDepth`` levels all that follow stand side by side.
    package var children: [ProcessUsage]
}
