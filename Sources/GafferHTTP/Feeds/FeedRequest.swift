internal import GafferModel
internal import NIOHTTP1
internal import WebServer

/// How a feed is to be told, by the parameters of its request.
struct FeedRequest: Sendable, Hashable {
    /// The form of a feed.
    enum Form: String, Sendable, CaseIterable {
        /// Bytes as they come, until the client goes.
        case continuous
        /// What comes next, and the end of the answer.
        case longpoll
        /// Server-sent events.
        case eventsource
    }

    /// The form.
    var form: Form
    /// How long nothing may come until an empty line does; nil: as long as it takes.
    var heartbeat: Duration?
    /// How many of the last lines come first; nil: none.
    var tail: Int?
    /// Where the client was when it broke off: `Last-Event-ID`, or the parameter `since`.
    var since: String?

    /// `heartbeat=true`, in seconds.
    private static let standardHeartbeat = 60

    /// Makes a request with nothing else.
    init(form: Form, since: String? = nil) {
        self.form = form
        self.since = since
    }

    /// Reads the parameters `feed`, `heartbeat`, `tail` and `since`, and the header `Last-Event-ID`.
    ///
    /// - Throws: `bad_request` where one can't be read.
    init(_ call: APICall) throws(GafferError) {
        let query = call.query
        let accept = call.head.headers.first(name: "accept")
        switch query["feed"] {
        case nil: form = accept?.lowercased().hasPrefix("text/event-stream") == true ? .eventsource : .longpoll
        // 0.4 named the plain answer of its stats so.
        case "normal": form = .longpoll
        case .some(let word):
            guard let known = Form(rawValue: word) else {
                throw GafferError(
                    .badRequest,
                    "feed is continuous, longpoll or eventsource, not \(JSON.string(word))."
                )
            }
            form = known
        }
        heartbeat = try FeedRequest.heartbeat(query["heartbeat"])
        if let text = query["tail"] {
            guard let lines = Route.number(text), lines <= 100_000 else {
                throw GafferError(.badRequest, "tail is a number of lines up to 100000, not \(JSON.string(text)).")
            }
            tail = lines
        }
        since = query["since"] ?? call.head.headers.first(name: "last-event-id")
    }

    private static func heartbeat(_ text: String?) throws(GafferError) -> Duration? {
        switch text {
        case nil, "false", "0": return nil
        case "true": return .seconds(standardHeartbeat)
        case .some(let text):
            guard let seconds = Route.number(text), (1...86_400).contains(seconds) else {
                throw GafferError(
                    .badRequest,
                    "heartbeat is true, false or a number of seconds up to 86400, not \(JSON.string(text))."
                )
            }
            return .seconds(seconds)
        }
    }
}
