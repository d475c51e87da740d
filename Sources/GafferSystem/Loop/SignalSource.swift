internal import CGafferSystem
internal import Glibc

/// Signals that arrive as reads of a descriptor on the supervision loop.
///
/// They have to be blocked in every thread, so ``block(_:)`` comes first in `main`, before anything starts a thread;
/// one that arrives before ``init(_:on:)`` waits.
package final class SignalSource {
    private let descriptor: Descriptor
    private let loop: SupervisionLoop
    private let token: SupervisionLoop.Token

    /// Blocks signals for the calling thread and those that it starts later.
    package static func block(_ signals: [Int32]) {
        _ = gaffer_block_signals(signals, Int32(signals.count), 1)
    }

    /// Calls `handler` on the loop, where it has to be made as well, for each signal that comes.
    package init(
        _ signals: [Int32],
        on loop: SupervisionLoop,
        handler: @escaping (Int32) -> Void
    ) throws(SystemError) {
        var set = sigset_t()
        sigemptyset(&set)
        for signal in signals { sigaddset(&set, signal) }
        let number = try SystemError.check("signalfd") { gaffer_signalfd(-1, &set) }
        descriptor = Descriptor(owning: number)
        self.loop = loop
        token = try loop.watch(number) {
            var numbers = [Int32](repeating: 0, count: 32)
            let count = gaffer_signalfd_read(number, &numbers, Int32(numbers.count))
            for signal in numbers.prefix(Int(max(0, count))) { handler(signal) }
        }
    }

    /// Ends it, on the loop.
    package func cancel() {
        loop.unwatch(token)
    }
}
