internal import Gaffer
package import GafferAuth
internal import GafferModel
internal import GafferSystem
package import WebServer

extension HTTPAPI {
    /// What becomes of a call that was let in.
    ///
    /// A body may take its time, and a key may be removed meanwhile: then nothing is done any more.
    package func plan(for call: APICall) -> RequestPlan {
        guard case .read(let limit, let find) = unguardedPlan(for: call), case .key = call.principal.identity else {
            return unguardedPlan(for: call)
        }
        return .read(limit: limit) { body in
            guard self.authority(of: call)?.principal() != nil else {
                return .now(.unauthorized("The key was removed."))
            }
            return find(body)
        }
    }

    private func unguardedPlan(for call: APICall) -> RequestPlan {
        switch call.route {
        case .stream(let pid, let label) where call.method == .post:
            return .read(limit: ProcessInput.limit) { body in
                .later { await self.write(body, to: label, of: pid, call) }
            }
        case .webStream, .ioChannel:
            return socketPlan(call)
        case .channel(let segments):
            return channel.plan(
                for: call.head,
                segments,
                query: call.query,
                as: call.principal,
                authority: authority(of: call)
            )
        case .account(let route):
            return .read(limit: HTTPAPI.maximumBodySize) { body in
                .later { await self.answer(route, call, body: body) }
            }
        case .stream, .events, .watch:
            return .read(limit: HTTPAPI.maximumBodySize) { _ in self.feed(call) }
        case .legacy(let route) where route.isStats && call.query["feed"] != nil && call.method == .get:
            return .read(limit: HTTPAPI.maximumBodySize) { _ in self.statsFeed(route, call) }
        default:
            return .read(limit: HTTPAPI.maximumBodySize) { body in self.answer(call, body: body) }
        }
    }

    /// Answers a call that has neither a feed nor a socket.
    func answer(_ call: APICall, body: [UInt8]) -> Answer {
        switch call.method {
        case .get, .head:
            do {
                return try read(call)
            } catch {
                return .now(.error(error))
            }
        case .post, .put, .delete:
            return .later { await self.change(call, body: body) }
        }
    }

    private func socketPlan(_ call: APICall) -> RequestPlan {
        guard call.head.asksForWebSocket else {
            // The original's words.
            return .respond(.failure(400, "bad_request", #"Can "Upgrade" only to "WebSocket"."#))
        }
        let authority = authority(of: call)
        do {
            switch call.route {
            case .webStream(let pid):
                let tail = try FeedRequest(call).tail
                let stream = WebStream(
                    channel.context(for: call.head.client),
                    authority: authority,
                    pid: pid,
                    tail: tail
                )
                return .webSocket(WebSocketPlan { await stream.run(on: $0) })
            case .ioChannel(let pid, let stream):
                let channel = IOChannel(
                    channel.context(for: call.head.client),
                    authority: authority,
                    pid: pid,
                    stream: stream,
                    mode: try IOMode(parsing: call.query["mode"])
                )
                return .webSocket(WebSocketPlan { await channel.run(on: $0) })
            default:
                preconditionFailure("\(call.route) is no websocket")
            }
        } catch {
            return .respond(.error(error))
        }
    }

    /// Who talks on a connection that stays open; nil: nobody yet.
    func authority(of call: APICall) -> (any Authority)? {
        switch call.principal.identity {
        case .anonymous: return nil
        case .open: return FixedAuthority(call.principal)
        case .peer:
            guard let peer = call.head.client.peer else { return FixedAuthority(call.principal) }
            return PeerAuthority(peer: peer, fixed: call.principal, rule: peerRule)
        case .key(let id): return KeyAuthority(id: id, authenticator: authenticator)
        }
    }
}

/// A user of the machine, with the permissions that the configuration gives it now.
struct PeerAuthority: Authority {
    let peer: Peer
    let fixed: Principal
    let rule: @Sendable () -> PeerRule?

    func principal() -> Principal? {
        guard let rule = rule() else { return fixed }
        let permissions = rule.permissions(of: peer)
        return permissions == .none ? nil : Principal(fixed.identity, permissions)
    }
}

/// A key, for as long as it is there, with the permissions that it has now.
struct KeyAuthority: Authority {
    let id: String
    let authenticator: Authenticator

    func principal() -> Principal? {
        authenticator.principal(ofKey: id)
    }
}

extension LegacyRoute {
    /// Whether it tells what processes use.
    fileprivate var isStats: Bool {
        switch self {
        case .stats, .statsOfJob, .statsOfProcess: true
        default: false
        }
    }
}

extension HTTPAPI {
    /// The answer to a whole request, for those who have no connection.
    package func response(to head: RequestHead, as principal: Principal, body: [UInt8] = []) async -> Response {
        switch admit(head, as: principal) {
        case .refused(let answer): return answer
        case .admitted(let call):
            switch plan(for: call) {
            case .respond(let answer): return answer
            case .read(_, let find):
                switch find(body) {
                case .now(let answer): return answer
                case .later(let answer): return await answer()
                }
            case .webSocket: return .failure(400, "bad_request", "A websocket needs a connection.")
            }
        }
    }
}
