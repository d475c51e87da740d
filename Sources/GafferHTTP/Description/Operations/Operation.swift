internal import GafferModel
internal import WebServer

/// One thing that can be asked for: a path, a method, and what may come of it.
struct Operation: Sendable {
    /// What operations are sorted by.
    enum Tag: String, Sendable, CaseIterable {
        case daemon, jobs, sessions, processes, streams, events, channel, accounts
        case legacy = "0.4"

        var meaning: String {
            switch self {
            case .daemon: "gafferd itself."
            case .jobs: "Named configurations of a command, of which so many processes are kept alive."
            case .sessions: "Named sets of jobs."
            case .processes: "Single runs of a job's command, by gaffer's own number."
            case .streams: "What processes write and read."
            case .events: "What happens."
            case .channel: "Subscriptions and commands over a websocket, or over SockJS."
            case .accounts: "Users, keys and what they may do."
            case .legacy: "The routes of gaffer 0.4, as translations onto those of today; groups are sessions."
            }
        }
    }

    /// What a body has to be.
    struct Body: Sendable {
        var type: Response.ContentType
        var schema: Schema
        var isRequired = true
    }

    /// One form of a good answer.
    struct Answer: Sendable {
        var status: Int
        /// nil: there is no body.
        var type: Response.ContentType?
        var schema: Schema
        var headers: [(name: String, meaning: String)] = []

        static func json(_ component: Component, status: Int = 200) -> Answer {
            Answer(status: status, type: .json, schema: .named(component))
        }

        static func text(_ schema: Schema, _ type: Response.ContentType = .text) -> Answer {
            Answer(status: 200, type: type, schema: schema)
        }

        static func empty(_ status: Int) -> Answer {
            Answer(status: status, type: nil, schema: .anything)
        }

        func with(header name: String, _ meaning: String) -> Answer {
            var answer = self
            answer.headers.append((name, meaning))
            return answer
        }
    }

    var method: Method
    var template: RouteTemplate
    /// Other than the template's where several paths have one template.
    var path: String
    var id: String
    var summary: String
    var details: String?
    var tag: Tag
    var parameters: [Parameter] = []
    var body: Body?
    var answers: [Answer]
    /// The statuses of errors that not every operation has.
    var errors: Set<Int> = []
    /// Whether who asks proves who it is by a name and a password, and not by a key.
    var isLogin = false
    /// Whether HEAD may be asked for in the place of GET.
    var hasHead = true

    init(
        _ method: Method,
        _ template: RouteTemplate,
        path: String? = nil,
        _ id: String,
        _ summary: String,
        _ tag: Tag,
        _ answers: [Answer]
    ) {
        self.method = method
        self.template = template
        self.path = path ?? template.path
        self.id = id
        self.summary = summary
        self.tag = tag
        self.answers = answers
    }

    // MARK: What is added

    private func changed(_ change: (inout Operation) -> Void) -> Operation {
        var operation = self
        change(&operation)
        return operation
    }

    func taking(_ parameters: Parameter...) -> Operation {
        changed { $0.parameters += parameters }
    }

    /// It changes something, and `wait` waits until that is done.
    var waiting: Operation {
        changed {
            $0.parameters.append(.wait)
            $0.errors.formUnion([500, 504])
        }
    }

    func sending(_ component: Component, isRequired: Bool = true) -> Operation {
        changed { $0.body = Body(type: .json, schema: .named(component), isRequired: isRequired) }
    }

    func sending(_ type: Response.ContentType, _ schema: Schema) -> Operation {
        changed { $0.body = Body(type: type, schema: schema, isRequired: false) }
    }

    func failing(_ statuses: Int...) -> Operation {
        changed { $0.errors.formUnion(statuses) }
    }

    func explained(_ text: String) -> Operation {
        changed { $0.details = text }
    }

    var withoutHead: Operation {
        changed { $0.hasHead = false }
    }

    var login: Operation {
        changed { $0.isLogin = true }
    }

    // MARK: What follows

    /// The names that stand in braces in the path.
    var pathNames: [String] {
        path.split(separator: "{").dropFirst().map { String($0.prefix { $0 != "}" }) }
    }

    /// The path with something in the place of each name.
    func samplePath(_ sample: (String) -> String?) -> String {
        pathNames.reduce(path) { path, name in
            sample(name).map { path.replacing("{\(name)}", with: $0) } ?? path
        }
    }

    /// All statuses of errors that it may have.
    var allErrors: [Int] {
        var all = errors.union(Failure.common)
        if !pathNames.isEmpty { all.insert(404) }
        if method != .get { all.insert(415) }
        return all.sorted()
    }

    /// The same for HEAD.
    var head: Operation {
        changed {
            $0.method = .head
            $0.id = "head" + $0.id.prefix(1).uppercased() + $0.id.dropFirst()
            $0.summary += ": without the body"
            $0.answers = $0.answers.map { .empty($0.status) }
        }
    }
}
