import Gaffer
import GafferAuth
import GafferModel
import GafferTestKit
import Testing
import WebServer

@testable import GafferHTTP

@Suite("Answers are as they are described")
struct ConformanceTests {
    private let described = Described(APIDescription.document)

    /// Looks an answer up in the description.
    private func check(_ method: String, _ target: String, _ answer: Response) throws {
        let label = Comment(rawValue: "\(method) \(target) -> \(answer.status)")
        let parsed = try? RequestTarget(parsing: target)
        let route = parsed.flatMap { try? Route.matching($0.segments) }
        let known = Operation.all.filter { $0.template == route?.template && $0.method.rawValue == method }
        // Several paths may have one template.
        let length = parsed?.segments.count ?? 0
        let operation = known.first { $0.path.split(separator: "/").count == length } ?? known.first
        guard let operation else {
            #expect([400, 404, 405].contains(answer.status), label)
            try checkError(answer, label)
            return
        }
        // Looked up apart from the expectations, which would show all of the document.
        let json = described.operation(operation.path, method)
        let found = json.flatMap { described.response($0, answer.status) }
        let response = try #require(found, label)
        // The bytes of a HEAD are left out by the connection.
        guard method != "HEAD" else { return }
        let type = answer.contentType.rawValue.prefix { $0 != ";" }
        guard let content = response["content"] else {
            #expect(answer.body.isEmpty, label)
            return
        }
        let schema = try #require(content[String(type)]?["schema"], label)
        guard answer.stream == nil else { return }
        let value =
            answer.contentType == .json
            ? try JSON(parsing: answer.body) : .string(String(decoding: answer.body, as: UTF8.self))
        let errors = described.checker.errors(value, schema)
        #expect(errors == [], label)
        if answer.status == 401 { #expect(answer[header: "www-authenticate"] != nil, label) }
    }

    private func checkError(_ answer: Response, _ label: Comment) throws {
        #expect(answer.contentType == .json, label)
        let schema = Component.error.schema.json
        let errors = described.checker.errors(try JSON(parsing: answer.body), schema)
        #expect(errors == [], label)
    }

    @Test(
        "Of jobs, sessions and processes",
        arguments: [APITableTests.rowsOfReading, APITableTests.rowsOfChanging, APITableTests.rowsOfRefusing].flatMap {
            $0
        }
    )
    func answersAsDescribed(_ row: Row) async throws {
        let supervisor = FakeSupervisor()
        var web = JobConfig(cmd: "sleep 1")
        web.numprocesses = 2
        supervisor.add(try JobName(session: "shop", job: "web"), web)
        supervisor.add(try JobName(parsing: "once"))
        let api = makeAPI(supervisor)
        let head = RequestHead(method: row.method, target: row.target, acceptsText: row.accept == "text/plain")
        let answer = await api.response(to: head, as: Principal(.open, .admin), body: Array(row.sent.utf8))
        try check(row.method, row.target, answer)
    }

    /// What is asked of a supervisor with one job, of which process 1 is.
    static let requests: [(request: String, body: String, status: Int)] = [
        ("GET /openapi.json", "", 200), ("GET /metrics", "", 200), ("GET /healthz", "", 200), ("GET /readyz", "", 200),
        ("GET /sessions/shop", "", 200), ("GET /sessions/shop?info=true", "", 200), ("GET /sessions/none", "", 404),
        ("GET /jobs/shop/web?instances=true", "", 200), ("DELETE /sessions/shop", "", 200),
        ("GET /processes", "", 200), ("GET /processes?running=true", "", 200),
        ("POST /processes", #"{"name":"shop:b","cmd":"true"}"#, 200), ("POST /processes", "[]", 400),
        ("POST /processes", #"{"name":"shop:web","cmd":"true"}"#, 409), ("GET /processes/shop:web", "", 200),
        ("GET /processes/1", "", 200), ("GET /processes/9", "", 404), ("PUT /processes/shop:web", #"{"cmd":"x"}"#, 200),
        ("PUT /processes/1", #"{"cmd":"x"}"#, 405), ("DELETE /processes/1", "", 200),
        ("DELETE /processes/shop:web", "", 200),
        ("GET /processes/shop:web/_pids", "", 200), ("POST /processes/shop:web/_start", "", 200),
        ("POST /processes/1/_stop", "", 200), ("POST /processes/shop:web/_restart", "", 200),
        ("POST /processes/shop:web/_add", "", 200), ("POST /processes/shop:web/_sub/1", "", 200),
        ("POST /processes/shop:web/_add/x", "", 400), ("POST /processes/1/_signal/15", "", 200),
        ("POST /processes/shop:web/_signal/NOPE", "", 400), ("GET /status/shop:web", "", 200),
        ("GET /status/none", "", 404),
        ("GET /stats", "", 200), ("GET /stats/shop:web", "", 200), ("GET /stats/shop:web/1", "", 200),
        ("GET /stats/shop:web/9", "", 404), ("GET /stats?feed=eventsource", "", 200),
        ("GET /stats?feed=continuous", "", 200),
        ("GET /groups", "", 200), ("GET /groups/shop", "", 200), ("DELETE /groups/shop", "", 200),
        ("POST /groups/shop/_stop", "", 200), ("GET /streams/1/stdout?feed=eventsource", "", 200),
        ("GET /streams/1/.?feed=continuous&tail=3", "", 200), ("GET /streams/1/stdout?tail=1", "", 200),
        ("GET /streams/1/nothing", "", 404), ("GET /streams/9/stdout", "", 404),
        ("GET /streams/1/stdout?feed=x", "", 400),
        ("POST /streams/1/stdin", "hello", 200), ("POST /streams/1/stdin?eof=1", "", 200),
        ("POST /streams/1/stdout", "hello", 403), ("POST /streams/9/stdin", "hello", 404),
        ("GET /events?since=0", "", 200), ("GET /events?feed=eventsource", "", 200),
        ("GET /events?feed=continuous", "", 200),
        ("GET /events?since=x", "", 400), ("GET /watch/spawn?since=0", "", 200), ("GET /watch/nothing", "", 404),
        ("GET /watch?feed=eventsource", "", 200), ("GET /wstreams/1", "", 400), ("GET /1/channel?mode=x", "", 400),
        ("POST /keys", #"{"label":"x","permissions":{"read":["*"]}}"#, 200), ("POST /keys", #"{"nothing":1}"#, 400),
        ("GET /keys", "", 200), ("GET /keys?include_keys=true", "", 200), ("GET /keys/000000000000", "", 404),
        ("DELETE /keys/000000000000", "", 404), ("POST /users", #"{"username":"bob","password":"secret word"}"#, 200),
        ("POST /users", #"{"username":"ann","password":"secret word"}"#, 409), ("GET /users", "", 200),
        ("GET /users?include_user=1", "", 200), ("GET /users/ann", "", 200), ("GET /users/nobody", "", 404),
        ("PUT /users/ann", #"{"password":"other word"}"#, 200), ("PUT /users/ann/password", #"{"password":"w"}"#, 200),
        ("PUT /users/ann/password", "{}", 400), ("PUT /users/ann/key", #"{"key":null}"#, 200),
        ("DELETE /users/ann", "", 200),
        ("GET /auth", "", 401),
    ]

    @Test("Of feeds, accounts and the routes of 0.4", arguments: requests)
    func answersTheRest(_ request: String, _ body: String, _ status: Int) async throws {
        try await withTemporaryFolder { folder in
            let supervisor = FakeSupervisor()
            let web = try JobName(session: "shop", job: "web")
            supervisor.add(web)
            let feeds = FakeFeeds()
            feeds.add(1, of: web)
            feeds.emit(1, "stdout", "hello\n")
            feeds.end(1, "stdout")
            feeds.publish(.spawn(pid: 1, osPid: 1001, isCommit: false, isDetached: false), of: web)
            let accounts = AuthService(path: "\(folder)/auth.db")
            let administrator = Principal(.open, .admin)
            try await accounts.createUser(
                try UserRequest(json: ["username": "ann", "password": "correct horse"]),
                by: administrator
            )
            let api = makeAPI(supervisor, feeds: feeds, authenticator: accounts.authenticator, accounts: accounts)
            let words = request.split(separator: " ").map(String.init)
            let head = RequestHead(method: words[0], target: words[1])
            // What looks at all processes waits for a look.
            let looks = Task {
                while !Task.isCancelled {
                    feeds.push([ProcessStats(pid: 1, osPid: 1001, cpuSeconds: 1)], to: .everything)
                    await Task.yield()
                }
            }
            defer { looks.cancel() }
            let answer = await api.response(to: head, as: administrator, body: Array(body.utf8))
            #expect(answer.status == status, "\(String(decoding: answer.body, as: UTF8.self))")
            try check(words[0], words[1], answer)
        }
    }

    @Test("Who has no key, and who may not do it, gets what is described", arguments: Operation.all)
    func refusesAsDescribed(_ operation: GafferHTTP.Operation) async throws {
        let api = makeAPI(FakeSupervisor())
        let path = operation.samplePath { name in Parameter.inPaths.first { $0.parameter.name == name }?.sample }
        let head = RequestHead(method: operation.method.rawValue, target: path)
        for principal in [Principal.anonymous, Principal(.peer(uid: 1, pid: 1), .none)] {
            guard case .refused(let answer) = api.admit(head, as: principal) else { continue }
            #expect([401, 403, 404].contains(answer.status))
            try check(operation.method.rawValue, path, answer)
        }
    }

    @Test("What the model tells with every member is described", arguments: full)
    func tellsAllMembers(_ component: Component, _ value: JSON) {
        let errors = described.checker.errors(value, component.schema.json)
        #expect(errors == [])
    }

    static let full: [(Component, JSON)] = {
        guard let name = try? JobName(session: "shop", job: "web") else { return [] }
        var config = JobConfig(cmd: "x")
        config.env = ["A": "1"]
        var cgroup = CgroupUsage()
        cgroup.memoryCurrent = 1
        cgroup.memoryPeak = 2
        cgroup.cpuUsage = 0.5
        cgroup.cpuThrottled = 0
        cgroup.tasks = 3
        cgroup.oomKills = 0
        let stats = ProcessStats(
            pid: 1,
            osPid: 2,
            residentBytes: 4096,
            virtualBytes: 1 << 30,
            cpuPercent: 99.5,
            memoryPercent: 0.1,
            cpuSeconds: 61.25,
            username: "root",
            nice: -5,
            cmdline: "x",
            children: [ProcessStats(pid: nil, osPid: 3)],
            cgroup: cgroup
        )
        let kinds: [Event.Kind] = [
            .load, .spawn(pid: 1, osPid: 2, isCommit: false, isDetached: true),
            .spawnError(pid: 1, reason: "exec: ENOENT"),
            .kill(pid: 1, osPid: 2), .signal(pid: 1, osPid: 2, signal: .hangup),
            .exit(pid: 1, osPid: 2, status: .outOfMemory, isCommit: true),
            .exit(pid: 1, osPid: 2, status: .unknown, isCommit: true), .backoff(delay: 0.5), .flap(retryIn: nil),
            .flap(retryIn: 7), .stray(osPids: [4]),
        ]
        let events = kinds.enumerated().map { index, kind in
            let event = Event(sequence: UInt64(index + 1), time: 1.5, job: name, kind: kind)
            return (Component.event, event.json(as: event.names[0]))
        }
        let states: [JobInfo] = [.code(1), .signal(.terminate), .outOfMemory, .unknown].map { status in
            JobInfo(
                name: name,
                state: .backoff,
                wanted: 2,
                instances: [
                    .init(pid: 1, osPid: 2, instance: 1, state: .stopping, isCommit: true, createTime: 1)
                ],
                config: config,
                restarts: 3,
                lastExit: .init(pid: 1, status: status, time: 2),
                lastError: "exec: ENOENT",
                retryIn: 0.5
            )
        }
        let process = ProcessInfo(
            pid: 1,
            osPid: 0,
            name: name,
            state: .starting,
            instance: 1,
            isCommit: true,
            createTime: 1,
            cmd: "x",
            args: ["y"],
            env: ["A": "1"],
            uid: 33,
            gid: nil,
            redirectOutput: [],
            redirectInput: true,
            customStreams: ["chat"],
            cgroup: "/a/b"
        )
        return events + states.map { (.jobInfo, $0.json(withInstances: true)) } + [
            (.jobStats, JobStats(name: name, processes: [stats], cgroup: cgroup).json), (.processStats, stats.json),
            (.processInfo, process.json), (.cgroupUsage, CgroupUsage().json),
            (.reloaded, ReloadSummary(added: [name], changed: [name], removed: [name], unchanged: 1).json),
            (.permissions, Permissions(isAdmin: true, scopes: [.read: [.everything], .manage: [.job(name)]]).json),
            (.error, ["error": 404, "reason": "not_found", "message": "x", "errno": 404, "errors": ["a"]]),
        ]
    }()
}
