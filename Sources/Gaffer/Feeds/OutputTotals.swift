internal import GafferModel
internal import GafferSystem
internal import Synchronization

/// How many bytes the processes of each job have written, those that ended included.
final class OutputTotals: Sendable {
    private let counters = Mutex<[JobName: [String: ByteCounter]]>([:])

    /// Counts a stream of a job's process from its first byte on.
    func follow(_ stream: OutputStream, of job: JobName) {
        let counter = counters.withLock { counters in
            let found = counters[job]?[stream.label] ?? ByteCounter()
            counters[job, default: [:]][stream.label] = found
            return found
        }
        stream.count(into: counter)
    }

    /// The bytes by job and by the label of the stream; of the jobs that are named.
    func totals(of jobs: [JobName]) -> [JobName: [String: UInt64]] {
        counters.withLock { counters in
            let wanted = Set(jobs)
            return counters.filter { wanted.contains($0.key) }.mapValues { $0.mapValues(\.total) }
        }
    }

    /// A job is gone.
    func forget(_ job: JobName) {
        counters.withLock { $0[job] = nil }
    }
}
