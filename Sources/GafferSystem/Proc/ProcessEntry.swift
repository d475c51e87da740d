/// What /proc/PID/stat tells of a process.
package struct ProcessEntry: Sendable, Hashable {
    package var osPid: Int32
    /// The name of its program's file, at most 15 bytes.
    package var command: String
    /// As `R`, `S`, `T` (stopped), `Z` (ended, not reaped).
    package var state: UInt8
    package var parent: Int32
    package var processGroup: Int32
    package var session: Int32
    /// CPU time in clock ticks, without its children's.
    package var userTicks: UInt64
    package var systemTicks: UInt64
    package var nice: Int32
    /// In clock ticks since boot; with the number it names one process for ever.
    package var startTime: UInt64
    package var virtualBytes: UInt64
    package var residentPages: UInt64

    /// Whether it has ended and waits to be reaped.
    package var isZombie: Bool { state == UInt8(ascii: "Z") || state == UInt8(ascii: "X") }

    /// All CPU time in clock ticks, without its children's.
    package var cpuTicks: UInt64 { userTicks &+ systemTicks }

    package init(
        osPid: Int32,
        command: String = "",
        state: UInt8 = UInt8(ascii: "S"),
        parent: Int32,
        processGroup: Int32,
        session: Int32,
        userTicks: UInt64 = 0,
        systemTicks: UInt64 = 0,
        nice: Int32 = 0,
        startTime: UInt64 = 0,
        virtualBytes: UInt64 = 0,
        residentPages: UInt64 = 0
    ) {
        self.osPid = osPid
        self.command = command
        self.state = state
        self.parent = parent
        self.processGroup = processGroup
        self.session = session
        self.userTicks = userTicks
        self.systemTicks = systemTicks
        self.nice = nice
        self.startTime = startTime
        self.virtualBytes = virtualBytes
        self.residentPages = residentPages
    }
}
