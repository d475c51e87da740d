import Testing

@testable import GafferHTTP

@Suite("Counts of requests")
struct RequestCountsTests {
    @Test(
        "A request counts for its path, method and status, and what is unknown for others",
        arguments: [
            (.job, "GET", 200, "/jobs/{session}/{job}", "GET", "200"), (.ping, "HEAD", 304, "/ping", "HEAD", "304"),
            (nil, "GET", 404, "other", "GET", "404"), (.jobs, "PATCH", 405, "/jobs", "other", "405"),
            (.jobs, "", 200, "/jobs", "other", "200"), (.jobs, "GET", 299, "/jobs", "GET", "other"),
            (.jobs, "GET", -1, "/jobs", "GET", "other"), (.jobs, "GET", 9999, "/jobs", "GET", "other"),
            (.legacyGroupRestart, "POST", 504, "/groups/{group}/_restart", "POST", "504"),
        ] as [(RouteTemplate?, String, Int, String, String, String)]
    )
    func counts(
        _ route: RouteTemplate?,
        _ method: String,
        _ status: Int,
        _ path: String,
        _ name: String,
        _ word: String
    ) {
        var counts = RequestCounts()
        for _ in 0..<3 { counts.count(route, method: method, status: status, seconds: nil) }
        #expect(counts.requests == [.init(route: path, method: name, status: word, count: 3)])
        #expect(counts.durations == [])
    }

    @Test("Every route has a place of its own", arguments: RouteTemplate.allCases)
    func hasPlaces(_ route: RouteTemplate) {
        var counts = RequestCounts()
        counts.count(route, method: "GET", status: 200, seconds: 1)
        #expect(counts.requests.map(\.route) == [route.path])
        #expect(counts.durations.map(\.route) == [route.path])
    }

    @Test(
        "A duration falls into the bucket of the first bound that it is not above",
        arguments: [
            (0, 0), (0.0005, 0), (0.0006, 1), (0.001, 1), (0.1, 7), (10, 13), (10.1, 14), (1e9, 14), (-5, 0),
        ] as [(Double, Int)]
    )
    func buckets(_ seconds: Double, _ bucket: Int) {
        var counts = RequestCounts()
        counts.count(.ping, method: "GET", status: 200, seconds: seconds)
        let expected = (0...RequestCounts.bounds.count).map { $0 >= bucket ? 1 : 0 as UInt64 }
        #expect(counts.durations == [.init(route: "/ping", cumulated: expected, sum: max(0, seconds))])
    }

    @Test("What never ends is not timed")
    func leavesStreamsOut() {
        var counts = RequestCounts()
        counts.count(.events, method: "GET", status: 200, seconds: nil)
        counts.count(.webStream, method: "GET", status: 101, seconds: 2)
        #expect(counts.requests.count == 2)
        #expect(counts.durations == [])
    }

    @Test("What many threads count at once is counted whole")
    func countsConcurrently() async {
        let registry = MetricsRegistry()
        await withTaskGroup(of: Void.self) { tasks in
            for _ in 0..<8 {
                tasks.addTask {
                    for _ in 0..<1000 {
                        registry.counted(.ping, method: "GET", status: 200, seconds: 0.001)
                        registry.subscribed(.stream)
                        registry.missed(.events)
                    }
                    for _ in 0..<500 { registry.unsubscribed(.stream) }
                }
            }
        }
        let counts = registry.counts
        #expect(counts.requests.requests.map(\.count) == [8000])
        #expect(counts.requests.durations.first?.cumulated.last == 8000)
        let subscribers = counts.subscribers.map { ($0.kind.rawValue, $0.now, $0.gaps) }
        #expect(subscribers.map(\.0) == ["stream", "events", "stats", "channel"])
        #expect(subscribers.map(\.1) == [4000, 0, 0, 0])
        #expect(subscribers.map(\.2) == [0, 8000, 0, 0])
    }
}
