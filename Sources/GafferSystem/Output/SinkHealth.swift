internal import CGafferSystem
internal import Glibc

/// Why bytes did not reach a file.
package enum DropCause: Sendable, Hashable {
    /// Writing failed with this errno.
    case write(Int32)
    /// The file could not be opened.
    case open(Int32)
    /// A write before has not come back: the disk hangs.
    case stalled

    /// The kernel's words, as `No space left on device`.
    package var text: String {
        switch self {
        case .write(let errno), .open(let errno): SystemError.plainText(of: errno)
        case .stalled: "A write does not come back"
        }
    }
}

/// A change in what becomes of the bytes that are meant for a file.
package struct SinkReport: Sendable, Hashable {
    package enum State: Sendable, Hashable {
        /// Bytes are dropped; said at once, then at most every ten seconds.
        case dropping(DropCause)
        /// Bytes reach the file again; said once after a ``dropping(_:)``.
        case recovered
        /// The file could not be rotated; nothing is lost, it grows on.
        case notRotated(Int32)
        /// The path could not be opened anew; the bytes go on into the old file.
        case notReopened(Int32)
    }

    /// The file's path.
    package var path: String
    package var state: State
    /// How many bytes were dropped since the trouble began.
    package var droppedBytes: UInt64
}

extension SinkReport: CustomStringConvertible {
    /// A sentence that names the file and what to make of it.
    package var description: String {
        switch state {
        case .dropping(.open(let errno)):
            "\(path) can't be opened: \(SystemError.plainText(of: errno)); \(droppedBytes) bytes dropped so far."
        case .dropping(let cause):
            "\(path) can't be written: \(cause.text); \(droppedBytes) bytes dropped so far."
        case .recovered:
            "\(path) is written again; \(droppedBytes) bytes were dropped."
        case .notRotated(let errno):
            "\(path) can't be rotated: \(SystemError.plainText(of: errno)); it grows on and rotation is tried again."
        case .notReopened(let errno):
            "\(path) can't be opened anew: \(SystemError.plainText(of: errno)); the old file stays in use."
        }
    }
}

/// Decides when a file that failed is tried again, and when its trouble is told.
///
/// | event | what follows |
/// |---|---|
/// | a write fails | bytes are dropped and counted; the next try after 0.1 s, then twice as long each, 5 s at most |
/// | it is full for now (`EAGAIN` of a FIFO), or stalled | the next output is the next try |
/// | told of a drop | no second report within 10 s |
/// | works again | a note in the file; a report where a drop was reported |
struct SinkHealth: Sendable {
    private static let firstDelay = Duration.milliseconds(100)
    private static let longestDelay = Duration.seconds(5)
    private static let reportInterval = Duration.seconds(10)

    /// Dropped, and not yet told in the file.
    private(set) var untold: UInt64 = 0
    /// Dropped since the file last worked.
    private(set) var droppedInTrouble: UInt64 = 0
    /// Dropped ever.
    private(set) var droppedEver: UInt64 = 0
    private(set) var cause: DropCause?

    private var nextTry = Duration.zero
    private var delay = SinkHealth.firstDelay
    private var lastReport: Duration?
    private var isReported = false

    /// Whether writing may be tried at this time.
    func mayTry(at now: Duration) -> Bool {
        cause == nil || now >= nextTry
    }

    /// A try failed.
    mutating func failed(_ cause: DropCause, at now: Duration) {
        self.cause = cause
        switch cause {
        case .write(EAGAIN), .stalled:
            nextTry = now
        case .write, .open:
            nextTry = now + delay
            delay = min(delay * 2, SinkHealth.longestDelay)
        }
    }

    /// So many bytes were dropped; the report that is due, if any.
    mutating func dropped(_ count: Int, at now: Duration) -> SinkReport.State? {
        untold += UInt64(count)
        droppedInTrouble += UInt64(count)
        droppedEver += UInt64(count)
        guard let cause, lastReport.map({ now - $0 >= SinkHealth.reportInterval }) ?? true else { return nil }
        lastReport = now
        isReported = true
        return .dropping(cause)
    }

    /// The file has taken the note of so many dropped bytes; the report that is due, if any, with its count.
    mutating func recovered(told: UInt64) -> (state: SinkReport.State, dropped: UInt64)? {
        untold -= min(told, untold)
        // Another thread may have dropped more in the meantime: then the next write tells that.
        guard untold == 0 else { return nil }
        defer {
            cause = nil
            delay = SinkHealth.firstDelay
            nextTry = .zero
            droppedInTrouble = 0
            isReported = false
        }
        return isReported ? (.recovered, droppedInTrouble) : nil
    }
}
