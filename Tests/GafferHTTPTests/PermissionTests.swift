import Gaffer
import GafferAuth
import GafferHTTP
import GafferModel
import GafferTestKit
import NIOHTTP1
import Testing
import WebServer

/// The table of permissions whole: every route with every method, for everybody that there can be.
@Suite("Who may do what")
struct PermissionTests {
    /// Somebody, by what its key allows; jobs are `shop.web`, whose process is 1, and `shop.db`.
    enum Role: String, CaseIterable, Sendable {
        case admin, manageAll, manageSession, manageJob, operateAll, operateJob, writeJob, readAll, readSession, readJob
        case readOther, createKey, createUser, nothing, anonymous

        var principal: Principal {
            func key(_ permissions: Permissions) -> Principal { Principal(.key(id: rawValue), permissions) }
            func key(_ right: Right, _ scope: String) -> Principal {
                key(Permissions(scopes: [right: [(try? Scope(parsing: scope)) ?? .everything]]))
            }
            return switch self {
            case .admin: key(.admin)
            case .manageAll: key(.manage, "*")
            case .manageSession: key(.manage, "shop")
            case .manageJob: key(.manage, "shop.web")
            case .operateAll: key(.operate, "*")
            case .operateJob: key(.operate, "shop.web")
            case .writeJob: key(.write, "shop.web")
            case .readAll: key(.read, "*")
            case .readSession: key(.read, "shop")
            case .readJob: key(.read, "shop.web")
            case .readOther: key(.read, "other")
            case .createKey: key(Permissions(mayCreateKeys: true))
            case .createUser: key(Permissions(mayCreateUsers: true))
            case .nothing: key(.none)
            case .anonymous: .anonymous
            }
        }
    }

    /// Who may, said by hand and not by the code that decides.
    enum Circle: Sendable {
        case everybody, known, withAnyRight, readers, writers, operators, managers
        case sessionReaders, sessionOperators, sessionManagers, readersOfAll, operatorsOfAll, keyMakers, userMakers,
            admins

        var roles: Set<Role> {
            switch self {
            case .everybody: Set(Role.allCases)
            case .known: Set(Role.allCases).subtracting([.anonymous])
            case .withAnyRight: Set(Role.allCases).subtracting([.anonymous, .nothing, .createKey, .createUser])
            case .readers: Circle.withAnyRight.roles.subtracting([.readOther])
            case .writers: [.admin, .manageAll, .manageSession, .manageJob, .writeJob]
            case .operators: [.admin, .manageAll, .manageSession, .manageJob, .operateAll, .operateJob]
            case .managers: [.admin, .manageAll, .manageSession, .manageJob]
            case .sessionReaders: [.admin, .manageAll, .manageSession, .operateAll, .readAll, .readSession]
            case .sessionOperators: [.admin, .manageAll, .manageSession, .operateAll]
            case .sessionManagers: [.admin, .manageAll, .manageSession]
            case .readersOfAll: [.admin, .manageAll, .operateAll, .readAll]
            case .operatorsOfAll: [.admin, .manageAll, .operateAll]
            case .keyMakers: [.admin, .createKey]
            case .userMakers: [.admin, .createUser]
            case .admins: [.admin]
            }
        }
    }

