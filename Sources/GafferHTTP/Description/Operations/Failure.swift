internal import GafferModel

/// The errors that an answer may be, by status.
enum Failure {
    /// Those that any request may get, whatever it asks for.
    static let common: Set<Int> = [400, 401, 403, 408, 413, 421, 429, 431, 503]

    /// The statuses, what they mean, and the headers that go with them.
    static let all: [(status: Int, name: String, meaning: String, header: String?)] = [
        (400, "BadRequest", "The path, a parameter, a header or the body can't be read.", nil),
        (401, "Unauthorized", "A key is needed, or the one that was given is not valid.", "WWW-Authenticate"),
        (403, "Forbidden", "The key may not do this, or a page of another origin asks.", nil),
        (404, "NotFound", "There is no such thing.", nil),
        (405, "MethodNotAllowed", "The path does not know the method.", "Allow"),
        (408, "RequestTimeout", "The request took too long to arrive.", nil),
        (409, "Conflict", "There is something of that name already.", nil),
        (413, "TooLarge", "The body is larger than is taken.", nil),
        (415, "UnsupportedMediaType", "The body is of a type that a form of a page could send.", nil),
        (421, "Misdirected", "The header Host names another machine.", nil),
        (426, "UpgradeRequired", "The websocket has to be of version 13.", "Sec-WebSocket-Version"),
        (429, "TooManyRequests", "There were too many failures, or too many streams are open.", "Retry-After"),
        (431, "HeadersTooLarge", "The head of the request is larger than is taken.", nil),
        (500, "Failed", "What was asked for was begun, and failed; as a process that could not be started.", nil),
        (503, "Unavailable", "gafferd is stopping, or too much is asked of it at once.", "Retry-After"),
        (504, "TimedOut", "What was asked for was begun, and is not done in the time that was given.", nil),
    ]

    /// Those that SockJS answers in words of its protocol, as plain text.
    private static let inWords: Set<Int> = [400, 404, 500, 503]

    /// An answer: a reference, but for HEAD, where it has no body, and for SockJS; nil where there is no such status.
    static func response(_ status: Int, of operation: Operation) -> JSON? {
        guard let failure = all.first(where: { $0.status == status }) else { return nil }
        if operation.method == .head { return ["description": .string(failure.meaning)] }
        if operation.tag == .channel, inWords.contains(status) {
            return ["description": .string(failure.meaning), "content": content(withWords: true)]
        }
        return ["$ref": .string("#/components/responses/\(failure.name)")]
    }

    private static func content(withWords: Bool = false) -> JSON {
        let json = JSON.Member("application/json", ["schema": Schema.named(.error).json])
        let text = JSON.Member("text/plain", ["schema": Schema.string.json])
        return .object(withWords ? [json, text] : [json])
    }

    /// The answers, by name.
    static var components: [JSON.Member] {
        all.map { failure in
            var members: [JSON.Member] = [.init("description", .string(failure.meaning))]
            if let header = failure.header {
                members.append(.init("headers", .object([.init(header, ["schema": Schema.string.json])])))
            }
            members.append(.init("content", content()))
            return .init(failure.name, .object(members))
        }
    }
}
