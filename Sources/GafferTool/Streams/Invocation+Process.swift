package import GafferClient
internal import GafferModel
internal import WebClient

extension Invocation {
    /// The one process that a word means: a pid, or a job with one process.
    ///
    /// - Throws: ``UsageError`` where a job has several; ``Failure`` where it has none; ``ClientError``.
    package func process(_ word: String) throws -> Int {
        if case .pid(let pid) = try? Selector(word) { return pid }
        let job = try job(word)
        let instances = try client().job(job).instances
        guard let first = instances.first else { throw Failure(.notRunning, "\(job) has no process.") }
        guard instances.count == 1 else {
            let pids = instances.prefix(10).map { "\($0.pid)" }.joined(separator: ", ")
            let more = instances.count > 10 ? ", ..." : ""
            throw usage("\(job) has \(instances.count) processes: give the pid of one (\(pids)\(more)).")
        }
        return first.pid
    }

    /// Passes the bytes of a feed on as they come, until there are no more; on a terminal made harmless.
    ///
    /// - Throws: ``ClientError``, ``Output/ReaderGone`` or ``Failure``.
    package func pass(_ feed: OutputFeed) throws {
        let isFiltered = output.terminal.width != nil && !line.has("raw")
        var filter = TerminalFilter(keepsColors: output.terminal.isColored)
        while true {
            if !feed.isReadable {
                let outcome = Readiness.wait(for: [feed.descriptor], watching: output.descriptor)
                if case .ready(let places) = outcome, places.contains(1) { throw Output.ReaderGone() }
            }
            switch try feed.next(waiting: .zero) {
            case .bytes(let bytes): output.write(isFiltered ? filter.shown(bytes) : bytes)
            case .nothing: continue
            case .end:
                if isFiltered { output.write(filter.finished()) }
                return
            }
            try output.deliver()
        }
    }
}
