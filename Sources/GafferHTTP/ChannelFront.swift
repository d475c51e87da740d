internal import GafferAuth
internal import GafferModel
internal import WebChannels
internal import WebServer

/// The channel protocol below `/channel`: over a plain websocket, and over all that SockJS has in its place.
final class ChannelFront: Sendable {
    private let context: ChannelContext
    private let authenticator: Authenticator
    private let metrics: MetricsRegistry
    private let service: SockJSService
    /// For those who have yet to say who they are: they can't take the places of the others.
    private let waitingRoom: SockJSService

    init(_ context: ChannelContext, authenticator: Authenticator, metrics: MetricsRegistry) {
        self.metrics = metrics
        self.context = context
        self.authenticator = authenticator
        var configuration = SockJSConfiguration()
        // Connections are bounded by the endpoints, and streams by the quota; this bounds what polls.
        configuration.sessions = 4096
        configuration.sessionsPerOwner = 2048
        let run: SockJSService.Application = { channel, _ in
            await ChannelSession(context, authority: nil).run(on: channel)
        }
        service = SockJSService(configuration, run: run)
        configuration.sessions = 512
        configuration.sessionsPerOwner = 32
        waitingRoom = SockJSService(configuration, run: run)
    }

    /// How many sessions there are.
    var sessionCount: Int { service.sessionCount + waitingRoom.sessionCount }

    /// What becomes of a request.
    func plan(
        for head: RequestHead,
        _ segments: [String],
        query: Query,
        as principal: Principal,
        authority: (any Authority)?
    ) -> RequestPlan {
        let context = context(for: head.client)
        let service = authority == nil ? waitingRoom : service
        return service.plan(
            for: head,
            segments: segments,
            query: query,
            owner: ChannelFront.owner(principal, head.client),
            // The server tells pages on the endpoint's list; there are no others.
            answersOrigin: false
        ) { [metrics] channel, _ in
            metrics.subscribed(.channel)
            defer { metrics.unsubscribed(.channel) }
            await ChannelSession(context, authority: authority).run(on: channel)
        }
    }

    /// What a session of this client needs: keys that it gives are counted where they are wrong.
    func context(for client: Client) -> ChannelContext {
        var context = context
        let facts = ClientFacts(peer: client.peer, address: client.address)
        context.authenticate = { [authenticator] key in
            var admission = authenticator.admit(Credentials(apiKeys: [key]), from: facts, by: .key)
            if case .unsettled(let settle) = admission { admission = await settle() }
            guard case .admitted(let principal) = admission, case .key(let id) = principal.identity else { return nil }
            return KeyAuthority(id: id, authenticator: authenticator)
        }
        return context
    }

    /// Whom sessions belong to: nobody else can send into them, even with their ids.
    private static func owner(_ principal: Principal, _ client: Client) -> String {
        switch principal.identity {
        case .key, .peer: principal.name
        case .open, .anonymous: "\(principal.name)@\(client.address ?? "unix")"
        }
    }
}
