/// A signal of Linux, by number.
public struct Signal: RawRepresentable, Sendable, Hashable {
    /// The number, 1 to 64.
    public let rawValue: Int32

    /// Takes any number; ``init(parsing:)`` checks.
    public init(rawValue: Int32) {
        self.rawValue = rawValue
    }

    /// `SIGHUP`.
    public static let hangup = Signal(rawValue: 1)
    /// `SIGINT`.
    public static let interrupt = Signal(rawValue: 2)
    /// `SIGQUIT`.
    public static let quit = Signal(rawValue: 3)
    /// `SIGKILL`.
    public static let kill = Signal(rawValue: 9)
    /// `SIGTERM`.
    public static let terminate = Signal(rawValue: 15)
    /// `SIGCONT`.
    public static let `continue` = Signal(rawValue: 18)
    /// `SIGSTOP`.
    public static let stop = Signal(rawValue: 19)

    /// The names of the signals 1 to 31, without `SIG`, in order.
    static let names = [
        "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM",
        "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF",
        "WINCH", "IO", "PWR", "SYS",
    ]

    /// Reads `HUP`, `SIGHUP`, `hup`, `1` or `RTMIN+3`.
    ///
    /// - Throws: ``GafferError`` with the code ``GafferError/Code/badSignal`` where there is no such signal.
    public init(parsing text: String) throws(GafferError) {
        var name = text.uppercased()
        if name.first != "+", let number = Int32(name), (1...64).contains(number) {
            self.init(rawValue: number)
            return
        }
        if name.hasPrefix("SIG") { name.removeFirst(3) }
        if let index = Signal.names.firstIndex(of: name) {
            self.init(rawValue: Int32(index) + 1)
            return
        }
        guard let realtime = Signal.realtime(name) else {
            throw GafferError(.badSignal, "\(text.cited) is no signal: give a name as TERM or a number, 1 to 64.")
        }
        self.init(rawValue: realtime)
    }

    /// The number of `RTMIN+3` and the like, without `SIG`: for programs on glibc SIGRTMIN is 34.
    private static func realtime(_ name: String) -> Int32? {
        switch name {
        case "RTMIN": return 34
        case "RTMAX": return 64
        // Those that glibc keeps have no other name.
        case "32": return 32
        case "33": return 33
        default: break
        }
        let digits = name.dropFirst(6)
        guard digits.first != "+", let offset = Int32(digits), (0...30).contains(offset) else { return nil }
        if name.hasPrefix("RTMIN+") { return 34 + offset }
        return name.hasPrefix("RTMAX-") ? 64 - offset : nil
    }

    /// The name, as `SIGTERM` or `SIGRTMIN+3`; `SIG32` and `SIG33` are those that glibc keeps for itself.
    public var name: String {
        switch rawValue {
        case 1...31: "SIG" + Signal.names[Int(rawValue) - 1]
        case 34: "SIGRTMIN"
        case 35...64: "SIGRTMIN+\(rawValue - 34)"
        default: "SIG\(rawValue)"
        }
    }
}

extension Signal: CustomStringConvertible {
    /// The name, as `SIGTERM`.
    public var description: String { name }
}
