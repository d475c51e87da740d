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
        // 34 is SIGRTMIN for programs on glibc, which keeps 32 and 33 for itself.
        let realtime: Int32? =
            if name == "RTMIN" {
                34
            } else if name == "RTMAX" {
                64
            } else if name.hasPrefix("RTMIN+"), let offset = UInt8(name.dropFirst(6)), offset <= 30, name.count <= 8 {
                34 + Int32(offset)
            } else if name.hasPrefix("RTMAX-"), let offset = UInt8(name.dropFirst(6)), offset <= 30, name.count <= 8 {
                64 - Int32(offset)
            } else {
                nil
            }
        guard let realtime else {
            throw GafferError(.badSignal, "\(text.cited) is no signal: give a name as TERM or a number, 1 to 64.")
        }
        self.init(rawValue: realtime)
    }

    /// The name, as `SIGTERM` or `SIGRTMIN+3`; the number where there is none (glibc keeps 32 and 33 for itself).
    public var name: String {
        switch rawValue {
        case 1...31: "SIG" + Signal.names[Int(rawValue) - 1]
        case 34: "SIGRTMIN"
        case 35...64: "SIGRTMIN+\(rawValue - 34)"
        default: "\(rawValue)"
        }
    }
}

extension Signal: CustomStringConvertible {
    /// The name, as `SIGTERM`.
    public var description: String { name }
}
