package import Gaffer
package import GafferModel
package import WebServer

/// The API of jobs and processes: turns requests into calls of a ``Supervisor``, and what it says into answers.
///
/// It knows nothing of connections: ``admit(method:target:role:acceptsText:)`` takes what stands in a request's head,
/// ``answer(_:body:)`` what stands in its body.
package struct HTTPAPI: Sendable {
    /// Reads the configuration anew.
    ///
    /// Throws an error of status 400 whose details are all that is wrong with the configuration.
    package typealias Reload = @Sendable () async throws(GafferError) -> ReloadSummary
    /// Checks what only the machine knows of a configuration that came in a body, as whether a user exists.
    package typealias Validate = @Sendable (JobConfig) async throws(GafferError) -> Void

    /// The largest body that is read, in bytes.
    package static let maximumBodySize = 1 << 20
    /// How deep a body's JSON may be nested.
    package static let maximumDepth = 32

    let supervisor: any Supervisor
    let reload: Reload
    let validate: Validate

    /// Makes the API of a supervisor.
    package init(supervisor: any Supervisor, reload: @escaping Reload, validate: @escaping Validate) {
        self.supervisor = supervisor
        self.reload = reload
        self.validate = validate
    }

    /// Decides whether a request is let in, and what it is meant for.
    ///
    /// A peer without any role learns nothing, not even whether a path exists.
    package func admit(method: String, target: String, role: Role, acceptsText: Bool = false) -> Admission {
        guard role > .none else {
            return .refused(.error(GafferError(.forbidden, HTTPAPI.needsGroup)))
        }
        do {
            let target = try RequestTarget(parsing: target)
            guard let route = try Route.matching(target.segments) else { return .refused(.unknownPath(path(target))) }
            guard let known = Method(rawValue: method), let needed = route.role(for: known) else {
                return .refused(.unknownMethod(method, at: path(target), known: route.methods))
            }
            guard role >= needed else {
                return .refused(
                    .error(
                        GafferError(
                            .forbidden,
                            "\(method) \(path(target)) is for root and the user that gafferd runs as: it decides what "
                                + "gafferd runs."
                        )
                    )
                )
            }
            return .admitted(APICall(method: known, route: route, query: target.query, acceptsText: acceptsText))
        } catch {
            return .refused(.error(error))
        }
    }

    /// Answers a call that was let in.
    package func answer(_ call: APICall, body: [UInt8]) -> Answer {
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

    private func path(_ target: RequestTarget) -> String {
        "/" + target.segments.joined(separator: "/")
    }

    private static let needsGroup =
        "You may not talk to gafferd: be root, the user that it runs as, or a member of its group."
}
