internal import Gaffer
internal import GafferAuth
internal import GafferModel
internal import GafferSystem

/// What a subscription delivers.
enum Delivery: Sendable {
    case events(EventDelivery)
    /// A stream, and its seat among those that its reader may have open.
    case output(OutputDelivery, StreamQuota.Seat)

    /// Sends it all, to its end.
    func run(to gate: OutgoingGate) async throws(SessionEnd) {
        switch self {
        case .events(let events): try await events.run(to: gate)
        case .output(let output, _): try await output.run(to: gate)
        }
    }

    /// Ends the wait for more.
    func cancel() {
        switch self {
        case .events(let events): events.cancel()
        case .output(let output, _): output.cancel()
        }
    }
}

/// Begins subscriptions, for those who may.
struct SubscriptionOpener: Sendable {
    let context: ChannelContext

    /// What a topic delivers, from now on, and what who gets it needs as long as it does.
    func open(
        _ subscription: ChannelMachine.Subscription,
        _ options: SubscribeOptions,
        for principal: Principal
    ) async throws(SubscriptionFault) -> (Delivery, Requirement) {
        let topic = subscription.topic
        let owner = topic.pid.flatMap { try? context.feeds.job(of: $0) }
        let requirement = topic.requirement(job: owner)
        guard principal.meets(requirement) else {
            throw SubscriptionFault(.forbidden, "Your key does not give the right to this topic.")
        }
        // Decided once: a number that is given away a moment later was never asked for.
        if let pid = topic.pid, owner == nil {
            throw SubscriptionFault(GafferError(.notFound, "There is no process \(pid)."))
        }
        if case .stream(let pid, let label) = topic, let owner {
            let output = try await stream(label, of: pid, owner, subscription.text, options, principal)
            return (output, requirement)
        }
        do throws(GafferError) {
            return (.events(try events(of: topic, subscription.text, options)), requirement)
        } catch {
            throw SubscriptionFault(error)
        }
    }

    private func events(
        of topic: Topic,
        _ text: String,
        _ options: SubscribeOptions
    ) throws(GafferError) -> EventDelivery {
        switch topic {
        case .events(let pattern):
            return try events(EventPattern(pattern), text)
        case .job(let job):
            _ = try context.supervisor.wanted(of: job)
            return try events(EventPattern("job.\(job)"), text)
        case .process(let pid):
            return try end(of: pid, text)
        case .jobStats(let job):
            _ = try context.supervisor.wanted(of: job)
            return try stats(of: .job(job), text, options)
        case .processStats(let pid):
            _ = try context.supervisor.process(pid)
            return try stats(of: .process(pid), text, options)
        case .stream(let pid, _):
            // Its job is not known, or it would not have come here.
            throw GafferError(.notFound, "There is no process \(pid).")
        }
    }

    /// The events of a process, to its end.
    ///
    /// What is known of a process is changed before its end is told: so whoever listens first and finds it alive then
    /// gets to know its end.
    func end(of pid: Int, _ text: String) throws(GafferError) -> EventDelivery {
        try events(EventPattern("proc.\(pid)"), text) { event in
            switch event.kind {
            case .exit(pid, _, _, _), .spawnError(pid, _): true
            default: false
            }
        } check: { () throws(GafferError) in
            _ = try context.supervisor.process(pid)
        }
    }

    private func events(
        _ pattern: EventPattern,
        _ text: String,
        isLast: @escaping @Sendable (Event) -> Bool = { _ in false },
        check: () throws(GafferError) -> Void = {}
    ) throws(GafferError) -> EventDelivery {
        let encoder = EventEncoder(topic: text)
        let lastSequence = context.feeds.events.lastSequence
        let reader = try context.topics.reader(of: text) { () throws(GafferError) in
            let feed = context.feeds.events.feed()
            do throws(GafferError) {
                try check()
            } catch {
                feed.cancel()
                throw error
            }
            return encoder.pump(feed, pattern, isLast: isLast)
        }
        return EventDelivery(reader: reader, encoder: encoder, lastSequence: lastSequence)
    }

    private func stats(
        of target: StatsTarget,
        _ text: String,
        _ options: SubscribeOptions
    ) throws(GafferError) -> EventDelivery {
        let encoder = EventEncoder(topic: text)
        let interval = options.interval
        // Who names another interval gets other looks; a blank stands in no topic that there is.
        let reader = try context.topics.reader(of: "\(text) \(interval)") {
            encoder.pump(context.feeds.stats(of: target, every: interval))
        }
        return EventDelivery(reader: reader, encoder: encoder, lastSequence: 0)
    }

    private func stream(
        _ label: String?,
        of pid: Int,
        _ job: JobName,
        _ text: String,
        _ options: SubscribeOptions,
        _ principal: Principal
    ) async throws(SubscriptionFault) -> Delivery {
        // The pid of a one-off is told before it is there.
        await context.feeds.untilStarted(pid)
        guard let stream = ProcessOutputs(of: pid, job, context).stream(label) else {
            let name = label.map { JSON.string($0).text } ?? "that is captured"
            throw SubscriptionFault(.streamNotFound, "Process \(pid) has no stream \(name).")
        }
        guard let seat = context.quota.seat(for: principal) else {
            throw SubscriptionFault(.tooManyStreams, "Your key has as many streams open as it may.")
        }
        let start: OutputStart =
            if let tail = options.tail { .lines(tail) } else if let offset = options.offset { .offset(offset) } else {
                .now
            }
        let encoder = ChannelOutputEncoder(
            event: stream.isCustom ? "READ" : stream.output.label,
            topic: text,
            job: job,
            pid: pid
        )
        return .output(context.delivery(of: stream.output, as: text, from: start, encoder), seat)
    }
}

/// The streams of a process that can be read.
struct ProcessOutputs {
    private let streams: [OutputStream]
    private let custom: Set<String>

    /// Finds them, also those of a process that ended and whose output is still kept.
    init(of pid: Int, _ job: JobName, _ context: ChannelContext) {
        streams = (try? context.feeds.streams(of: pid)) ?? []
        let supervisor = context.supervisor
        let process = try? supervisor.process(pid)
        custom = Set(process?.customStreams ?? (try? supervisor.info(of: job))?.config.customStreams ?? [])
    }

    /// The stream of a label, or the first that is no custom stream; and whether it is one.
    func stream(_ label: String?) -> (output: OutputStream, isCustom: Bool)? {
        let found = streams.first { stream in
            label.map { $0 == stream.label } ?? !custom.contains(stream.label)
        }
        return found.map { ($0, custom.contains($0.label)) }
    }
}
