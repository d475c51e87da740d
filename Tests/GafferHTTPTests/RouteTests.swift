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
            ("/healthz", .healthz), ("/readyz", .readyz), ("/metrics", .metrics), ("/openapi.json", .description),
            ("/sessions/shop", .sessionWhole("shop")), ("/events", .events), ("/watch", .watch([])),
            ("/watch/proc/web/exit", .watch(["proc", "web", "exit"])),
            ("/streams/3/out", .stream(pid: 3, label: "out")),
            ("/streams/3/.", .stream(pid: 3, label: ".")), ("/streams/3/", .stream(pid: 3, label: ".")),
            ("/streams/3", .stream(pid: 3, label: ".")), ("/wstreams/3", .webStream(3)),
            ("/3/channel", .ioChannel(pid: 3, stream: nil)), ("/3/channel/out", .ioChannel(pid: 3, stream: "out")),
            ("/channel", .channel([])), ("/channel/", .channel([""])), ("/channel/websocket", .channel(["websocket"])),
            ("/channel/0/a/xhr", .channel(["0", "a", "xhr"])), ("/auth", .account(.login)), ("/keys", .account(.keys)),
            ("/keys/1f", .account(.key("1f"))), ("/users", .account(.users)), ("/users/ann", .account(.user("ann"))),
            ("/users/ann/password", .account(.password("ann"))), ("/users/ann/key", .account(.userKey("ann"))),
            ("/processes", .legacy(.processes)), ("/processes/shop:web", .legacy(.job(web))),
            ("/processes/7", .legacy(.process(7))), ("/processes/shop.web/_pids", .legacy(.pids(web))),
            ("/processes/shop:web/_start", .legacy(.command(web, .start))),
            ("/processes/shop:web/_restart", .legacy(.command(web, .restart))),
            ("/processes/shop:web/_add", .legacy(.scale(web, by: 1))),
            ("/processes/shop:web/_sub/3", .legacy(.scale(web, by: -3))),
            ("/processes/shop:web/_signal/9", .legacy(.signalJob(web, .kill))),
            ("/processes/7/_signal/HUP", .legacy(.signalProcess(7, .hangup))),
            ("/processes/7/_stop", .legacy(.stopProcess(7))), ("/status/shop:web", .legacy(.status(web))),
            ("/stats", .legacy(.stats)), ("/stats/shop:web", .legacy(.statsOfJob(web))),
            ("/stats/shop:web/7", .legacy(.statsOfProcess(web, 7))), ("/groups", .legacy(.groups)),
            ("/groups/shop", .legacy(.group("shop"))), ("/groups/shop/_stop", .legacy(.groupCommand("shop", .stop))),
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
            "/jobs/shop/web/state/1", "/sessions/", "/sessions/shop/pids", "/streams/", "/streams/3/out/x",
            "/wstreams/3/x", "/watch/", "/watch/a/b/c/d", "/events/x", "/auth/x", "/keys/", "/keys/a/b", "/users/ann/x",
            "/processes/", "/processes/web/_dance", "/processes/7/_pids", "/processes/7/_start", "/processes/7/_add",
            "/processes/web/_start/1", "/status", "/groups/shop/_add", "/stats/a/1/2", "/3/channel/", "/3/channel/a/b",
            "/12/", "/12/nothing", "/12/stats/1",
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
            ("/abc/stats", "bad_value"), ("/streams/x/out", "bad_value"), ("/wstreams/x", "bad_value"),
            ("/x/channel", "bad_value"), ("/processes/web/_add/x", "bad_request"), ("/stats/web/x", "bad_value"),
            ("/processes/web/_signal/NOPE", "bad_signal"), ("/groups/a.b", "bad_request"),
            ("/99999999999999999999", "bad_value"), ("/1%2F2", "bad_value"),
        ]
    )
    func refusesNames(_ path: String, _ word: String) throws {
        let segments = try RequestTarget(parsing: path).segments
        let error = #expect(throws: GafferError.self) { try Route.matching(segments) }
        #expect(error?.code.word == word)
    }
}
