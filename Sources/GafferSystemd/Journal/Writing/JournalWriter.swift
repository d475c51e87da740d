internal import CGafferSystem
internal import GafferSystem
internal import Glibc
internal import Synchronization

/// Sends records to journald, on a thread of its own, so that nobody who has one ever waits.
///
/// What is sent waits in a bounded queue (see ``JournalQueue``), whose memory is given back when it is empty. What finds
/// no room is dropped and counted, and a record says how many lines of which job that were (``MessageID/dropped``). The
/// socket does not block. While journald is slow or stopped the thread sleeps until it takes records again, while it is
/// gone the thread looks for it now and then, and in either case nothing that waits is lost. The thread is started by
/// the first record, and sleeps without a timeout while there is none.
package final class JournalWriter: Sendable {
    /// Where journald listens.
    package static let socketPath = "/run/systemd/journal/socket"

    /// What became of all records.
    package struct Counts: Sendable, Hashable {
        /// What journald was given.
        package var sent: UInt64
        /// Lines and records that were lost.
        package var dropped: UInt64
        /// How much waits, in bytes.
        package var waiting: Int
    }

    struct State: ~Copyable {
        var queue: JournalQueue
        var isStarted = false
        var isFinished = false
    }

    let state: Mutex<State>
    /// Stands for gafferd's own records.
    let daemon: JournalSource
    let sent = Atomic<UInt64>(0)
    /// The thread is to end, whatever waits.
    let isAbandoned = Atomic(false)
    /// Set when the thread is to look up from what it waits for in the kernel; -1: there was no descriptor left.
    let interrupter: Int32
    let available = Wakeup()
    let finished = Wakeup()
    let path: String

    /// Makes a writer.
    ///
    /// - Parameters:
    ///   - path: of journald's socket.
    ///   - capacity: how many bytes may wait; an eighth of them is kept for gafferd's own records.
    package init(path: String = JournalWriter.socketPath, capacity: Int = 8 << 20) {
        self.path = path
        let daemon = JournalSource(name: .daemon, fields: JournalRecord(), priority: .info)
        self.daemon = daemon
        state = Mutex(State(queue: JournalQueue(capacity: capacity, reserve: capacity / 8, daemon: daemon)))
        interrupter = gaffer_eventfd()
    }

    deinit {
        if interrupter >= 0 { close(interrupter) }
    }

    /// Queues a record of gafferd's own.
    package func send(_ record: JournalRecord) {
        record.bytes.withByteView { bytes in
            change { $0.add(record: bytes, now: monotonicNow) }
        }
    }

    /// What became of all records so far.
    package var counts: Counts {
        let (dropped, waiting) = state.withLock { ($0.queue.ledger.total, $0.queue.used) }
        return Counts(sent: sent.load(ordering: .relaxed), dropped: dropped, waiting: waiting)
    }

    /// Sends what waits, for at most so long, and ends the thread; false where it took longer and something is lost.
    ///
    /// Blocks meanwhile: for the end of a program, once. What comes later is dropped.
    @discardableResult
    package func finish(within limit: Duration = .seconds(1)) -> Bool {
        let isRunning = state.withLock { state in
            defer { state.isFinished = true }
            return state.isStarted && !state.isFinished
        }
        guard isRunning else { return true }
        available.set()
        if finished.wait(atMost: limit) { return true }
        isAbandoned.store(true, ordering: .sequentiallyConsistent)
        available.set()
        var one: UInt64 = 1
        _ = write(interrupter, &one, 8)
        return false
    }

    // MARK: For the thread

    /// Counts a record that could not be sent.
    func lost(_ source: JournalSource, bytes: Int) {
        state.withLock { $0.queue.ledger.dropped(lines: 1, bytes: bytes, of: source.name, at: monotonicNow()) }
    }

    // MARK: For the observers

    func add(_ bytes: ByteView, of source: JournalSource) {
        change { $0.add(output: bytes, of: source, now: monotonicNow) }
    }

    func end(_ source: JournalSource) {
        change { $0.end(source, now: monotonicNow) }
    }

    /// Changes the queue, and wakes the thread where it has to look.
    private func change(_ body: (inout JournalQueue) -> Void) {
        let (wakes, starts) = state.withLock { state in
            guard !state.isFinished else { return (false, false) }
            let wasEmpty = state.queue.isEmpty
            let wasOwed = state.queue.ledger.isOwed
            body(&state.queue)
            let wakes = wasEmpty && (!state.queue.isEmpty || !wasOwed && state.queue.ledger.isOwed)
            defer { state.isStarted = state.isStarted || wakes }
            return (wakes, wakes && !state.isStarted)
        }
        if starts {
            startThread(named: "gaffer-journal") {
                var sender = JournalSender(self)
                sender.run()
            }
        }
        if wakes { available.set() }
    }
}
