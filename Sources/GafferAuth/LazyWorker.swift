internal import GafferSystem

#if !SANITIZE_THREAD
    internal import Synchronization
#endif

/// A thread for calls that block, started by the first of them and ended with its owner: most gafferds never need it.
final class LazyWorker: Sendable {
    private let name: String
    private let thread = Mutex<WorkerThread?>(nil)

    /// - Parameter name: 15 bytes at most.
    init(name: String) {
        self.name = name
    }

    deinit {
        thread.withLock { $0 }?.stop()
    }

    func result<Value: Sendable>(of body: @escaping @Sendable () -> Value) async -> Value {
        let thread = thread.withLock { thread in
            if let thread { return thread }
            let new = WorkerThread(name: name)
            thread = new
            return new
        }
        return await thread.result(of: body)
    }
}
