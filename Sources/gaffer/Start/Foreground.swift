internal import Gaffer
internal import GafferModel
internal import GafferSystem
internal import GafferTool
internal import Glibc
internal import Synchronization

/// Carries out what ``ExitPolicy`` decides: runs an application below a guard until all of it has ended.
///
/// What happens comes as one sequence of steps: events of the manager, signals, errors of the output, changes of files.
final class Foreground: Sendable {
    private enum Step: Sendable {
        case event(Event)
        case input(ExitPolicy.Input)
        case changed(FileWatch.Finding)
    }

    /// How long the end of a process waits for its last lines, where something else holds its pipes.
    private static let lastLineDelay: Duration = .milliseconds(200)

    private let plan: ForegroundPlan
    private let style: LineStyle
    private let watch: WatchPlan?
    private let timeout: Duration
    private let writer: ForegroundWriter
    /// Where signals, the guard and files are watched: it goes on while the supervision is shut down.
    private let loop: SupervisionLoop
    private let steps: AsyncStream<Step>
    private let feed: AsyncStream<Step>.Continuation
    private let processes = Mutex<[Int: ProcessLines]>([:])
    private let ownLines = Mutex<LineFormatter?>(nil)

    init(
        _ plan: ForegroundPlan,
        style: LineStyle,
        watch: WatchPlan?,
        timeout: Duration
    ) throws(SystemError) {
        self.plan = plan
        self.style = style
        self.watch = watch
        self.timeout = timeout
        loop = try SupervisionLoop()
        let (steps, feed) = AsyncStream<Step>.makeStream()
        self.steps = steps
        self.feed = feed
        writer = ForegroundWriter(STDOUT_FILENO) { feed.yield(.input(.outputFailed($0))) }
    }

    /// Runs everything to its end, and gives the exit code; blocks meanwhile.
    func run(below processGuard: ProcessGuard) throws -> Int32 {
        let result = Mutex<Result<Int32, Failure>>(.success(0))
        let done = Semaphore()
        loop.start()
        // Unstructured: the main thread has nothing else to do than to wait for it.
        Task(executorPreference: ThreadExecutor.shared) { [self] in
            do {
                let code = try await work(below: processGuard)
                result.withLock { $0 = .success(code) }
            } catch {
                let failure = Failure(error)
                result.withLock { $0 = .failure(failure) }
            }
            done.signal()
        }
        done.wait()
        return try result.withLock { $0 }.get()
    }

    private func work(below processGuard: ProcessGuard) async throws -> Int32 {
        // Before the first process, so that none is without a guard.
        try await watchSurroundings(processGuard)
        var options = Supervision.Options()
        options.deathSignal = SIGKILL
        let supervision = try Supervision(options) { [self] origin, stream in
            lines(of: origin).follow(stream)
        }
        let manager = supervision.manager
        let events = manager.events.events(buffer: 1 << 16)
        Task(executorPreference: ThreadExecutor.shared) { [feed] in
            for await event in events { feed.yield(.event(event)) }
        }
        var policy = ExitPolicy(
            restart: plan.restart,
            mayEnd: plan.mayEnd,
            types: plan.types.map(\.name.job),
            isWatching: watch != nil
        )
        do throws(GafferError) {
            for type in plan.types { _ = try await manager.load(type.config, as: type.name) }
        } catch {
            say(error.message)
            feed.yield(.input(.refused))
        }
        for await step in steps {
            let inputs: [ExitPolicy.Input] =
                switch step {
                case .input(let input): [input]
                case .event(let event): take(event)
                case .changed(let finding): await restart(finding, manager, isStopping: policy.isStopping)
                }
            for action in inputs.flatMap({ policy.take($0) }) {
                switch action {
                case .say(let text): say(text)
                case .stopAll: stop(supervision, hurries: inputs.contains(where: \.isSignal))
                case .killAll: await kill(manager, nothingRuns: policy.remaining.isEmpty)
                case .end(let code): return code
                }
            }
        }
        return 1
    }

    // MARK: Surroundings

