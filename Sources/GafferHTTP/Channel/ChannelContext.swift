package import Gaffer
package import GafferAuth
package import GafferSystem

/// What the sessions of all websockets need to do their work.
package struct ChannelContext: Sendable {
    /// Finds who has a key; nil: there is no such key.
    ///
    /// It may take its time, as to slow those down who guess.
    package typealias Authenticate = @Sendable (_ key: String) async -> (any Authority)?
    /// Writes down who changed what: `audit(principal, "stop_job", "shop.web")`.
    package typealias Audit = @Sendable (_ who: Principal, _ what: String, _ target: String) -> Void

    /// Who is asked about jobs and processes, and told to change them.
    package var supervisor: any Supervisor
    /// Where output, events and stats come from, and where input goes.
    package var feeds: any ProcessFeeds
    /// How many streams one key may have open.
    package var quota: StreamQuota
    /// What one session may take.
    package var limits = ChannelLimits()
    /// Checks what only the machine knows of a configuration.
    package var validate: HTTPAPI.Validate
    /// Finds who has a key.
    package var authenticate: Authenticate
    /// Writes down who changed what.
    package var audit: Audit
    /// Lets time pass.
    package var timekeeper: any Timekeeper = TimerThread.shared

    /// What is encoded once for all who want it.
    let topics = TopicHub()
    let outputs = OutputHub<EncodedOutput>()

    /// Makes a context.
    package init(
        supervisor: any Supervisor,
        feeds: any ProcessFeeds,
        quota: StreamQuota = StreamQuota(),
        limits: ChannelLimits = ChannelLimits(),
        validate: @escaping HTTPAPI.Validate,
        authenticate: @escaping Authenticate,
        audit: @escaping Audit = { _, _, _ in }
    ) {
        self.supervisor = supervisor
        self.feeds = feeds
        self.quota = quota
        self.limits = limits
        self.validate = validate
        self.authenticate = authenticate
        self.audit = audit
    }
}

extension ChannelContext {
    /// How many topics, and streams in the form of one protocol, are encoded since somebody wants them.
    package var openTopics: Int { topics.topics + outputs.pumpCount }

    /// A stream in the form of one protocol.
    ///
    /// - Parameter key: the same for all that the encoder makes the same messages for.
    func delivery(
        of stream: OutputStream,
        as key: String,
        from start: OutputStart,
        _ encoder: any OutputEncoder
    ) -> OutputDelivery {
        let feed = outputs.reader(
            of: stream,
            key: key,
            from: start,
            encode: { EncodedOutput($0, encoder) },
            cost: { $0.cost }
        )
        return OutputDelivery(feed: feed, stream: stream, encoder: encoder)
    }
}
