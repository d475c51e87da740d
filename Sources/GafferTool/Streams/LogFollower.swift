package import GafferClient
package import GafferModel
internal import WebClient

/// Follows the output of processes, those that come later included.
///
/// One feed a process, whose lines are printed whole: a line that has no end yet waits for it. A feed that breaks off is
/// taken up where it was, where the process is still the same: a gafferd that was started again counts its pids anew.
package final class LogFollower {
    /// A process that is to be followed.
    package struct Candidate {
        package let job: JobName
        package let pid: Int
        /// The kernel's number; 0: not known.
        package let osPid: Int
        package let instance: Int?
    }

    /// One process that is followed.
    private final class Follow {
        let osPid: Int
        let source: LogPrinter.Source
        let feed: EventFeed
        var reader: StreamReader
        /// The line of each stream that has not ended.
        var open: [String: [UInt8]] = [:]
        var isOver = false

        init(_ candidate: Candidate, feed: EventFeed, label: String?, after earlier: Follow?) {
            osPid = candidate.osPid
            source = LogPrinter.Source(
                job: candidate.job,
                pid: candidate.pid,
                instance: candidate.instance,
                label: label ?? ""
            )
            self.feed = feed
            reader = earlier?.reader ?? StreamReader(label: label)
            open = earlier?.open ?? [:]
        }
    }

    private let client: GafferClient
    private let output: Output
    private let printer: LogPrinter
    private let label: String?
    private let spawns: EventFeed?
    private let matches: (JobName) -> Bool
    private let list: () throws -> [Candidate]
    private var follows: [Follow] = []
    /// Feeds that broke off.
    private var suspended: [Int: Follow] = [:]
    private var known: Set<Int> = []
    /// When it is looked which processes there are.
    private var refresh: Deadline?
    private var isLost = false

    /// The most bytes of a line that waits for its end.
    private static let longestLine = 1 << 16
    /// How many lines of a process that comes later are asked for: all that it can have written so far.
    private static let wholeTail = 10_000

    /// Makes a follower that follows nothing yet.
    ///
    /// - Parameters:
    ///   - label: the stream; nil: all.
    ///   - spawns: the events of processes that come; nil: those that are there alone are followed.
    ///   - matches: whether the later processes of a job are followed.
    ///   - list: the processes that are there.
    package init(
        _ client: GafferClient,
        _ output: Output,
        _ printer: LogPrinter,
        label: String?,
        spawns: EventFeed?,
        matches: @escaping (JobName) -> Bool,
        list: @escaping () throws -> [Candidate]
    ) {
        self.client = client
        self.output = output
        self.printer = printer
        self.label = label
        self.spawns = spawns
        self.matches = matches
        self.list = list
    }

    /// Prints what comes, until nothing more can come.
    ///
    /// - Parameter tail: how many lines of what was written before come first.
    /// - Throws: ``ClientError``, ``Output/ReaderGone`` or ``Failure``.
    package func run(tail: Int) throws {
        for candidate in try list() { try follow(candidate, tail: tail) }
        while !follows.isEmpty || spawns != nil || refresh != nil {
            try output.deliver()
            try wait()
            for follow in follows { try take(follow) }
            follows.removeAll(where: \.isOver)
            if let spawns { try take(spawns) }
            if let due = refresh, due.hasPassed { try lookAgain() }
        }
    }

    /// Begins to follow a process; the second time nothing happens.
    private func follow(_ candidate: Candidate, tail: Int) throws {
        guard known.insert(candidate.pid).inserted else { return }
        var earlier = suspended.removeValue(forKey: candidate.pid)
        if let old = earlier, old.osPid != candidate.osPid, old.osPid != 0, candidate.osPid != 0 {
            close(old)
            earlier = nil
        }
        do throws(ClientError) {
            let feed = try client.lines(
                of: candidate.pid,
                label ?? GafferClient.allStreams,
                tail: earlier == nil ? tail : nil,
                lastEventID: earlier?.feed.lastEventID ?? ""
            )
            follows.append(Follow(candidate, feed: feed, label: label, after: earlier))
        } catch {
            // It may be gone already, or have no output that is captured, or not that stream.
            guard error.kind == .notFound || error.status == 400 else { throw error }
            known.remove(candidate.pid)
            if let earlier { close(earlier) }
        }
    }

    /// Waits until one of the feeds has something, or is to be connected again.
    private func wait() throws {
        let feeds = follows.map(\.feed) + (spawns.map { [$0] } ?? [])
        guard !feeds.contains(where: \.isReadable) else { return }
        let next = (feeds.compactMap(\.wakeUp) + (refresh.map { [$0] } ?? [])).min { $0.remaining < $1.remaining }
        let outcome = Readiness.wait(for: feeds.map(\.descriptor), watching: output.descriptor, until: next)
        if case .ready(let places) = outcome, places.contains(feeds.count) { throw Output.ReaderGone() }
    }

    /// How much of one feed is printed before the others have their turn.
    private static let turn = 10_000

    /// Takes what a feed has without waiting.
    private func take(_ follow: Follow) throws {
        for _ in 0..<Self.turn {
            switch try follow.feed.next(waiting: .zero) {
            case .event(let event): print(follow.reader.piece(event), of: follow)
            case .nothing, .reconnected: return
            case .lost(let error):
                tell(error)
                follow.isOver = true
                known.remove(follow.source.pid)
                suspended[follow.source.pid] = follow
                refresh = refresh ?? Deadline(after: EventFeed.defaultRetry)
                return
            case .end:
                follow.isOver = true
                close(follow)
                return
            }
        }
    }

    private func take(_ spawns: EventFeed) throws {
        for _ in 0..<Self.turn {
            switch try spawns.next(waiting: .zero) {
            case .event(let event): try spawned(event)
            case .lost(let error): tell(error)
            case .reconnected: refresh = Deadline(after: .zero)
            case .nothing: return
            // The answer has ended in good order, as when gafferd stops.
            case .end: spawns.resume()
            }
        }
    }

    private func spawned(_ event: ServerEvent) throws {
        guard let json = try? JSON(parsing: Array(event.data.utf8)), let pid = json["pid"]?.intValue,
            let name = json["name"]?.stringValue.flatMap({ try? JobName(parsing: $0) }), matches(name)
        else { return }
        let instance = try? client.process(pid).json["instance"]?.intValue
        let candidate = Candidate(job: name, pid: pid, osPid: json["os_pid"]?.intValue ?? 0, instance: instance)
        do throws(ClientError) {
            try attempt { () throws in try follow(candidate, tail: Self.wholeTail) }
        } catch {
            output.message("\(name): \(error.message)")
        }
    }

    /// Takes up what broke off, and what has come meanwhile.
    private func lookAgain() throws {
        refresh = nil
        do throws(ClientError) {
            try attempt {
                let candidates = try list()
                known = Set(follows.map(\.source.pid))
                for candidate in candidates { try follow(candidate, tail: Self.wholeTail) }
            }
            for gone in suspended.values { close(gone) }
            suspended = [:]
            isLost = false
        } catch {
            guard [.unreachable, .timedOut, .malformed].contains(error.kind) || error.status == 503 else { throw error }
            refresh = Deadline(after: EventFeed.defaultRetry)
        }
    }

    /// Does what may fail for several reasons, of which those of the client can be dealt with.
    private func attempt(_ body: () throws -> Void) throws(ClientError) {
        do {
            try body()
        } catch let error as ClientError {
            throw error
        } catch let error as Failure {
            throw ClientError(.notFound, reason: "not_found", message: error.messages.joined(separator: " "))
        } catch {
            throw ClientError(.failed, reason: "failed", message: "\(error)")
        }
    }

    private func tell(_ error: ClientError) {
        guard !isLost else { return }
        isLost = true
        output.message("\(error.message) Waiting for it to come back.")
    }

    private func print(_ piece: StreamPiece, of follow: Follow) {
        switch piece {
        case .end:
            break
        case .gap(let label, let lost):
            end(label, of: follow)
            let stream = label.isEmpty ? "" : " \(label)"
            let what =
                lost.map { "\($0) bytes are missing here" }
                ?? "gafferd was started again; bytes may be missing here"
            output.message("\(follow.source.shown(in: printer.home))\(stream): \(what)")
        case .text(let label, let bytes, let isOpen):
            var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map(Array.init)
            if let begun = follow.open.removeValue(forKey: label) { lines[0] = begun + lines[0] }
            if isOpen, let last = lines.last, last.count < Self.longestLine {
                lines.removeLast()
                follow.open[label] = last
            }
            for line in lines { write(line, label, of: follow) }
        }
    }

    private func close(_ follow: Follow) {
        for label in follow.open.keys.sorted() { end(label, of: follow) }
    }

    private func end(_ label: String, of follow: Follow) {
        if let line = follow.open.removeValue(forKey: label), !line.isEmpty { write(line, label, of: follow) }
    }

    private func write(_ line: [UInt8], _ label: String, of follow: Follow) {
        var source = follow.source
        source.label = label
        output.write(printer.line(line, of: source, now: Clock.now))
    }
}
