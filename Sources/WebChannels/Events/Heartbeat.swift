internal import Synchronization
package import WebServer

/// What is written where nothing else was for a while, so that neither side takes the other for gone.
package struct Heartbeat: Sendable {
    /// How long nothing may come before it.
    package var interval: Duration
    /// What is written.
    package var bytes: [UInt8]

    /// Makes a heartbeat.
    package init(every interval: Duration, _ bytes: [UInt8] = EventStreamEncoder.heartbeat) {
        self.interval = interval
        self.bytes = bytes
    }
}

extension ResponseWriter {
    /// Writes elements as they come, and a heartbeat where none came for its interval, until the last of them.
    ///
    /// It wakes up for the heartbeat only while it runs: where nobody listens there is no timer. A sequence that does
    /// not end when its task is cancelled holds up the end.
    ///
    /// - Parameters:
    ///   - heartbeat: nil: none is wanted.
    ///   - encode: the bytes of an element; where there are none, nothing is written.
    /// - Throws: ``ConnectionClosed`` where the client is gone.
    package func write<Element: Sendable>(
        _ elements: some AsyncSequence<Element, Never> & Sendable,
        heartbeat: Heartbeat?,
        encode: @escaping @Sendable (Element) -> [UInt8]
    ) async throws(ConnectionClosed) {
        let turn = WritingTurn()
        let ended = await withTaskGroup(of: Result<Void, ConnectionClosed>?.self) { tasks in
            tasks.addTask {
                do throws(ConnectionClosed) {
                    for await element in elements {
                        let bytes = encode(element)
                        if !bytes.isEmpty { try await write(bytes, in: turn) }
                    }
                    return .success(())
                } catch {
                    return .failure(error)
                }
            }
            if let heartbeat {
                tasks.addTask { await beat(heartbeat, in: turn).map { .failure($0) } }
            }
            var result: Result<Void, ConnectionClosed> = .success(())
            while let outcome = await tasks.next() {
                guard let outcome else { continue }
                result = outcome
                break
            }
            tasks.cancelAll()
            return result
        }
        try ended.get()
    }

    private func write(_ bytes: [UInt8], in turn: WritingTurn) async throws(ConnectionClosed) {
        await turn.take()
        defer { turn.end(hasWritten: true) }
        try await write(bytes)
    }

    /// Writes heartbeats until it is cancelled, or until the client is gone.
    private func beat(_ heartbeat: Heartbeat, in turn: WritingTurn) async -> ConnectionClosed? {
        while !Task.isCancelled {
            do {
                try await Pause.until(turn.lastEnd + heartbeat.interval)
            } catch {
                return nil
            }
            await turn.take()
            guard ContinuousClock.now >= turn.lastEnd + heartbeat.interval else {
                // Something was written while we slept, so that the silence began anew.
                turn.end(hasWritten: false)
                continue
            }
            defer { turn.end(hasWritten: true) }
            do throws(ConnectionClosed) {
                try await write(heartbeat.bytes)
            } catch {
                return error
            }
        }
        return nil
    }
}

/// Lets one of two tasks write at a time.
private final class WritingTurn: Sendable {
    private struct State {
        var isTaken = false
        var waiting: [CheckedContinuation<Void, Never>] = []
        var lastEnd = ContinuousClock.now
    }

    private let state = Mutex(State())

    /// When something was last written.
    var lastEnd: ContinuousClock.Instant {
        state.withLock { $0.lastEnd }
    }

    /// Waits for the turn.
    func take() async {
        await withCheckedContinuation { continuation in
            let isFree = state.withLock { state in
                guard state.isTaken else {
                    state.isTaken = true
                    return true
                }
                state.waiting.append(continuation)
                return false
            }
            if isFree { continuation.resume() }
        }
    }

    /// Hands the turn on.
    func end(hasWritten: Bool) {
        let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
            if hasWritten { state.lastEnd = .now }
            guard !state.waiting.isEmpty else {
                state.isTaken = false
                return nil
            }
            return state.waiting.removeFirst()
        }
        next?.resume()
    }
}
