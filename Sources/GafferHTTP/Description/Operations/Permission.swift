internal import GafferModel
internal import WebServer

/// What an operation needs, as the table of the routes says it.
struct Permission: Sendable, Hashable {
    /// For programs: `none`, `identity`, `any`, `read:job`, `create_key`, `admin`.
    var word: String
    /// For people, as the end of a sentence.
    var words: String

    /// What the routes of an operation need; several where its path stands for several; none where it is no route.
    static func of(_ operation: Operation) -> [Permission] {
        var found: [Permission] = []
        for requirement in requirements(of: operation) {
            let permission = Permission(requirement)
            if !found.contains(permission) { found.append(permission) }
        }
        return found
    }

    /// What is needed for each route that the path may be.
    static func requirements(of operation: Operation) -> [Requirement] {
        routes(of: operation).compactMap { route in
            route.requirement(for: operation.method) { _ in try? JobName(session: "session", job: "job") }
        }
    }

    /// The routes that the path may be: one, or where a job or a process may be named two.
    static func routes(of operation: Operation) -> [Route] {
        let samples = operation.pathNames.contains("process") ? ["web", "1"] : ["web"]
        return samples.compactMap { process in
            let path = operation.samplePath { name in
                name == "process" ? process : Parameter.inPaths.first { $0.parameter.name == name }?.sample
            }
            guard let target = try? RequestTarget(parsing: path) else { return nil }
            return try? Route.matching(target.segments)
        }
    }

    private init(_ requirement: Requirement) {
        switch requirement {
        case .nothing:
            (word, words) = ("none", "nothing")
        case .identity:
            (word, words) = ("identity", "a key or a peer that is known; whose the thing is decides")
        case .anyRight:
            (word, words) = ("any", "a right to something, and tells only what the right is for")
        case .createKey:
            (word, words) = ("create_key", "the permission `create_key`")
        case .createUser:
            (word, words) = ("create_user", "the permission `create_user`")
        case .admin:
            (word, words) = ("admin", "an administrator")
        case .right(let right, let scope):
            let (name, thing) =
                switch scope {
                case .everything: ("everything", "everything")
                case .session: ("session", "the session")
                case .job: ("job", "the job")
                }
            (word, words) = ("\(right.rawValue):\(name)", "the right to \(right.rawValue) \(thing)")
        }
    }
}
