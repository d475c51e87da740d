import Gaffer
import GafferAuth
import GafferHTTP
import GafferModel
import GafferTestKit
import Testing

/// Everything that can be asked for on the channel, by everybody there is.
@Suite(.timeLimit(.minutes(2))) struct ChannelPermissionTests {
    /// Who asks; all but the first nine are about the job `shop.web`, its session or something else.
    enum Role: String, CaseIterable {
        case admin, manageAll, manageSession, manageJob, operate, write, read, readAll, readSession
        case manageOther, createKey, none

        var permissions: Permissions {
            switch self {
            case .admin: .admin
            case .manageAll: .only(.manage, "*")
            case .manageSession: .only(.manage, "shop")
            case .manageJob: .only(.manage, "shop.web")
            case .operate: .only(.operate, "shop.web")
            case .write: .only(.write, "shop.web")
            case .read: .only(.read, "shop.web")
            case .readAll: .only(.read, "*")
            case .readSession: .only(.read, "shop")
            case .manageOther: .only(.manage, "blog.web")
            case .createKey: Permissions(mayCreateKeys: true, mayCreateUsers: true)
            case .none: .none
            }
        }
    }

    private static let managersOfAll: Set<Role> = [.admin, .manageAll]
    private static let managersOfSession = managersOfAll.union([.manageSession])
    private static let managers = managersOfSession.union([.manageJob])
    private static let operators = managers.union([.operate])
    private static let writers = managers.union([.write])
    private static let readers = operators.union([.write, .read, .readAll, .readSession])
    private static let readersOfSession: Set<Role> = [.admin, .manageAll, .manageSession, .readAll, .readSession]
    private static let anybody = readers.union([.manageOther])

    static let topics: [(String, Set<Role>)] = [
        ("EVENTS", managersOfAll), ("EVENTS:spawn", managersOfAll), ("EVENTS:job.shop.web", managersOfAll),
        ("JOB:shop.web", managers), ("PROCESS:1", managers), ("STATS:shop.web", readers), ("STATS:1", readers),
        ("STREAM:1", readers), ("STREAM:1.stderr", readers), ("STREAM:1.Chat", readers),
    ]

    @Test("A topic is for those who have the right to it, and for nobody else", arguments: topics, Role.allCases)
    func topic(row: (String, Set<Role>), role: Role) async throws {
        let bench = try ChannelBench()
        let session = bench.session(as: RevocableAuthority(role.permissions))
        let answer = try await session.subscribe(row.0)
        if row.1.contains(role) {
            #expect(answer == ["event": "gaffer:subscription_success", "topic": .string(row.0)])
        } else {
            #expect(answer["event"] == "gaffer:subscription_error")
            #expect(answer["data"]?["reason"] == "forbidden")
            #expect(bench.context.openTopics == 0)
        }
        await session.hangUp()
    }

    @Test(
        "Whether there is a process is told to whoever has any right, to nobody else",
        arguments: ["PROCESS:77", "STATS:77", "STREAM:77", "STREAM:77.stdout"],
        Role.allCases
    )
    func unknownProcess(topic: String, role: Role) async throws {
        let session = try ChannelBench().session(as: RevocableAuthority(role.permissions))
        let answer = try await session.subscribe(topic)
        #expect(answer["data"]?["reason"] == (Self.anybody.contains(role) ? "not_found" : "forbidden"))
        await session.hangUp()
    }

    /// A command, who may run it, and whether it changes something.
    static let commands: [(String, String, Set<Role>, Bool)] = [
        ("sessions", "[]", anybody, false), ("jobs", "[]", anybody, false), ("pids", "[]", anybody, false),
        ("jobs", #"["shop"]"#, readers, false), ("pids", #"["shop.web"]"#, readers, false),
        ("jobs", #"["nope"]"#, [], false),
        ("load", #"[{"name":"shop.new","cmd":"x"}]"#, managersOfSession, true),
        ("load", #"[{"name":"other.new","cmd":"x"}]"#, managersOfAll, true),
        ("update", #"[{"name":"shop.web","cmd":"x"}]"#, managers, true),
        ("unload", #"["shop.web"]"#, managers, true), ("commit", #"["shop.web"]"#, managers, true),
        ("reload", #"["shop.web"]"#, operators, true), ("start_job", #"["shop.web"]"#, operators, true),
        ("stop_job", #"["shop.web"]"#, operators, true), ("stopall", #"["shop.web"]"#, operators, true),
        ("scale", #"["shop.web",1]"#, operators, true), ("killall", #"["shop.web",1]"#, operators, true),
        ("info", #"["shop.web"]"#, readers, false), ("stats", #"["shop.web"]"#, readers, false),
        ("process_info", "[1]", readers, false), ("process_stats", "[1]", readers, false),
        ("stop_process", "[1]", operators, true), ("kill", "[1,1]", operators, true),
        ("send", #"[1,"x"]"#, writers, true), ("send", #"[1,"x","Chat"]"#, writers, true),
    ]

    @Test(
        "A command is for those who have the right to it; refused, it is not carried out",
        arguments: commands,
        Role.allCases
    )
    func command(row: (String, String, Set<Role>, Bool), role: Role) async throws {
        let bench = try ChannelBench()
        let session = bench.session(as: RevocableAuthority(role.permissions))
        let answer = try await session.command(row.0, row.1)
        let isAllowed = row.2.contains(role)
        // A session that does not exist is told as such to those who may read it.
        if row.1 == #"["nope"]"# {
            let readsAll = [.admin, .manageAll, .readAll].contains(role)
            #expect(answer["data"]?["error"]?["reason"] == (readsAll ? "not_found" : "forbidden"))
        } else if isAllowed {
            #expect(answer["event"] == "gaffer:command_success", "\(answer)")
        } else {
            #expect(answer["event"] == "gaffer:command_error")
            #expect(answer["data"]?["error"]?["errno"] == 403)
            #expect(answer["data"]?["error"]?["reason"] == "forbidden")
        }
        let hasChanged = !bench.supervisor.calls.isEmpty || !bench.feeds.writes.isEmpty
        #expect(hasChanged == (isAllowed && row.3))
        #expect(bench.audits.all.isEmpty == bench.supervisor.calls.isEmpty)
        await session.hangUp()
    }

    @Test("Nobody gets anything", arguments: topics.map { $0.0 } + commands.map { $0.0 })
    func anonymous(what: String) async throws {
        let bench = try ChannelBench()
        for authority in [nil, FixedAuthority(.anonymous)] {
            let session = bench.session(as: authority)
            let answer = try await what.contains(where: \.isLowercase) ? session.command(what) : session.subscribe(what)
            let isRefused =
                answer["data"]?["error"] == "AUTH_REQUIRED" || answer["event"] == "gaffer:subscription_error"
                || answer["event"] == "gaffer:command_error"
            #expect(isRefused, "\(answer)")
            await session.hangUp()
        }
        #expect(bench.supervisor.calls == [])
        #expect(bench.feeds.writes == [])
    }

    @Test(
        "Lists tell what may be read, no more",
        arguments: [
            (Role.admin, #"["shop","blog"]"#, #"["shop.web","shop.db","blog.web"]"#, "[1,2,3]"),
            (.readAll, #"["shop","blog"]"#, #"["shop.web","shop.db","blog.web"]"#, "[1,2,3]"),
            (.readSession, #"["shop"]"#, #"["shop.web","shop.db"]"#, "[1,2]"),
            (.write, #"["shop"]"#, #"["shop.web"]"#, "[1]"),
            (.manageOther, #"["blog"]"#, #"["blog.web"]"#, "[3]"),
        ]
    )
    func lists(role: Role, sessions: String, jobs: String, pids: String) async throws {
        let session = try ChannelBench().session(as: RevocableAuthority(role.permissions))
        #expect(try await session.command("sessions")["data"]?["result"]?["sessions"]?.text == sessions)
        #expect(try await session.command("jobs")["data"]?["result"]?["jobs"]?.text == jobs)
        #expect(try await session.command("pids")["data"]?["result"]?["pids"]?.text == pids)
        await session.hangUp()
    }

    @Test("The environment is shown to those who manage the job", arguments: Role.allCases)
    func environment(role: Role) async throws {
        guard Self.readers.contains(role) else { return }
        let session = try ChannelBench().session(as: RevocableAuthority(role.permissions))
        let job = try await session.command("info", #"["shop.web"]"#)
        let process = try await session.command("process_info", "[1]")
        let isShown = Self.managers.contains(role)
        #expect(job.text.contains("s3cret") == isShown)
        #expect(process.text.contains("s3cret") == isShown)
        await session.hangUp()
    }
}
