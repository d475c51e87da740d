internal import GafferModel

/// What stands in a path, in a query or in a header.
struct Parameter: Sendable {
    enum Place: String, Sendable {
        case path, query, header
    }

    var name: String
    var place: Place
    var schema: Schema
    var meaning: String

    private init(_ name: String, in place: Place, _ schema: Schema, _ meaning: String) {
        self.name = name
        self.place = place
        self.schema = schema
        self.meaning = meaning
    }

    var json: JSON {
        var members: [JSON.Member] = [.init("name", .string(name)), .init("in", .string(place.rawValue))]
        if place == .path { members.append(.init("required", true)) }
        return .object(members + [.init("description", .string(meaning)), .init("schema", schema.json)])
    }

    // MARK: In queries and headers

    private static let flag = Schema.oneOf(["true", "false", "1", "0"]).defaulting(to: "false")
    private static let feeds = FeedRequest.Form.allCases.map(\.rawValue)

    static let wait = Parameter(
        "wait",
        in: .query,
        Schema.number.with("exclusiveMinimum", 0).with("maximum", 86_400),
        "Answer when the change is done, or when so many seconds are over (504); else once it is decided."
    )
    static let info = Parameter("info", in: .query, flag, "With what is known of each job.")
    static let instances = Parameter("instances", in: .query, flag, "With each process in short.")
    static let running = Parameter("running", in: .query, flag, "The numbers of the processes, not the jobs' names.")
    static let includeKeys = Parameter("include_keys", in: .query, flag, "The keys, not their ids; or the sub-keys.")
    static let includeUser = Parameter("include_user", in: .query, flag, "The users, not their names.")
    static let endOfInput = Parameter("eof", in: .query, flag, "Close the stream after it: the process reads its end.")
    static let lines = Parameter("n", in: .query, Schema.integer(1...10_000).defaulting(to: 10), "How many lines.")
    static let streamLabel = Parameter("stream", in: .query, .string, "Only the stream of that label.")
    static let format = Parameter(
        "format",
        in: .query,
        .oneOf(["text", "json"]),
        "As it was written, or with what wrote it; where it is left out, `Accept` decides."
    )
    static let feed = Parameter(
        "feed",
        in: .query,
        Schema.oneOf(feeds + ["normal"]).defaulting(to: "longpoll"),
        "`longpoll` answers with what comes next, `continuous` goes on, `eventsource` goes on in server-sent events; "
            + "`eventsource` is the default for `Accept: text/event-stream`."
    )
    static let heartbeat = Parameter(
        "heartbeat",
        in: .query,
        .any(.oneOf(["true", "false"]), .integer(0...86_400)),
        "After so many seconds without anything there is an empty line, or a comment; `true` is 60."
    )
    static let tail = Parameter("tail", in: .query, .integer(0...100_000), "Begin with so many of the last lines.")
    static let since = Parameter(
        "since",
        in: .query,
        .string,
        "Go on where an answer ended: its `id`, or the header `X-Gaffer-Position`."
    )
    static let sinceEvent = Parameter(
        "since",
        in: .query,
        .string("^([0-9a-f]{8}[.])?[0-9]+$"),
        "Go on after the event of that id, or of that number, as far back as events are kept."
    )
    static let lastEventID = Parameter("Last-Event-ID", in: .header, .string, "As `since`; browsers send it.")
    static let pattern = Parameter(
        "pattern",
        in: .query,
        Schema.string.defaulting(to: "."),
        "Only events whose name is this, or begins with it part by part: `spawn`, `job.shop`, `proc.7`; `.` is all."
    )
    static let interval = Parameter(
        "interval",
        in: .query,
        Schema.number(0.1...3600).defaulting(to: 1),
        "Seconds between two looks, where `feed` is `continuous` or `eventsource`."
    )
    static let mode = Parameter(
        "mode",
        in: .query,
        Schema.integer(from: 0).defaulting(to: 3),
        "1 reads, 2 writes, 3 does both."
    )
    static let callback = Parameter(
        "c",
        in: .query,
        .string("^[A-Za-z0-9_.-]{1,64}$"),
        "The function that the script calls; also `callback`."
    )
    static let ifNoneMatch = Parameter("If-None-Match", in: .header, .string, "An `ETag` that is known already.")

    // MARK: In paths

    /// All names that stand in braces, each with an example, which a test and the table of rights take too.
    static let inPaths: [(parameter: Parameter, sample: String)] = [
        path("session", name, "A session.", "shop"), path("job", name, "A job of the session.", "web"),
        path("pid", .integer(0...Int64.max), "gaffer's own number of a process.", 1),
        path("label", label, "A stream's label, or `.` for all.", "stdout"),
        path("stream", label, "A stream's label.", "stdout"),
        path("a", label, "The first part of a pattern.", "job"), path("b", label, "The second part.", "shop"),
        path("c", label, "The third part.", "web"),
        path("key", label, "A key's id; a whole key is taken too, but logs see paths.", "0123456789ab"),
        path("user", label, "A user's name.", "ann"),
        path(
            "process",
            .any(.string(Names.job), .string(Names.pid)),
            "A job's name, or a process's number.",
            "shop:web"
        ),
        path("name", .string(Names.job), "A job's name, with its session where that is not the default.", "shop:web"),
        path("group", name, "A session.", "shop"), path("count", .integer(0...100_000), "How many processes.", 2),
        path("signal", .string("^([0-9]+|[A-Za-z][A-Za-z0-9+-]*)$"), "A signal, by number or name.", "HUP"),
        path("server", segment, "Any text, for load balancers.", "000"),
        path("id", segment, "The client's name for its session, hard to guess.", "k2v9x0q1"),
        path("frame", .string("^iframe[a-z0-9._-]*\\.html$"), "The page.", "iframe.html"),
    ]

    private static let name = Schema.string(Names.whole).with("maxLength", .integer(Int64(JobName.maximumLength)))
    private static let label = Schema.string("^[^/]+$")
    private static let segment = Schema.string("^[^/.]+$")

    private static func path(
        _ name: String,
        _ schema: Schema,
        _ meaning: String,
        _ sample: JSON
    ) -> (Parameter, String) {
        (Parameter(name, in: .path, schema.example(sample), meaning), sample.stringValue ?? sample.description)
    }
}
