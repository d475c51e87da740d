/// Runs tasks on a thread of its own, in the place of the shared pool.
///
/// The pool of Linux (libdispatch's) looks once a second whether it has threads enough, for ever after its first use. A
/// daemon that is to sleep while nothing happens must not use it: every task of gafferd prefers this executor, and so do
/// the tasks below it. Nothing on it may block.
package final class ThreadExecutor: TaskExecutor {
    /// The one of this program.
    package static let shared = ThreadExecutor(name: "gaffer-tasks")

    private let worker: WorkerThread

    private init(name: String) {
        worker = WorkerThread(name: name)
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        worker.perform { [self] in job.runSynchronously(on: asUnownedTaskExecutor()) }
    }
}