    /// Signals, the guard's end and files: handled on a loop of their own.
    private func watchSurroundings(_ processGuard: ProcessGuard) async throws {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            loop.perform { [self] in
                do {
                    try processGuard.bind(to: loop)
                    let signals = try SignalSource(ProcessGuard.signals, on: loop) { [feed] number in
                        feed.yield(.input(.signal(number)))
                    }
                    // They end with the program.
                    _ = Unmanaged.passRetained(signals)
                    if let watch {
                        let watching = try FileWatch(watch, on: loop) { [feed] in feed.yield(.changed($0)) }
                        _ = Unmanaged.passRetained(watching)
                    }
                    continuation.resume()
                } catch {
                    continuation.resume(throwing: error)
                }
            }
        }
    }

    // MARK: Carrying out

    private func stop(_ supervision: Supervision, hurries: Bool) {
        Task(executorPreference: ThreadExecutor.shared) { [writer, feed] in
            _ = await supervision.shutDown(keepsDetached: false)
            await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
                startThread(named: "gaffer-last") {
                    writer.finish()
                    continuation.resume()
                }
            }
            feed.yield(.input(.stopped))
        }
        // Who sent a signal does not wait for a reader that takes nothing; who did not can still send one.
        if hurries { giveUpOutput(after: timeout * 2) }
    }

    private func kill(_ manager: ManagerActor, nothingRuns: Bool) async {
        guard !nothingRuns else { return writer.abandon() }
        giveUpOutput(after: .seconds(1))
        await manager.hurry()
    }

    /// Drops the output where nobody takes any of it for so long.
    private func giveUpOutput(after delay: Duration) {
        let before = writer.progress
        loop.perform { [self] in
            _ = loop.schedule(after: delay) { [self] in
                if writer.progress == before { writer.abandon() } else { giveUpOutput(after: delay) }
            }
        }
    }

    private func restart(
        _ finding: FileWatch.Finding,
        _ manager: ManagerActor,
        isStopping: Bool
    ) async -> [ExitPolicy.Input] {
        guard !isStopping else { return [] }
        let types = plan.types.filter { finding.types.isEmpty || finding.types.contains($0.name.job) }
        say("\(finding.reason): restarting \(types.map(\.name.job).joined(separator: ", "))")
        for type in types {
            do throws(GafferError) {
                _ = try await manager.command(.restart, on: .job(type.name))
            } catch {
                say(error.message)
            }
        }
        return []
    }

    // MARK: What is shown

    /// Whether stdout has more than what processes write.
    private var showsEvents: Bool { style.hasPrefix || style.format == .json }

    private func say(_ text: String) {
        guard showsEvents else {
            _ = Output.write(Array("gaffer: \(text.escaped)\n".utf8), to: STDERR_FILENO)
            return
        }
        var line: [UInt8] = []
        ownLines.withLock { formatter in
            var own = formatter ?? LineFormatter(style, .own)
            own.appendEvent(text, event: "message", at: wallNow(), to: &line)
            formatter = own
        }
        writer.note(line)
    }

    private func lines(of origin: ProcessOrigin) -> ProcessLines {
        if let lines = processes.withLock({ $0[origin.pid] }) { return lines }
        let lines = ProcessLines(source(of: origin.name, origin.instance), style: style, writer: writer)
        processes.withLock { $0[origin.pid] = lines }
        // Its event comes a little later than its first line.
        feed.yield(.input(.started(pid: origin.pid, name: lines.name)))
        if showsEvents {
            let osPid = JSON.Member("os_pid", .integer(Int64(origin.osPid)))
            lines.tell("spawn process with pid \(origin.osPid)", event: "spawn", members: [osPid], at: wallNow())
        }
        return lines
    }

    private func source(of name: JobName, _ instance: Int) -> LineFormatter.Source {
        let type = plan[name.job]
        return LineFormatter.Source(
            name: type?.shownName(of: instance) ?? name.job,
            type: name.job,
            instance: instance,
            position: type?.position
        )
    }

    /// Shows an event, and gives what the policy has to know of it.
    private func take(_ event: Event) -> [ExitPolicy.Input] {
        let type = event.job.job
        let own = event.kind.pid.flatMap { pid in processes.withLock { $0[pid] } }
        let lines = own ?? ProcessLines(source(of: event.job, 1), style: style, writer: writer)
        func tell(_ text: String, _ members: [JSON.Member] = []) {
            guard showsEvents else { return }
            lines.tell(text, event: event.kind.word, members: members, at: event.time)
        }
        switch event.kind {
        case .spawn:
            return [.restarted(type: type)]
        case .exit(let pid, let osPid, let status, _):
            if showsEvents { tellExit(lines, osPid, status, event) }
            processes.withLock { $0[pid] = nil }
            return [.exited(pid: pid, type: type, status)]
        case .spawnError(_, let reason):
            say("\(type) can't be started: \(reason)")
            let isMissing = reason.contains("no such file or directory (exec)")
            return [.failedToStart(type: type, name: type, isMissing: isMissing)]
        case .stopProcess(let pid, _), .reap(let pid, _):
            return [.asked(pid: pid)]
        case .kill(_, let osPid):
            tell("kill process with pid \(osPid)", [.init("os_pid", .integer(Int64(osPid)))])
            return []
        case .backoff(let delay):
            let milliseconds = Int((delay * 1000).rounded())
            tell("restart in \(Double(milliseconds) / 1000) s", [.init("delay", .double(delay))])
            return []
        case .finish:
            return [.finished(type: type)]
        default:
            return []
        }
    }

    private func tellExit(_ lines: ProcessLines, _ osPid: Int32, _ status: ExitStatus, _ event: Event) {
        let how = status == .code(0) ? "" : ": \(status)"
        var members: [JSON.Member] = [.init("os_pid", .integer(Int64(osPid)))]
        switch status {
        case .code(let code): members.append(.init("exit_code", .integer(Int64(code))))
        case .signal(let signal): members.append(.init("signal", .string(signal.name)))
        case .outOfMemory: members.append(.init("signal", .string(Signal.kill.name)))
        case .unknown: break
        }
        lines.tellLast("exit process with pid \(osPid)\(how)", event: "exit", members: members, at: event.time)
        loop.perform { [loop] in
            _ = loop.schedule(after: Self.lastLineDelay) { lines.giveUpWaiting() }
        }
    }
}

extension ExitPolicy.Input {
    fileprivate var isSignal: Bool {
        if case .signal = self { true } else { false }
    }
}
