package import GafferModel
package import GafferSystem

extension ManagerActor: ProcessFeeds {
    package nonisolated func job(of pid: Int) throws(GafferError) -> JobName {
        try keeper(of: pid).name
    }

    package nonisolated func streams(of pid: Int) throws(GafferError) -> [OutputStream] {
        try keeper(of: pid).board.output(of: pid)?.streams ?? []
    }

    package nonisolated func untilStarted(_ pid: Int) async {
        guard let job = pids.job(of: pid), job.board.isStarting(pid) else { return }
        try? await job.attempts().settled()
    }

    package nonisolated func write(
        _ bytes: [UInt8],
        to label: String,
        of pid: Int,
        within timeout: Duration
    ) async throws(GafferError) {
        let input = try await input(label, of: pid)
        guard bytes.count <= ProcessInput.limit else {
            throw GafferError(
                .tooLarge,
                "\(input.name): \(bytes.count) bytes are too many for one write; send at most \(ProcessInput.limit)."
            )
        }
        let outcome = await withCheckedContinuation { (continuation: CheckedContinuation<InputWriter.Outcome, Never>) in
            loop.perform { [loop] in
                guard let writer = input.output.writer(to: label, on: loop) else {
                    return continuation.resume(returning: .ended(taken: 0))
                }
                writer.write(bytes, within: timeout) { continuation.resume(returning: $0) }
            }
        }
        if let error = input.error(outcome, count: bytes.count, timeout: timeout) { throw error }
    }

    package nonisolated func closeInput(_ label: String, of pid: Int) async throws(GafferError) {
        let input = try await input(label, of: pid)
        await withCheckedContinuation { continuation in
            loop.perform { [loop] in
                input.output.writer(to: label, on: loop)?.closeWhenEmpty()
                continuation.resume()
            }
        }
    }

    package nonisolated func stats(of target: StatsTarget, every interval: Duration) -> AsyncStream<[ProcessStats]> {
        let subjects: @Sendable () -> [StatsSampler.Subject]? =
            switch target {
            case .process(let pid):
                { [pids] in
                    // One that is being started has nothing to look at yet.
                    pids.job(of: pid).map { $0.board.running().filter { $0.pid == pid } }
                }
            case .job(let name):
                { [directory] in try? directory.job(name).board.running() }
            case .everything:
                { [directory] in directory.all.flatMap { $0.board.running() } }
            }
        return stats.watch(target, every: interval, subjects: subjects)
    }

    /// The job of a process that runs, or that ended and whose output is kept.
    private nonisolated func keeper(of pid: Int) throws(GafferError) -> JobActor {
        guard let job = pids.job(of: pid) ?? pids.job(ofEnded: pid) else {
            throw GafferError(.notFound, "There is no process \(pid).")
        }
        return job
    }

    /// A stream of a process that can be written to; waits for one that is being started.
    private nonisolated func input(_ label: String, of pid: Int) async throws(GafferError) -> Input {
        await untilStarted(pid)
        guard let job = pids.job(of: pid) else {
            guard pids.job(ofEnded: pid) != nil else { throw GafferError(.notFound, "There is no process \(pid).") }
            throw GafferError(.notFound, "Process \(pid) has ended.")
        }
        let who = "Process \(pid) (\(job.name))"
        let output = job.board.output(of: pid)
        switch output?.direction(of: label) ?? .unknown {
        case .input:
            guard let output else { break }
            return Input(output: output, who: who, label: label)
        case .output:
            throw GafferError(.forbidden, "\(who): \(label) can only be read; write to stdin or a custom stream.")
        case .unknown where label == "stdin":
            throw GafferError(
                .forbidden,
                "\(who): its stdin is not redirected; set redirect_input, which a detached process can't have."
            )
        case .unknown:
            break
        }
        throw GafferError(.notFound, "\(who) has no stream \(label.cited).")
    }
}

/// A stream of a process that can be written to.
private struct Input {
    let output: ProcessOutput
    let who: String
    let label: String

    var name: String { "\(who): \(label)" }

    /// What a write of so many bytes has come to; nil: they were taken.
    func error(_ outcome: InputWriter.Outcome, count: Int, timeout: Duration) -> GafferError? {
        func taken(_ number: Int) -> String { "\(number) of \(count) bytes were taken" }
        switch outcome {
        case .taken:
            return nil
        case .busy(let waiting):
            return GafferError(
                .busy,
                "\(name): \(waiting) bytes wait already that it does not read; try again later."
            )
        case .timedOut(let number):
            return GafferError(
                .timedOut,
                "\(name) was not read within \(timeout / .milliseconds(1)) ms: \(taken(number))."
            )
        case .closed(let number):
            return GafferError(.forbidden, "\(name) was closed on request: \(taken(number)).")
        case .ended(let number):
            return GafferError(.failed, "\(who) has ended: \(taken(number)) by its \(label).")
        case .broken(let number):
            return GafferError(.failed, "\(who) has closed its \(label): \(taken(number)).")
        }
    }
}
