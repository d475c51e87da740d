internal import GafferClient
internal import GafferModel

/// The thread that asks gafferd, so that a slow answer keeps no key waiting.
final class TopWorker: @unchecked Sendable {
    /// What is to be done next.
    private struct Order: Sendable {
        var look = TopLook()
        var actions: [TopAction] = []
    }

    // Sendable since the client is handed over to the thread, which alone uses it.
    private let client: GafferClient
    private let inbox: TopInbox
    private let order = Locked(Order())

    /// Above so many jobs, asking for all takes less than asking for each.
    private static let fewJobs = 16

    init(_ client: GafferClient, _ inbox: TopInbox) {
        self.client = client
        self.inbox = inbox
    }

    /// Adds to what is looked at next; nothing is asked twice.
    func add(_ look: TopLook) {
        guard !look.isEmpty else { return }
        order.withLock { order in
            order.look.isEverything = order.look.isEverything || look.isEverything
            order.look.jobs.formUnion(look.jobs)
            if !look.stats.isEmpty { order.look.stats = look.stats }
            if let tail = look.tail {
                order.look.tail = tail
                order.look.tailLines = look.tailLines
            }
        }
    }

    /// Adds a change.
    func add(_ action: TopAction) {
        order.withLock { $0.actions.append(action) }
    }

    /// Works as long as the program lives.
    func run() {
        while true {
            let next = order.wait { order -> Order? in
                guard !order.look.isEmpty || !order.actions.isEmpty else { return nil }
                defer { order = Order() }
                return order
            }
            for action in next.actions { carryOut(action) }
            look(next.look)
        }
    }

    private func look(_ look: TopLook) {
        do throws(ClientError) {
            if look.isEverything || look.jobs.count > Self.fewJobs {
                inbox.post(.jobs(try client.jobs()))
            } else if !look.jobs.isEmpty {
                try lookAtSome(look.jobs)
            }
            if let name = look.tail,
                let answer = try unlessGone({ () throws(ClientError) in
                    try client.tail(name, lines: max(1, look.tailLines), stream: nil)
                })
            {
                inbox.post(.tail(name, answer))
            }
            if !look.stats.isEmpty { try lookAtStats(look.stats) }
        } catch {
            // That gafferd went away is told by the feed of events; what it refuses is told here.
            if [.refused, .failed, .malformed].contains(error.kind) { inbox.post(.told(error.message, isBad: true)) }
        }
    }

    private func lookAtSome(_ names: Set<JobName>) throws(ClientError) {
        var found: [JobStatus] = []
        var gone: [JobName] = []
        for name in names {
            if let job = try unlessGone({ () throws(ClientError) in try client.job(name) }) {
                found.append(job)
            } else {
                gone.append(name)
            }
        }
        inbox.post(.some(found, gone: gone))
    }

    private func lookAtStats(_ names: [JobName]) throws(ClientError) {
        do throws(ClientError) {
            inbox.post(.stats(zip(names, try client.stats(of: names)).map { ($0, $1) }))
        } catch {
            // One of them was unloaded meanwhile: the next look is without it.
            guard error.kind == .notFound else { throw error }
        }
    }

    private func unlessGone<Answer>(
        _ body: () throws(ClientError) -> Answer
    ) throws(ClientError) -> Answer? {
        do throws(ClientError) {
            return try body()
        } catch {
            guard error.kind == .notFound else { throw error }
            return nil
        }
    }

    private func carryOut(_ action: TopAction) {
        do throws(ClientError) {
            switch action {
            case .quit, .suspend, .repaint: return
            case .change(let name, let change):
                guard let outcome = client.change([name], change, wait: .no).first else { return }
                let answer = try outcome.get()
                var text = "\(name): \(change.told)"
                if case .scale = change { text = "\(name): \(try GafferClient.numprocesses(answer)) wanted" }
                inbox.post(.told(text, isBad: false))
                inbox.post(.changed([name]))
            case .stop(let pid, let name):
                try client.stop(pid, wait: .no)
                inbox.post(.told("\(name): process \(pid) is being stopped", isBad: false))
                inbox.post(.changed([name]))
            case .signal(let pid, let signal, let name):
                try client.signal(pid: pid, signal)
                inbox.post(.told("\(name): sent \(signal.name) to process \(pid)", isBad: false))
            }
        } catch {
            inbox.post(.told(error.message, isBad: true))
        }
    }
}

extension GafferClient.JobChange {
    /// What is told once gafferd has taken it.
    fileprivate var told: String {
        switch self {
        case .state(.start): "is being started"
        case .state(.stop): "is being stopped"
        case .state(.restart): "is being restarted"
        case .state(.reload): "is being reloaded"
        case .scale: "scaled"
        case .signal(let signal): "sent \(signal.name)"
        case .unload: "is being unloaded"
        }
    }
}
