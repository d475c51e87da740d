internal import CSystemd
internal import GafferSystem
internal import Glibc
internal import Synchronization

/// Tells systemd how this service is, from a thread of its own: systemd may be slow to read.
package final class ServiceNotifier: Sendable {
    private let queue = Mutex(MessageQueue())
    private let worker: WorkerThread
    private let transmit: @Sendable (String) -> Void

    /// Nil where nobody wants to be told: `NOTIFY_SOCKET` is not set.
    package convenience init?() {
        guard getenv("NOTIFY_SOCKET") != nil else { return nil }
        // Who does not get a notification acts on that; there is nobody else to tell.
        self.init { text in _ = sd_notify(0, text) }
    }

    /// The same with another way to send, which may block.
    package init(transmit: @escaping @Sendable (String) -> Void) {
        self.transmit = transmit
        worker = WorkerThread(name: "gaffer-notify")
    }

    /// Tells of it soon, in order.
    package func send(_ messages: ServiceMessage...) {
        let isFirst = queue.withLock { queue in
            defer { queue.add(messages) }
            return queue.isEmpty
        }
        if isFirst { worker.perform { [self] in sendAll() } }
    }

    /// Waits until all is sent, for at most so long; false where it took longer.
    ///
    /// Blocks meanwhile: for the end of a program, once.
    @discardableResult
    package func flush(within limit: Duration = .seconds(1)) -> Bool {
        let done = Wakeup()
        worker.perform { done.set() }
        return done.wait(atMost: limit)
    }

    private func sendAll() {
        while let text = queue.withLock({ $0.takeNext() }) { transmit(text) }
    }
}
