internal import CGafferSystem
internal import GafferSystem
internal import Glibc

/// What became of an attempt to send.
enum JournalSending: Equatable {
    /// So many of the records went, one at least.
    case sent(Int)
    /// journald has not taken what was sent before.
    case full
    /// The first record is too large for a datagram.
    case tooLarge
    /// Nobody is there.
    case disconnected
    /// The kernel has no memory at the moment.
    case exhausted
    /// The first record can't be sent, ever.
    case refused

    /// What an errno means.
    init(errno: Int32) {
        self =
            switch errno {
            case EAGAIN: .full
            case EMSGSIZE: .tooLarge
            case ENOBUFS, ENOMEM, EMFILE, ENFILE: .exhausted
            case ECONNREFUSED, ECONNRESET, ENOTCONN, ENOENT, EPIPE, EDESTADDRREQ, EBADF, EACCES, EPERM: .disconnected
            default: .refused
            }
    }
}

/// How long to wait until journald is looked for again.
///
/// | it failed | wait |
/// |---|---|
/// | after something was sent | not at all |
/// | again | 50 ms, then twice as long each time, up to 2 s |
struct JournalBackoff {
    private static let shortest = Duration.milliseconds(50)
    private static let longest = Duration.seconds(2)

    private var failures = 0

    mutating func failed() -> Duration {
        defer { failures += 1 }
        guard failures > 0 else { return .zero }
        guard failures < 7 else { return JournalBackoff.longest }
        return min(JournalBackoff.longest, JournalBackoff.shortest * (1 << (failures - 1)))
    }

    mutating func succeeded() {
        failures = 0
    }
}

/// The writer's thread's end of the connection to journald.
struct JournalSocket: ~Copyable {
    /// Enough for as many records as journald lets wait; what is larger than all of it goes as a file.
    private static let buffer: Int32 = 1 << 20

    private let path: String
    private(set) var descriptor: Int32 = -1

    init(path: String) {
        self.path = path
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// Makes a connection where there is none; false where nobody is there.
    mutating func connect() -> Bool {
        if descriptor >= 0 { return true }
        var path = path
        descriptor = path.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) {
                gaffer_journal_connect($0.baseAddress, $0.count, JournalSocket.buffer)
            }
        }
        return descriptor >= 0
    }

    mutating func disconnect() {
        if descriptor >= 0 { close(descriptor) }
        descriptor = -1
    }

    /// Sends what it can of a batch.
    func send(_ batch: borrowing JournalBatch) -> JournalSending {
        let sent = batch.bytes.withUnsafeBufferPointer { bytes in
            batch.ends.withUnsafeBufferPointer { ends in
                gaffer_journal_send(
                    descriptor,
                    bytes.baseAddress,
                    batch.start,
                    ends.baseAddress.map { $0 + batch.sent },
                    Int32(batch.remaining)
                )
            }
        }
        return sent > 0 ? .sent(Int(sent)) : JournalSending(errno: errno)
    }

    /// Sends the first record of a batch as a file in memory.
    func sendSealed(_ batch: borrowing JournalBatch, end: Int) -> JournalSending {
        let result = batch.bytes.withUnsafeBytes { bytes in
            let record = UnsafeRawBufferPointer(rebasing: bytes[batch.start..<end])
            return gaffer_journal_send_sealed(descriptor, record.baseAddress, record.count)
        }
        if result == 0 { return .sent(1) }
        let outcome = JournalSending(errno: errno)
        return outcome == .tooLarge ? .refused : outcome
    }
}
