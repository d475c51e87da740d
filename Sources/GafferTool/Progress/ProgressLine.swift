internal import GafferClient
package import GafferModel
internal import Glibc
internal import WebClient

/// A line on the user's terminal that tells how far a long change is; gone when it is over.
///
/// A thread of its own asks and draws, on connections of its own; the change does not know of it.
package final class ProgressLine: Sendable {
    private struct State: Sendable {
        var isOver = false
        var shown = ""
    }

    private let descriptor: Int32
    private let state = Locked(State())

    /// What takes less is done before anybody could read.
    private static let patience = Duration.milliseconds(300)
    /// Above so many jobs, asking for all takes less than asking for each.
    private static let fewJobs = 16

    private init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    /// Begins to show how far a change of jobs is; nil where nobody looks.
    static func begin(_ model: ProgressModel, _ names: [JobName], _ invocation: Invocation) throws -> ProgressLine? {
        guard let descriptor = invocation.environment.progress, isatty(descriptor) == 1, !names.isEmpty,
            !invocation.isQuiet, !invocation.wantsJSON, invocation.environment.variable("TERM") != "dumb"
        else { return nil }
        let line = ProgressLine(descriptor: descriptor)
        let worker = Worker(model, names, try invocation.client().twin(), line)
        // Without a thread there is no line; the change is made all the same.
        try? BackgroundThread.start { worker.run() }
        return line
    }

    /// Takes the line away.
    func end() {
        state.withLock { state in
            if !state.shown.isEmpty { _ = Output.write(Array("\r\u{1B}[K".utf8), to: descriptor) }
            state.isOver = true
        }
    }

    private var isOver: Bool { state.withLock { $0.isOver } }

    private func show(_ text: String) {
        var size = winsize()
        let width = ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : 80
        // The last column stays free, so that no terminal goes on in the next line.
        let line = text.escaped.shortened(to: width - 1)
        state.withLock { state in
            guard !state.isOver, state.shown != line else { return }
            state.shown = line
            _ = Output.write(Array("\r\(line)\u{1B}[K".utf8), to: descriptor)
        }
    }

    private final class Worker: @unchecked Sendable {
        // Sendable since it is handed over to the thread, which alone uses it.
        private var model: ProgressModel
        private let names: [JobName]
        private let client: GafferClient
        private let line: ProgressLine

        init(_ model: ProgressModel, _ names: [JobName], _ client: GafferClient, _ line: ProgressLine) {
            self.model = model
            self.names = names
            self.client = client
            self.line = line
        }

        /// Follows the change until it is over; what can't be asked is not shown.
        func run() {
            _ = Readiness.wait(for: [], until: Deadline(after: ProgressLine.patience))
            guard !line.isOver, let feed = try? client.events() else { return }
            var isChanged = true
            while !line.isOver {
                if isChanged {
                    guard let jobs = look() else { return }
                    model.take(jobs, now: Clock.now)
                }
                if let text = model.line(now: Clock.now) { line.show(text) }
                // The countdown goes on by itself.
                guard var item = try? feed.next(waiting: .seconds(1)) else { return }
                isChanged = false
                while case .event(let event) = item {
                    if let json = try? JSON(parsing: Array(event.data.utf8)) { model.take(event: json) }
                    isChanged = true
                    guard feed.isReadable, let next = try? feed.next(waiting: .zero) else { break }
                    item = next
                }
                switch item {
                case .lost, .end: return
                case .event, .nothing, .reconnected: break
                }
            }
        }

        private func look() -> [JobStatus]? {
            if names.count > ProgressLine.fewJobs {
                let wanted = Set(names)
                return (try? client.jobs())?.filter { wanted.contains($0.name) }
            }
            var jobs: [JobStatus] = []
            for name in names {
                do throws(ClientError) {
                    jobs.append(try client.job(name))
                } catch {
                    guard error.kind == .notFound else { return nil }
                }
            }
            return jobs
        }
    }
}

extension Invocation {
    /// Carries out a change of jobs, and shows on a terminal how far it is where it takes longer.
    package func showingProgress<Result>(
        _ verb: String,
        _ goal: ProgressModel.Goal,
        of names: [JobName],
        wait: Bool,
        _ body: () throws -> Result
    ) throws -> Result {
        let model = ProgressModel(verb: verb, goal: goal, start: Clock.now)
        let line = wait ? try ProgressLine.begin(model, names, self) : nil
        defer { line?.end() }
        return try body()
    }
}
