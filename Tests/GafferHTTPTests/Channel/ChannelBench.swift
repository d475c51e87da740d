import Gaffer
import GafferAuth
import GafferHTTP
import GafferModel
import GafferTestKit
import Synchronization
import WebServer

/// Somebody whose key can be taken away.
final class RevocableAuthority: Authority {
    private let current: Mutex<Principal?>

    init(_ permissions: Permissions, id: String = "k1") {
        current = Mutex(Principal(.key(id: id), permissions))
    }

    func principal() -> Principal? { current.withLock { $0 } }

    func revoke() { current.withLock { $0 = nil } }

    func change(to permissions: Permissions) { current.withLock { $0?.permissions = permissions } }
}

/// A gafferd that is only pretended, and what sessions with it need.
///
/// There are the jobs `shop.web` with process 1 (stdin, stdout, stderr, custom stream `Chat`), `shop.db` with process 2
/// (no stdin) and `blog.web` with process 3 (nothing captured). The key `secret` is an administrator's.
struct ChannelBench: Sendable {
    let supervisor = FakeSupervisor()
    let feeds = FakeFeeds()
    let time = ManualTime()
    let audits = Audits()
    var context: ChannelContext

    let web: JobName
    let db: JobName
    let blog: JobName

    final class Audits: Sendable {
        private let content = Mutex<[String]>([])
        var all: [String] { content.withLock { $0 } }
        func add(_ text: String) { content.withLock { $0.append(text) } }
    }

    init() throws {
        web = try JobName(parsing: "shop.web")
        db = try JobName(parsing: "shop.db")
        blog = try JobName(parsing: "blog.web")
        var config = JobConfig(cmd: "serve")
        config.redirectInput = true
        config.customStreams = ["Chat"]
        config.env = ["TOKEN": "s3cret"]
        supervisor.add(web, config)
        supervisor.add(db)
        var silent = JobConfig(cmd: "sleep")
        silent.redirectOutput = []
        supervisor.add(blog, silent)
        feeds.add(1, of: web, streams: ["stdout", "stderr", "Chat"], inputs: ["stdin", "Chat"])
        feeds.add(2, of: db, inputs: [])
        feeds.add(3, of: blog, streams: [], inputs: [])
        let audits = audits
        context = ChannelContext(
            supervisor: supervisor,
            feeds: feeds,
            validate: { _ throws(GafferError) in },
            authenticate: { key in key == "secret" ? RevocableAuthority(.admin) : nil },
            audit: { who, what, target in audits.add("\(who.name) \(what) \(target)") }
        )
        context.timekeeper = time
    }

    /// Begins a session on the channel, of an administrator where nobody is named.
    func session(as authority: (any Authority)? = RevocableAuthority(.admin)) -> Conversation {
        let session = ChannelSession(context, authority: authority)
        return Conversation { await session.run(on: $0) }
    }

    /// Begins an IO channel.
    func ioChannel(
        _ pid: Int,
        _ stream: String? = nil,
        mode: IOMode = [.readable, .writable],
        as authority: (any Authority)? = RevocableAuthority(.admin)
    ) -> Conversation {
        let session = IOChannel(context, authority: authority, pid: pid, stream: stream, mode: mode)
        return Conversation { await session.run(on: $0) }
    }

    /// Begins a stream of 0.4.
    func webStream(
        _ pid: Int,
        tail: Int? = nil,
        as authority: (any Authority)? = RevocableAuthority(.admin)
    ) -> Conversation {
        let session = WebStream(context, authority: authority, pid: pid, tail: tail)
        return Conversation { await session.run(on: $0) }
    }

    /// A process ends, and what it writes to.
    func exit(_ pid: Int, of job: JobName) {
        feeds.end(pid)
        feeds.publish(.exit(pid: pid, osPid: 1000, status: .code(0), isCommit: false), of: job)
    }
}

/// A session under way, and its client.
struct Conversation: Sendable {
    let client = FakeChannel()
    private let task: Task<Void, Never>

    init(_ run: @escaping @Sendable (FakeChannel) async -> Void) {
        let client = client
        task = Task { await run(client) }
    }

    /// Waits until the session is over.
    func end() async {
        await task.value
    }

    /// The client goes; waits until the session is over.
    func hangUp() async {
        client.hangUp()
        await task.value
    }

    /// Says something on the channel, and gets the next message.
    func ask(_ message: String) async throws -> JSON {
        client.say(message)
        return try await client.nextJSON()
    }

    /// Subscribes to a topic, and gets the next message.
    func subscribe(_ topic: String, _ more: String = "") async throws -> JSON {
        try await ask(#"{"event":"SUB","data":{"topic":"\#(topic)"\#(more)}}"#)
    }

    /// Subscribes no more to a topic, and gets the next message.
    func unsubscribe(_ topic: String) async throws -> JSON {
        try await ask(#"{"event":"UNSUB","data":{"topic":"\#(topic)"}}"#)
    }

    /// Runs a command, and gets the next message.
    func command(_ name: String, _ args: String = "[]", _ kwargs: String = "{}") async throws -> JSON {
        try await ask(
            #"{"event":"CMD","data":{"identity":"i1","name":"\#(name)","args":\#(args),"kwargs":\#(kwargs)}}"#
        )
    }
}

extension Permissions {
    /// One right to one scope, as `*`, `shop` or `shop.web`.
    static func only(_ right: Right, _ scope: String) -> Permissions {
        let parsed: Scope
        if scope == "*" {
            parsed = .everything
        } else if let job = scope.contains(".") ? try? JobName(parsing: scope) : nil {
            parsed = .job(job)
        } else {
            parsed = .session(scope)
        }
        return Permissions(scopes: [right: [parsed]])
    }
}
