internal import Synchronization

/// A log that is written once and read by any number, each at its own pace.
///
/// What it keeps is bounded by a summed cost, as bytes; what a reader has not taken when it goes is lost to it, and the
/// reader is told how much that was. A slow reader costs no memory of its own.
package final class Broadcast<Element: Sendable>: Sendable {
    /// What is there for a reader.
    package struct Batch: Sendable {
        /// The next elements, in order; at least one.
        package var elements: [Element]
        /// How many elements before the first of them were lost to this reader.
        package var missed: UInt64
        /// What those cost together.
        package var missedCost: UInt64
    }

    typealias Waiter = UnsafeContinuation<Batch?, Never>

    private let state: Mutex<BroadcastLog<Element>>

    /// Makes a log.
    ///
    /// - Parameters:
    ///   - limit: how much is kept, by cost; the last element is, whatever it costs.
    ///   - keepsHistory: whether what every reader has taken is kept too, for those that come later.
    package init(limit: Int, keepsHistory: Bool = false) {
        state = Mutex(BroadcastLog(limit: limit, keepsHistory: keepsHistory))
    }

    /// How many read it.
    package var readerCount: Int { state.withLock { $0.readers.count } }

    /// What the elements that are kept cost.
    package var keptCost: Int { state.withLock { $0.cost } }

    /// How many elements were ever appended.
    package var end: UInt64 { state.withLock { $0.end } }

    // MARK: Writing

    /// Adds an element, unless it is finished.
    ///
    /// - Parameter wakes: whether readers that wait get it now; else with the next ``wake()``.
    package func append(_ element: Element, cost: Int = 1, wakes: Bool = true) {
        state.withLock { $0.append(element, cost: cost) }
        if wakes { wake() }
    }

    /// Adds what depends on how many there were before.
    func append(_ make: (UInt64) -> Element) {
        state.withLock { $0.append(make($0.end), cost: 1) }
    }

    /// Gives readers that wait what is there.
    package func wake() {
        let woken = state.withLock { $0.wake() }
        for (waiter, batch) in woken { waiter.resume(returning: batch) }
    }

    /// Ends every reader's sequence after what is there.
    package func finish() {
        state.withLock { $0.isFinished = true }
        wake()
    }

    // MARK: Reading

    /// A reader of what comes from now on.
    package func reader() -> Reader {
        reader { $0.end }
    }

    /// A reader from an index on, or from the first that is kept.
    ///
    /// - Parameter reach: how much may wait for it where that is more than the log's own limit; the log keeps that much
    ///   while this reader needs it.
    func reader(reach: Int? = nil, from position: (borrowing BroadcastLog<Element>) -> UInt64) -> Reader {
        let number = state.withLock { state in
            state.addReader(at: position(state), reach: reach)
        }
        return Reader(broadcast: self, number: number)
    }

    /// One who reads, for one task at a time.
    package final class Reader: Sendable {
        private let broadcast: Broadcast
        private let number: Int

        fileprivate init(broadcast: Broadcast, number: Int) {
            self.broadcast = broadcast
            self.number = number
        }

        deinit {
            broadcast.state.withLock { $0.removeReader(number) }
        }

        /// Ends the sequence for this reader, at once.
        package func cancel() {
            let waiter = broadcast.state.withLock { $0.cancel(number) }
            waiter?.resume(returning: nil)
        }

        /// What is there, or what comes next; nil at the end, and when the task is cancelled.
        ///
        /// - Parameter limit: the most that it may cost, but for its first element.
        package func next(
            atMost limit: Int = .max,
            isolation actor: isolated (any Actor)? = #isolation
        ) async -> Batch? {
            switch broadcast.state.withLock({ $0.take(number, atMost: limit) }) {
            case .batch(let batch): return batch
            case .end: return nil
            case .nothing: break
            }
            return await withTaskCancellationHandler {
                await withUnsafeContinuation { (waiter: Waiter) in
                    // Something may have come meanwhile.
                    let taken = broadcast.state.withLock { state in
                        let taken = state.take(number, atMost: limit)
                        if case .nothing = taken { state.wait(number, atMost: limit, waiter) }
                        return taken
                    }
                    switch taken {
                    case .batch(let batch): waiter.resume(returning: batch)
                    case .end: waiter.resume(returning: nil)
                    case .nothing: break
                    }
                }
            } onCancel: {
                cancel()
            }
        }
    }
}
