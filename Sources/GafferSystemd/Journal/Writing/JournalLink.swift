internal import CGafferSystem
internal import GafferSystem
internal import Glibc
internal import Synchronization

/// The writer's thread's connection to journald, and what it does when journald takes nothing.
///
/// | journald | the thread |
/// |---|---|
/// | takes no more | sleeps until it does, then a little longer, so that it is not woken for each record |
/// | is gone | looks for it at once, then again and again, as ``JournalBackoff`` says |
/// | has a record that no datagram holds | gets it as a file in memory |
/// | gets a record that can't be sent at all | that record counts as dropped |
final class JournalLink {
    /// How long to wait where the kernel is short of memory or descriptors.
    private static let exhaustedPause = Duration.milliseconds(20)

    private let writer: JournalWriter
    private var socket: JournalSocket
    private var backoff = JournalBackoff()
    private(set) var pace = JournalPace()

    init(_ writer: JournalWriter) {
        self.writer = writer
        socket = JournalSocket(path: writer.path)
    }

    var isAbandoned: Bool { writer.isAbandoned.load(ordering: .relaxed) }

    /// All work was done by this time.
    func turnEnded(at now: Duration) {
        pace.turnEnded(at: now)
    }

    /// Sends the batch, however long that takes; it is empty then, unless the writer is abandoned.
    func send(_ batch: inout JournalBatch) {
        while let first = batch.first, !isAbandoned {
            guard socket.connect() else {
                sleep(backoff.failed())
                continue
            }
            var outcome = socket.send(batch)
            if outcome == .tooLarge { outcome = socket.sendSealed(batch, end: first.end) }
            switch outcome {
            case .sent(let count):
                backoff.succeeded()
                pace.sent(count)
                writer.sent.wrappingAdd(UInt64(count), ordering: .relaxed)
                batch.advance(by: count)
            case .full:
                waitForRoom()
            case .disconnected:
                socket.disconnect()
                sleep(backoff.failed())
            case .exhausted:
                sleep(JournalLink.exhaustedPause)
            case .refused, .tooLarge:
                writer.lost(first.source, bytes: first.end - batch.start)
                batch.advance(by: 1)
            }
        }
    }

    private func waitForRoom() {
        wait(for: socket.descriptor, -1)
        if pace.pauseAfterFull > 0, !isAbandoned { gaffer_pause(pace.pauseAfterFull) }
    }

    private func sleep(_ duration: Duration) {
        let milliseconds = duration.components.seconds * 1000 + duration.components.attoseconds / 1_000_000_000_000_000
        if milliseconds > 0 { wait(for: -1, Int32(milliseconds)) }
    }

    /// Sleeps until a descriptor can be written to, the writer is abandoned, or the time is over.
    private func wait(for descriptor: Int32, _ milliseconds: Int32) {
        var descriptors = [
            pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0),
            pollfd(fd: writer.interrupter, events: Int16(POLLIN), revents: 0),
        ]
        _ = poll(&descriptors, 2, milliseconds)
    }
}
