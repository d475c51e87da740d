package import Gaffer
package import GafferAuth
package import GafferModel
internal import WebServer

/// The API: turns requests into calls of a ``Supervisor`` and of its feeds, and what they say into answers.
///
/// It knows nothing of connections: ``admit(_:as:)`` takes what stands in a request's head, ``plan(for:)`` says what
/// becomes of it then.
package struct HTTPAPI: Sendable {
    /// Reads the configuration anew.
    ///
    /// Throws an error of status 400 whose details are all that is wrong with the configuration.
    package typealias Reload = @Sendable () async throws(GafferError) -> ReloadSummary
    /// Checks what only the machine knows of a configuration that came in a body, as whether a user exists.
    package typealias Validate = @Sendable (JobConfig) async throws(GafferError) -> Void
    /// Is told who changed what, once it is done.
    package typealias Audit = @Sendable (AuditRecord) -> Void

    /// The largest body that is read, in bytes.
    package static let maximumBodySize = 1 << 20
    /// How deep a body's JSON may be nested.
    package static let maximumDepth = 32

    let supervisor: any Supervisor
    let feeds: any ProcessFeeds
    let authenticator: Authenticator
    let accounts: AuthService?
    let reload: Reload
    let validate: Validate
    let audit: Audit
    let quota: StreamQuota
    let hub: OutputHub<StreamPiece>
    let channel: ChannelFront
    let metrics: MetricsRegistry
    let peerRule: @Sendable () -> PeerRule?

    /// Makes the API of a supervisor.
    ///
    /// - Parameters:
    ///   - authenticator: says who has a key.
    ///   - accounts: changes users and keys; nil: there are none.
    ///   - peerRule: what users of the machine may do now, for connections that stay open; nil: what they could at first.
    package init(
        supervisor: any Supervisor,
        feeds: any ProcessFeeds,
        authenticator: Authenticator,
        accounts: AuthService?,
        reload: @escaping Reload,
        validate: @escaping Validate,
        audit: @escaping Audit = { _ in },
        quota: StreamQuota = StreamQuota(),
        metrics: MetricsRegistry = MetricsRegistry(),
        peerRule: @escaping @Sendable () -> PeerRule? = { nil }
    ) {
        self.peerRule = peerRule
        self.supervisor = supervisor
        self.feeds = feeds
        self.authenticator = authenticator
        self.accounts = accounts
        self.reload = reload
        self.validate = validate
        self.audit = audit
        self.quota = quota
        self.metrics = metrics
        hub = OutputHub()
        channel = ChannelFront(
            ChannelContext(
                supervisor: supervisor,
                feeds: feeds,
                quota: quota,
                validate: validate,
                // Each client has its own, which counts its failures.
                authenticate: { _ in nil },
                audit: { who, what, target in
                    audit(AuditRecord(actor: who.name, action: "\(what) \(target)", status: 200))
                }
            ),
            authenticator: authenticator,
            metrics: metrics
        )
    }
}

/// Who changed what.
package struct AuditRecord: Sendable, Hashable {
    /// As ``Principal/name``.
    package var actor: String
    /// As `POST /jobs/shop/web/state`.
    package var action: String
    /// The HTTP status of the answer.
    package var status: Int

    /// Makes a record.
    package init(actor: String, action: String, status: Int) {
        self.actor = actor
        self.action = action
        self.status = status
    }
}
