internal import Synchronization

// A stream that no reader reads, as in tests: its bytes are handed in.
extension OutputStream {
    /// Keeps bytes and hands them on as if a process had written them; none after ``finish()``.
    ///
    /// Calls must follow each other, and a reader must not have the stream too.
    package func append(_ bytes: [UInt8]) {
        guard !bytes.isEmpty else { return }
        bytes.withByteView { view in
            let told = state.withLock { state -> (offset: UInt64, observers: [any OutputObserver])? in
                guard case .new = state.phase else { return nil }
                let offset = state.ring.end
                state.ring.append(view)
                state.counter?.add(bytes.count)
                return (offset, state.observers)
            }
            guard let told else { return }
            for observer in told.observers { observer.received(view, at: told.offset) }
        }
    }

    /// Ends the stream as if the process had closed it.
    package func finish() {
        let observers = state.withLock { state -> [any OutputObserver] in
            guard case .new = state.phase else { return [] }
            state.phase = .ended
            defer { state.observers = [] }
            return state.observers
        }
        for observer in observers { observer.ended() }
    }
}
