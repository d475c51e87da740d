import Gaffer
import GafferModel
import Synchronization

/// A supervisor of jobs that exist in memory only: it remembers what it was told, and its changes end when told.
final class FakeSupervisor: Supervisor {
    private struct Job {
        var name: JobName
        var config: JobConfig
        var pids: [Int]
        var wanted: Int
    }

    private struct State {
        var jobs: [Job] = []
        var nextPid = 1
        var calls: [String] = []
        var wait: @Sendable () async throws(GafferError) -> Void = { () throws(GafferError) in }
        var failure: GafferError?
    }

    private let state = Mutex(State())

    /// Everything that was asked for and changes something, in order.
    var calls: [String] { state.withLock { $0.calls } }

    /// Adds a job with processes; `config` tells how many.
    @discardableResult
    func add(_ name: JobName, _ config: JobConfig = JobConfig(cmd: "sleep 1")) -> [Int] {
        state.withLock { state in
            let pids = Array(state.nextPid..<state.nextPid + config.numprocesses)
            state.nextPid += config.numprocesses
            state.jobs.append(Job(name: name, config: config, pids: pids, wanted: config.numprocesses))
            return pids
        }
    }

    /// From now on this is what waiting for a change does.
    func whenWaitedFor(_ wait: @escaping @Sendable () async throws(GafferError) -> Void) {
        state.withLock { $0.wait = wait }
    }

    /// From now on a change is not done in time.
    func leaveChangesOpen() {
        whenWaitedFor { () throws(GafferError) in
            throw GafferError(.timedOut, "default.web is still stopping.")
        }
    }

    /// From now on everything that changes something fails so.
    func fail(with error: GafferError) {
        state.withLock { $0.failure = error }
    }

    // MARK: Reading

    func sessionNames() -> [String] {
        state.withLock { state in
            state.jobs.reduce(into: []) { if !$0.contains($1.name.session) { $0.append($1.name.session) } }
        }
    }

    func jobNames(in session: String?) throws(GafferError) -> [JobName] {
        guard let session else { return state.withLock { $0.jobs.map(\.name) } }
        let names = state.withLock { $0.jobs.map(\.name).filter { $0.session == session } }
        guard !names.isEmpty else { throw GafferError(.notFound, "There is no session \(session).") }
        return names
    }

    func info(of name: JobName) throws(GafferError) -> JobInfo {
        let job = try job(name)
        return JobInfo(
            name: name,
            state: job.pids.isEmpty ? .stopped : .running,
            wanted: job.wanted,
            instances: job.pids.map {
                JobInfo.Instance(
                    pid: $0,
                    osPid: Int32($0) + 1000,
                    instance: 1,
                    state: .running,
                    isCommit: false,
                    createTime: 1
                )
            },
            config: job.config,
            restarts: 0,
            lastExit: nil,
            lastError: nil,
            retryIn: nil
        )
    }

    func isActive(_ name: JobName) throws(GafferError) -> Bool { try !job(name).pids.isEmpty }

    func wanted(of name: JobName) throws(GafferError) -> Int { try job(name).wanted }

    func pids(of name: JobName?) throws(GafferError) -> [Int] {
        guard let name else { return state.withLock { $0.jobs.flatMap(\.pids) } }
        return try job(name).pids
    }

    func process(_ pid: Int) throws(GafferError) -> ProcessInfo {
        let name = try owner(of: pid)
        let config = try job(name).config
        return ProcessInfo(
            pid: pid,
            osPid: Int32(pid) + 1000,
            name: name,
            state: .running,
            instance: 1,
            isCommit: false,
            createTime: 1,
            cmd: "sleep",
            args: ["1"],
            env: config.env,
            uid: nil,
            gid: nil,
            redirectOutput: config.redirectOutput ?? ["stdout", "stderr"],
            redirectInput: config.redirectInput,
            customStreams: config.customStreams
        )
    }

    func tail(of name: JobName, lines: Int, label: String?) throws(GafferError) -> [OutputTail] {
        let pids = try job(name).pids
        let labels = label.map { [$0] } ?? ["stdout", "stderr"]
        return pids.flatMap { pid in
            labels.map { OutputTail(pid: pid, label: $0, bytes: Array("\($0) \(lines)\n".utf8) + [0xFF, 0x0A]) }
        }
    }

