package import Gaffer
package import GafferModel
package import GafferSystem
internal import Synchronization

/// Processes that are only pretended: a test says what they write, what happens to them and what they use, and sees
/// what is written to them.
///
/// ```swift
/// let feeds = FakeFeeds()
/// feeds.add(3, of: try JobName(parsing: "shop.web"))
/// feeds.emit(3, "stdout", "hello\n")
/// feeds.publish(.start, of: try JobName(parsing: "shop.web"))
/// ```
package final class FakeFeeds: ProcessFeeds {
    /// What was written to a process; `bytes` of nil is the end of file.
    package struct Write: Sendable, Hashable {
        package var pid: Int
        package var label: String
        package var bytes: [UInt8]?

        package init(pid: Int, label: String, bytes: [UInt8]?) {
            self.pid = pid
            self.label = label
            self.bytes = bytes
        }
    }

    private struct Process {
        var job: JobName
        var streams: [OutputStream]
        var inputs: Set<String>
    }

    private struct Watcher {
        var target: StatsTarget
        var interval: Duration
        var continuation: AsyncStream<[ProcessStats]>.Continuation
    }

    private struct Content {
        var processes: [Int: Process] = [:]
        var writes: [Write] = []
        var failure: GafferError?
        var isHolding = false
        var held: [CheckedContinuation<Void, Never>] = []
        var watchers: [Int: Watcher] = [:]
        var lastWatcher = 0
        var time = 1_700_000_000.0
    }

    package let events: EventBus
    private let content = Mutex(Content())

    /// Makes feeds without a process.
    ///
    /// - Parameter events: where events come from; by default a bus that hands each out at once.
    package init(events: EventBus = EventBus()) {
        self.events = events
    }

    // MARK: Processes

    /// Adds a process, or another one under the same pid.
    ///
    /// - Parameters:
    ///   - streams: what can be read, in the order of the labels.
    ///   - inputs: what can be written to; custom streams stand in both.
    package func add(
        _ pid: Int,
        of job: JobName,
        streams: [String] = ["stdout", "stderr"],
        inputs: Set<String> = ["stdin"],
        ringSize: Int = 65_536
    ) {
        let process = Process(
            job: job,
            streams: streams.map { OutputStream(label: $0, ringSize: ringSize) },
            inputs: inputs
        )
        content.withLock { $0.processes[pid] = process }
    }

    /// A process writes to a stream; nothing happens where there is none such.
    package func emit(_ pid: Int, _ label: String, _ bytes: [UInt8]) {
        let stream = content.withLock { $0.processes[pid]?.streams.first { $0.label == label } }
        stream?.append(bytes)
    }

    /// A process writes text to a stream.
    package func emit(_ pid: Int, _ label: String, _ text: String) {
        emit(pid, label, Array(text.utf8))
    }

    /// Ends one stream of a process, or all of them; the process stays known.
    package func end(_ pid: Int, _ label: String? = nil) {
        let streams = content.withLock { $0.processes[pid]?.streams ?? [] }
        for stream in streams where label == nil || stream.label == label { stream.finish() }
    }

    /// A process is gone, and so is what it wrote.
    package func forget(_ pid: Int) {
        content.withLock { $0.processes[pid] = nil }
    }

    // MARK: Writes

    /// What was written so far.
    package var writes: [Write] { content.withLock { $0.writes } }

    /// Lets writes fail from now on; nil: they succeed again.
    package func failWrites(with error: GafferError?) {
        content.withLock { $0.failure = error }
    }

    /// Keeps writes waiting, as a process that does not read, until ``releaseWrites()``.
    package func holdWrites() {
        content.withLock { $0.isHolding = true }
    }

    package func releaseWrites() {
        let held = content.withLock { content in
            content.isHolding = false
            defer { content.held = [] }
            return content.held
        }
        for continuation in held { continuation.resume() }
    }

    // MARK: Events and stats

    /// Something happens to a job; its time is a second later than that of the event before.
    package func publish(_ kind: Event.Kind, of job: JobName) {
        let time = content.withLock { content in
            content.time += 1
            return content.time
        }
        events.publish(kind, of: job, time: time)
    }

    /// Gives a look to those who watch this target.
    package func push(_ stats: [ProcessStats], to target: StatsTarget) {
        for watcher in watchers(of: target) { watcher.continuation.yield(stats) }
    }

    /// Ends the sequences of those who watch this target.
    package func endStats(of target: StatsTarget) {
        for watcher in watchers(of: target) { watcher.continuation.finish() }
    }

    /// The intervals of those who watch this target now.
    package func intervals(of target: StatsTarget) -> [Duration] {
        watchers(of: target).map(\.interval)
    }

    private func watchers(of target: StatsTarget) -> [Watcher] {
        content.withLock { content in
            content.watchers.filter { $0.value.target == target }.sorted { $0.key < $1.key }.map(\.value)
        }
    }

    // MARK: ProcessFeeds

    package func job(of pid: Int) throws(GafferError) -> JobName {
        try process(pid).job
    }

    package func streams(of pid: Int) throws(GafferError) -> [OutputStream] {
        try process(pid).streams
    }

    package func untilStarted(_ pid: Int) async {}

    package func write(
        _ bytes: [UInt8],
        to label: String,
        of pid: Int,
        within timeout: Duration
    ) async throws(GafferError) {
        try check(label, of: pid)
        await withCheckedContinuation { continuation in
            let isHeld = content.withLock { content in
                if content.isHolding { content.held.append(continuation) }
                return content.isHolding
            }
            if !isHeld { continuation.resume() }
        }
        let failure = content.withLock { content in
            if content.failure == nil { content.writes.append(Write(pid: pid, label: label, bytes: bytes)) }
            return content.failure
        }
        if let failure { throw failure }
    }

    package func closeInput(_ label: String, of pid: Int) async throws(GafferError) {
        try check(label, of: pid)
        content.withLock { $0.writes.append(Write(pid: pid, label: label, bytes: nil)) }
    }

    package func stats(of target: StatsTarget, every interval: Duration) -> AsyncStream<[ProcessStats]> {
        let (stream, continuation) = AsyncStream.makeStream(of: [ProcessStats].self)
        let number = content.withLock { content in
            content.lastWatcher += 1
            content.watchers[content.lastWatcher] = Watcher(
                target: target,
                interval: interval,
                continuation: continuation
            )
            return content.lastWatcher
        }
        continuation.onTermination = { [weak self] _ in
            _ = self?.content.withLock { $0.watchers.removeValue(forKey: number) }
        }
        return stream
    }

    private func process(_ pid: Int) throws(GafferError) -> Process {
        guard let process = content.withLock({ $0.processes[pid] }) else {
            throw GafferError(.notFound, "There is no process \(pid).")
        }
        return process
    }

    private func check(_ label: String, of pid: Int) throws(GafferError) {
        let process = try process(pid)
        guard !process.inputs.contains(label) else { return }
        guard label == "stdin" || process.streams.contains(where: { $0.label == label }) else {
            throw GafferError(.notFound, "Process \(pid) has no stream \(label).")
        }
        throw GafferError(.forbidden, "Process \(pid): \(label) can't be written to.")
    }
}
