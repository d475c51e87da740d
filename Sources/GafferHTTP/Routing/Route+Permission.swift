package import GafferModel

extension Route {
    /// The role that a request needs, or nil where the route does not know the method.
    ///
    /// | | a member of the group `gaffer` | an administrator only |
    /// |---|---|---|
    /// | reading | every GET and HEAD | |
    /// | jobs, sessions, everything | `state` (start, stop, reload, restart), `numprocesses`, `signal` | loading (POST), PUT, DELETE, `commit` |
    /// | processes | DELETE, `signal` | |
    /// | the daemon | | `reload` |
    ///
    /// What is for administrators decides which programs run, as whom and with which environment.
    package func role(for method: Method) -> Role? {
        switch (self, method) {
        case (.welcome, .get), (.ping, .get), (.version, .get), (.sessions, .get), (.jobs, .get), (.pids, .get):
            .member
        case (.session, .get): .member
        case (.session, .post): .administrator
        case (.job(_, let part), _): Route.role(ofJob: part, for: method)
        case (.sessionState, .post), (.sessionSignal, .post), (.state, .post): .member
        case (.reload, .post): .administrator
        case (.process(_, .whole), .get), (.process(_, .whole), .head), (.process(_, .whole), .delete): .member
        case (.process(_, .stats), .get): .member
        case (.process(_, .signal), .post): .member
        case (.welcome, _), (.ping, _), (.version, _), (.sessions, _), (.jobs, _), (.pids, _), (.session, _),
            (.sessionState, _), (.sessionSignal, _), (.state, _), (.reload, _), (.process, _):
            nil
        }
    }

    private static func role(ofJob part: JobPart, for method: Method) -> Role? {
        switch (part, method) {
        case (.whole, .get), (.whole, .head): .member
        case (.whole, .put), (.whole, .delete): .administrator
        case (.state, .get), (.state, .post), (.numprocesses, .get), (.numprocesses, .post): .member
        case (.pids, .get), (.stats, .get), (.tail, .get), (.signal, .post): .member
        case (.commit, .post): .administrator
        case (.whole, _), (.state, _), (.numprocesses, _), (.pids, _), (.stats, _), (.tail, _), (.signal, _),
            (.commit, _):
            nil
        }
    }

    /// The methods that it knows.
    package var methods: [Method] {
        Method.allCases.filter { role(for: $0) != nil }
    }
}
