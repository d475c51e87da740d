internal import Gaffer
package import GafferAuth
internal import GafferModel
internal import NIOHTTP1
package import WebServer

extension HTTPAPI {
    /// Decides whether a request is let in, and what it is meant for.
    ///
    /// Who may nothing at all learns nothing either, but for what everybody may know: not even whether a path exists.
    package func admit(_ head: RequestHead, as principal: Principal) -> CallAdmission {
        // A user of the machine who may nothing is not even told that somebody is there.
        if case .peer = principal.identity, let refusal = stranger(principal) { return .refused(refusal) }
        do {
            let target = try RequestTarget(parsing: head.target)
            guard let route = try Route.matching(target.segments) else {
                return .refused(stranger(principal) ?? .unknownPath(target.path))
            }
            let requirement = Method(rawValue: head.method).flatMap { method in
                route.requirement(for: method) { pid in try? feeds.job(of: pid) }
            }
            guard let method = Method(rawValue: head.method), let requirement else {
                return .refused(
                    stranger(principal) ?? .unknownMethod(head.method, at: target.path, known: route.methods)
                )
            }
            guard principal.meets(requirement) else {
                return .refused(
                    stranger(principal)
                        ?? .error(
                            GafferError(.forbidden, "\(head.method) \(target.path) needs \(requirement.needs).")
                        )
                )
            }
            // Decided once: a number that is given away while the body is on its way was never asked for.
            if let pid = route.pid, (try? feeds.job(of: pid)) == nil {
                return .refused(.error(GafferError(.notFound, "There is no process \(pid).")))
            }
            if let refusal = contentRefusal(head, method, route) { return .refused(refusal) }
            return .admitted(
                APICall(method: method, route: route, query: target.query, principal: principal, head: head)
            )
        } catch {
            return .refused(stranger(principal) ?? .error(error))
        }
    }

    /// The answer to who may nothing; nil: that is somebody else.
    private func stranger(_ principal: Principal) -> Response? {
        switch principal.identity {
        case .anonymous:
            return .unauthorized("A key is needed: send it in the header X-API-Key, or as Authorization: Bearer.")
        case .peer where principal.permissions == .none:
            return .error(
                GafferError(
                    .forbidden,
                    "You may not talk to gafferd: be root, the user that it runs as, a member of its group, or named in "
                        + "[auth] of its configuration."
                )
            )
        case .peer, .open, .key:
            return nil
        }
    }

    /// A page can make a browser send these types without asking first, and no tool sends them by itself.
    private func contentRefusal(_ head: RequestHead, _ method: Method, _ route: Route) -> Response? {
        // The clients of SockJS send their messages so; what they may do is asked in the session. And no page reaches a
        // unix socket.
        if case .channel = route { return nil }
        guard head.client.peer == nil else { return nil }
        guard method != .get, method != .head, let type = head.headers.first(name: "content-type") else { return nil }
        let word = type.prefix { $0 != ";" }.lowercased().filter { $0 != " " }
        guard word == "multipart/form-data" || word == "text/plain" else { return nil }
        return .failure(
            415,
            "unsupported_media_type",
            "A body is application/json, or application/octet-stream for a stream; not \(word)."
        )
    }
}

extension Response {
    /// Who asks is not known.
    static func unauthorized(_ message: String, scheme: String = "Bearer") -> Response {
        var response = failure(401, "unauthorized", message)
        response.headers = [.init("www-authenticate", "\(scheme) realm=\"gaffer\"")]
        return response
    }
}

extension RequestTarget {
    /// The path as a message names it.
    var path: String { "/" + segments.joined(separator: "/") }
}

extension Requirement {
    /// What is needed, as the end of a sentence.
    var needs: String {
        switch self {
        case .nothing, .identity: "a key, or a user that is known"
        case .right(let right, let scope): "the right to \(right.rawValue) \(scope.words)"
        case .anyRight: "a right to something"
        case .createKey: "the permission create_key"
        case .createUser: "the permission create_user"
        case .admin: "an administrator"
        }
    }
}

extension Scope {
    fileprivate var words: String {
        switch self {
        case .everything: "everything"
        case .session(let session): "the session \(session)"
        case .job(let job): "the job \(job)"
        }
    }
}