    static let rows: [(path: String, methods: [String: Circle])] = [
        ("/", ["GET": .everybody, "HEAD": .everybody]), ("/ping", ["GET": .everybody, "HEAD": .everybody]),
        ("/version", ["GET": .everybody, "HEAD": .everybody]), ("/healthz", ["GET": .everybody, "HEAD": .everybody]),
        ("/readyz", ["GET": .everybody, "HEAD": .everybody]),
        ("/openapi.json", ["GET": .everybody, "HEAD": .everybody]),
        ("/metrics", ["GET": .readersOfAll, "HEAD": .readersOfAll]),
        ("/sessions", ["GET": .withAnyRight, "HEAD": .withAnyRight]),
        ("/jobs", ["GET": .withAnyRight, "HEAD": .withAnyRight]),
        ("/pids", ["GET": .withAnyRight, "HEAD": .withAnyRight]),
        ("/events", ["GET": .withAnyRight, "HEAD": .withAnyRight]),
        ("/watch", ["GET": .withAnyRight, "HEAD": .withAnyRight]),
        ("/watch/proc/web", ["GET": .withAnyRight, "HEAD": .withAnyRight]),
        ("/jobs/shop", ["GET": .sessionReaders, "HEAD": .sessionReaders, "POST": .sessionManagers]),
        ("/sessions/shop", ["GET": .sessionReaders, "HEAD": .sessionReaders, "DELETE": .sessionManagers]),
        ("/sessions/shop/state", ["POST": .sessionOperators]), ("/sessions/shop/signal", ["POST": .sessionOperators]),
        ("/state", ["POST": .operatorsOfAll]), ("/reload", ["POST": .admins]),
        ("/jobs/shop/web", ["GET": .readers, "HEAD": .readers, "PUT": .managers, "DELETE": .managers]),
        ("/jobs/shop/web/state", ["GET": .readers, "HEAD": .readers, "POST": .operators]),
        ("/jobs/shop/web/numprocesses", ["GET": .readers, "HEAD": .readers, "POST": .operators]),
        ("/jobs/shop/web/pids", ["GET": .readers, "HEAD": .readers]),
        ("/jobs/shop/web/stats", ["GET": .readers, "HEAD": .readers]),
        ("/jobs/shop/web/tail", ["GET": .readers, "HEAD": .readers]),
        ("/jobs/shop/web/signal", ["POST": .operators]), ("/jobs/shop/web/commit", ["POST": .sessionManagers]),
        ("/1", ["GET": .readers, "HEAD": .readers, "DELETE": .operators]),
        ("/1/stats", ["GET": .readers, "HEAD": .readers]), ("/1/signal", ["POST": .operators]),
        ("/99", ["GET": .withAnyRight, "HEAD": .withAnyRight, "DELETE": .withAnyRight]),
        ("/streams/1/out", ["GET": .readers, "HEAD": .readers, "POST": .writers]),
        // They ask by themselves, since a browser can say who it is only afterwards.
        ("/wstreams/1", ["GET": .everybody]), ("/1/channel", ["GET": .everybody]),
        ("/1/channel/out", ["GET": .everybody]),
        ("/auth", ["GET": .everybody, "HEAD": .everybody]),
        ("/keys", ["GET": .admins, "HEAD": .admins, "POST": .keyMakers]),
        ("/users", ["GET": .admins, "HEAD": .admins, "POST": .userMakers]),
        // Whose they are is decided by the service.
        ("/keys/1f", ["GET": .known, "HEAD": .known, "DELETE": .known]),
        ("/users/ann", ["GET": .known, "HEAD": .known, "PUT": .known, "DELETE": .known]),
        ("/users/ann/password", ["PUT": .known]), ("/users/ann/key", ["PUT": .known]),
        // What is loaded stands in the body, and is looked at there.
        ("/processes", ["GET": .withAnyRight, "HEAD": .withAnyRight, "POST": .withAnyRight]),
        ("/processes/shop:web", ["GET": .readers, "HEAD": .readers, "PUT": .managers, "DELETE": .managers]),
        ("/processes/1", ["GET": .readers, "HEAD": .readers, "DELETE": .operators]),
        ("/processes/shop:web/_pids", ["GET": .readers, "HEAD": .readers]),
        ("/processes/shop:web/_start", ["POST": .operators]), ("/processes/shop:web/_stop", ["POST": .operators]),
        ("/processes/shop:web/_restart", ["POST": .operators]), ("/processes/shop:web/_add/2", ["POST": .operators]),
        ("/processes/shop:web/_sub", ["POST": .operators]), ("/processes/shop:web/_signal/1", ["POST": .operators]),
        ("/processes/1/_signal/1", ["POST": .operators]), ("/processes/1/_stop", ["POST": .operators]),
        ("/status/shop:web", ["GET": .readers, "HEAD": .readers]),
        ("/stats", ["GET": .withAnyRight, "HEAD": .withAnyRight]),
        ("/stats/shop:web", ["GET": .readers, "HEAD": .readers]),
        ("/stats/shop:web/1", ["GET": .readers, "HEAD": .readers]),
        ("/groups", ["GET": .withAnyRight, "HEAD": .withAnyRight]),
        ("/groups/shop", ["GET": .sessionReaders, "HEAD": .sessionReaders, "DELETE": .sessionManagers]),
        ("/groups/shop/_start", ["POST": .sessionOperators]), ("/groups/shop/_stop", ["POST": .sessionOperators]),
        ("/groups/shop/_restart", ["POST": .sessionOperators]),
    ]

    private func makeAPI() throws -> HTTPAPI {
        let feeds = FakeFeeds()
        feeds.add(1, of: try JobName(session: "shop", job: "web"))
        return GafferHTTPTests.makeAPI(FakeSupervisor(), feeds: feeds)
    }

    @Test("Every method of every route is for its circle and nobody else", arguments: rows)
    func isForItsCircle(_ path: String, _ methods: [String: Circle]) throws {
        let api = try makeAPI()
        for role in Role.allCases {
            for method in ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH"] {
                let expected: Int
                if let circle = methods[method] {
                    expected = circle.roles.contains(role) ? 200 : role == .anonymous ? 401 : 403
                } else {
                    expected = role == .anonymous ? 401 : 405
                }
                let status =
                    switch api.admit(RequestHead(method: method, target: path), as: role.principal) {
                    case .admitted: 200
                    case .refused(let answer): answer.status
                    }
                #expect(status == expected, "\(role): \(method) \(path)")
            }
        }
    }

    @Test("There is no route that the table leaves out")
    func isWhole() throws {
        var described: Set<RouteTemplate> = []
        for row in Self.rows {
            let route = try #require(try Route.matching(RequestTarget(parsing: row.path).segments), "\(row.path)")
            described.insert(route.template)
        }
        // SockJS says for each of its paths which methods it knows, and lets everybody in; the session asks.
        let channel = Set(RouteTemplate.allCases.filter { $0.path.hasPrefix("/channel") })
        #expect(described.union(channel) == Set(RouteTemplate.allCases))
    }

    @Test("Who may nothing learns nothing of what there is", arguments: ["/nothing", "/jobs/a.b", "/%zz"])
    func tellsStrangersNothing(_ path: String) throws {
        let api = try makeAPI()
        for (principal, status) in [
            (Principal.anonymous, 401), (Principal(.peer(uid: 1000, pid: 1), .none), 403),
        ] {
            guard case .refused(let answer) = api.admit(RequestHead(method: "GET", target: path), as: principal) else {
                Issue.record("\(path) was let in")
                return
            }
            #expect(answer.status == status)
        }
    }

    @Test("A body that a form could send is refused", arguments: ["text/plain", "Multipart/Form-Data; boundary=x"])
    func refusesForms(_ type: String) throws {
        let head = RequestHead(method: "POST", target: "/jobs/shop", headers: ["content-type": type])
        guard case .refused(let answer) = try makeAPI().admit(head, as: Role.admin.principal) else {
            Issue.record("\(type) was let in")
            return
        }
        #expect(answer.status == 415)
    }
}