    func stats(of name: JobName) async throws(GafferError) -> JobStats {
        let pids = try job(name).pids
        return JobStats(name: name, processes: pids.map { ProcessStats(pid: $0, osPid: Int32($0) + 1000) })
    }

    func stats(of pid: Int) async throws(GafferError) -> ProcessStats {
        _ = try owner(of: pid)
        return ProcessStats(pid: pid, osPid: Int32(pid) + 1000)
    }

    // MARK: Changing

    func load(_ config: JobConfig, as name: JobName) async throws(GafferError) -> Change {
        let change = try note("load \(name)")
        guard (try? job(name)) == nil else { throw GafferError(.conflict, "\(name) is loaded already.") }
        add(name, config)
        return change
    }

    func update(_ config: JobConfig, of name: JobName) async throws(GafferError) -> Change {
        let change = try note("update \(name)")
        _ = try job(name)
        state.withLock { state in
            for index in state.jobs.indices where state.jobs[index].name == name { state.jobs[index].config = config }
        }
        return change
    }

    func unload(_ name: JobName) async throws(GafferError) -> Change {
        let change = try note("unload \(name)")
        _ = try job(name)
        state.withLock { $0.jobs.removeAll { $0.name == name } }
        return change
    }

    func command(_ command: JobCommand, on target: Target) async throws(GafferError) -> Change {
        let change = try note("\(command) \(target.text)")
        switch target {
        case .job(let name): _ = try job(name)
        case .session(let session): _ = try jobNames(in: session)
        case .everything: break
        }
        return change
    }

    func scale(
        _ name: JobName,
        _ operation: ScaleOperation
    ) async throws(GafferError) -> (wanted: Int, change: Change) {
        let change = try note("scale \(name)")
        let wanted = try operation.applied(to: try job(name).wanted)
        state.withLock { state in
            for index in state.jobs.indices where state.jobs[index].name == name { state.jobs[index].wanted = wanted }
        }
        return (wanted, change)
    }

    func commit(
        _ name: JobName,
        env: [String: String],
        gracefulTimeout: Duration?
    ) async throws(GafferError) -> (pid: Int, change: Change) {
        let variables = env.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
        let change = try note("commit \(name) [\(variables)] \(gracefulTimeout.map { "\($0)" } ?? "-")")
        _ = try job(name)
        return (77, change)
    }

    func signal(_ signal: Signal, to target: Target) async throws(GafferError) {
        _ = try note("\(signal) \(target.text)")
        switch target {
        case .job(let name): _ = try job(name)
        case .session(let session): _ = try jobNames(in: session)
        case .everything: break
        }
    }

    func signal(_ signal: Signal, to pid: Int) async throws(GafferError) {
        _ = try note("\(signal) \(pid)")
        _ = try owner(of: pid)
    }

    func stopProcess(_ pid: Int) async throws(GafferError) -> Change {
        let change = try note("stop \(pid)")
        _ = try owner(of: pid)
        return change
    }

    // MARK: Inside

    private func note(_ call: String) throws(GafferError) -> Change {
        let (failure, wait) = state.withLock { state in
            state.calls.append(call)
            return (state.failure, state.wait)
        }
        if let failure { throw failure }
        return Change { _ throws(GafferError) in try await wait() }
    }

    private func job(_ name: JobName) throws(GafferError) -> Job {
        guard let job = state.withLock({ state in state.jobs.first { $0.name == name } }) else {
            throw GafferError(.notFound, "There is no job \(name).")
        }
        return job
    }

    private func owner(of pid: Int) throws(GafferError) -> JobName {
        guard let job = state.withLock({ state in state.jobs.first { $0.pids.contains(pid) } }) else {
            throw GafferError(.notFound, "There is no process \(pid).")
        }
        return job.name
    }
}

extension Target {
    /// As it stands in ``FakeSupervisor/calls``.
    var text: String {
        switch self {
        case .job(let name): name.description
        case .session(let session): session
        case .everything: "everything"
        }
    }
}
