import GafferHTTP
import GafferModel
import Testing
import WebServer

@Suite("Routes")
struct RouteTests {
    private static let web = try? JobName(session: "shop", job: "web")

    static let paths: [(String, Route)] = {
        guard let web else { return [] }
        return [
            ("/", .welcome), ("/ping", .ping), ("/version", .version), ("/sessions", .sessions), ("/jobs", .jobs),
            ("/pids", .pids), ("/state", .state), ("/reload", .reload), ("/jobs/shop", .session("shop")),
            ("/jobs/state", .session("state")), ("/jobs/shop/web", .job(web, .whole)),
            ("/jobs/shop/web/state", .job(web, .state)), ("/jobs/shop/web/numprocesses", .job(web, .numprocesses)),
            ("/jobs/shop/web/pids", .job(web, .pids)), ("/jobs/shop/web/stats", .job(web, .stats)),
            ("/jobs/shop/web/signal", .job(web, .signal)), ("/jobs/shop/web/commit", .job(web, .commit)),
            ("/jobs/shop/web/tail", .job(web, .tail)), ("/jobs/sh%6Fp/w%65b", .job(web, .whole)),
            ("/sessions/shop/state", .sessionState("shop")), ("/sessions/shop/signal", .sessionSignal("shop")),
            ("/12", .process(12, .whole)), ("/12/stats", .process(12, .stats)), ("/12/signal", .process(12, .signal)),
            ("http://localhost:5000/ping", .ping), ("http://localhost", .welcome), ("/ping?a=b", .ping),
        ]
    }()

    @Test("A path is one route", arguments: paths)
    func matches(_ path: String, _ route: Route) throws {
        #expect(try Route.matching(RequestTarget(parsing: path).segments) == route)
    }

    @Test(
        "A path that nothing serves is no route",
        arguments: [
            "/nothing", "/ping/", "/jobs/", "/jobs/shop/", "/jobs/shop/web/", "/jobs/shop/web/nothing",
            "/jobs/shop/web/state/1", "/sessions/shop", "/sessions/shop/pids", "/12/", "/12/nothing", "/12/stats/1",
            "/PING", "/Jobs", "/jobs//web", "/reload/x", "/pids/1",
        ]
    )
    func knowsNoOthers(_ path: String) throws {
        #expect(try Route.matching(RequestTarget(parsing: path).segments) == nil)
    }

    @Test(
        "A name that nobody may have, and a pid that is none, are told",
        arguments: [
            ("/jobs/12", "bad_request"), ("/jobs/a.b", "bad_request"), ("/jobs/shop/1", "bad_request"),
            ("/jobs/shop/a%2Fb", "bad_request"), ("/jobs/shop/a%20b/state", "bad_request"),
            ("/jobs/shop//state", "bad_request"), ("/sessions/a.b/state", "bad_request"),
            ("/jobs/sh%C3%B6p", "bad_request"), ("/12x", "bad_value"), ("/-1", "bad_value"), ("/^", "bad_value"),
            ("/abc/stats", "bad_value"), ("/99999999999999999999", "bad_value"), ("/1%2F2", "bad_value"),
        ]
    )
    func refusesNames(_ path: String, _ word: String) throws {
        let segments = try RequestTarget(parsing: path).segments
        let error = #expect(throws: GafferError.self) { try Route.matching(segments) }
        #expect(error?.code.word == word)
    }

    // MARK: Who may do what

    /// Every route, with what it lets a member and what it lets an administrator do.
    static let permissions: [(Route, member: [Method], administrator: [Method])] = {
        guard let web else { return [] }
        return [
            (.welcome, [.get], []), (.ping, [.get], []), (.version, [.get], []), (.sessions, [.get], []),
            (.jobs, [.get], []), (.pids, [.get], []), (.session("shop"), [.get], [.post]),
            (.job(web, .whole), [.get, .head], [.put, .delete]), (.job(web, .state), [.get, .post], []),
            (.job(web, .numprocesses), [.get, .post], []), (.job(web, .pids), [.get], []),
            (.job(web, .stats), [.get], []), (.job(web, .signal), [.post], []), (.job(web, .commit), [], [.post]),
            (.job(web, .tail), [.get], []), (.sessionState("shop"), [.post], []),
            (.sessionSignal("shop"), [.post], []), (.state, [.post], []), (.reload, [], [.post]),
            (.process(1, .whole), [.get, .head, .delete], []), (.process(1, .stats), [.get], []),
            (.process(1, .signal), [.post], []),
        ]
    }()

    @Test("Each method of each route needs one role", arguments: permissions)
    func needsRole(_ route: Route, _ member: [Method], _ administrator: [Method]) {
        for method in Method.allCases {
            let expected: Role? =
                member.contains(method) ? .member : administrator.contains(method) ? .administrator : nil
            #expect(route.role(for: method) == expected, "\(method.rawValue) \(route)")
        }
        #expect(Set(route.methods) == Set(member + administrator))
    }

    @Test("A role lets in what it is enough for", arguments: permissions)
    func letsIn(_ route: Route, _ member: [Method], _ administrator: [Method]) throws {
        let path = try #require(
            RouteTests.paths.first { $0.1 == route }?.0
                ?? (route == .process(1, .whole) ? "/1" : route == .process(1, .stats) ? "/1/stats" : "/1/signal")
        )
        let api = HTTPAPI(
            supervisor: FakeSupervisor(),
            reload: { () throws(GafferError) in ReloadSummary() },
            validate: { _ throws(GafferError) in }
        )
        for role in [Role.none, .member, .administrator] {
            for method in Method.allCases {
                let expected =
                    switch role {
                    case .none: 403
                    case .member: member.contains(method) ? 200 : administrator.contains(method) ? 403 : 405
                    case .administrator: (member + administrator).contains(method) ? 200 : 405
                    }
                let status =
                    switch api.admit(method: method.rawValue, target: path, role: role) {
                    case .admitted: 200
                    case .refused(let answer): answer.status
                    }
                #expect(status == expected, "\(role): \(method.rawValue) \(path)")
            }
        }
    }

    @Test("Who has no role learns nothing of what there is", arguments: ["/nothing", "/jobs/a.b", "/ping", "/%zz"])
    func tellsStrangersNothing(_ path: String) {
        let api = HTTPAPI(
            supervisor: FakeSupervisor(),
            reload: { () throws(GafferError) in ReloadSummary() },
            validate: { _ throws(GafferError) in }
        )
        guard case .refused(let answer) = api.admit(method: "GET", target: path, role: .none) else {
            Issue.record("\(path) was let in")
            return
        }
        #expect(answer.status == 403)
        #expect(String(decoding: answer.body, as: UTF8.self).contains(#""reason":"forbidden""#))
    }
}
