import Testing

@testable import GafferHTTP

@Suite("The text of metrics")
struct MetricsTextTests {
    @Test("A family is its help, its type and its numbers")
    func writesFamilies() {
        var family = MetricFamily("gaffer_things_total", .counter, "How many\\things\nthere are, \"all\".")
        family.add(3)
        family.add(0.25, .init("kind", "a\"b\\c\nd"), .init("job", "ö"))
        let text = String(decoding: MetricsText.render([family, MetricFamily("empty", .gauge, "x")]), as: UTF8.self)
        #expect(
            text == #"""
                # HELP gaffer_things_total How many\\things\nthere are, "all".
                # TYPE gaffer_things_total counter
                gaffer_things_total 3
                gaffer_things_total{kind="a\"b\\c\nd",job="ö"} 0.25

                """#
        )
    }

    @Test(
        "Numbers are told without loss",
        arguments: [
            (0, "0"), (3, "3"), (-2, "-2"), (0.5, "0.5"), (1e15, "1000000000000000"), (1.7e9 + 0.25, "1700000000.25"),
            (.infinity, "+Inf"), (-.infinity, "-Inf"), (.nan, "NaN"), (1e-7, "1e-07"),
        ] as [(Double, String)]
    )
    func writesNumbers(_ value: Double, _ text: String) {
        #expect(MetricsText.text(of: value) == text)
    }

    @Test("A histogram has a bucket for each bound, the sum and the count")
    func writesHistograms() throws {
        var family = MetricFamily("gaffer_time_seconds", .histogram, "How long.")
        family.add(cumulated: [1, 3, 4], bounds: [0.1, 1], sum: 9.5, .init("route", "/x"))
        let parsed = try MetricsParser(MetricsText.render([family]))
        #expect(parsed.value("gaffer_time_seconds_bucket", ["route": "/x", "le": "0.1"]) == 1)
        #expect(parsed.value("gaffer_time_seconds_bucket", ["route": "/x", "le": "+Inf"]) == 4)
        #expect(parsed.value("gaffer_time_seconds_count", ["route": "/x"]) == 4)
        #expect(parsed.value("gaffer_time_seconds_sum", ["route": "/x"]) == 9.5)
    }

    @Test(
        "The parser of these tests refuses what Prometheus would",
        arguments: [
            "a 1", "a 1\n", "# TYPE a gauge\na 1\n", "# HELP a x\n# TYPE a gauge\nb 1\n",
            "# HELP a x\n# TYPE a gauge\na\n",
            "# HELP a x\n# TYPE a gauge\na 1\na 1\n", "# HELP a x\n# TYPE a gauge\na{b=\"\\q\"} 1\n",
            "# HELP a x\n# TYPE a counter\na 1\n", "# HELP a_total x\n# TYPE a_total counter\na_total -1\n",
            "# HELP a x\n# TYPE a gauge\na{b=\"c\" 1\n", "# HELP a x\n# TYPE a gauge\na 1,5\n",
            "# HELP a x\n# TYPE a gauge\n",
            "# HELP a x\n# TYPE a histogram\na_bucket{le=\"+Inf\"} 2\na_count 3\na_sum 1\n",
            "# HELP a x\n# TYPE a histogram\na_bucket{le=\"1\"} 2\na_count 2\na_sum 1\n",
        ]
    )
    func refusesOthers(_ text: String) {
        #expect(throws: MetricsParser.Problem.self) { try MetricsParser(Array(text.utf8)) }
    }
}
