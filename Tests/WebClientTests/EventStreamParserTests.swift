import Testing
import WebClient

@Suite("A stream of server-sent events")
struct EventStreamParserTests {
    @Test(
        "is read as the HTML standard has it",
        arguments: [
            ("data: a\n\n", [ServerEvent(data: "a")]),
            ("data:a\r\n\r\n", [ServerEvent(data: "a")]),
            ("data:  a\r\r", [ServerEvent(data: " a")]),
            ("\u{FEFF}data: a\n\n", [ServerEvent(data: "a")]),
            ("data: a\ndata: b\ndata\n\n", [ServerEvent(data: "a\nb\n")]),
            (":heartbeat\n\ndata: a\n\n", [ServerEvent(data: "a")]),
            ("event: spawn\nid: 7\ndata: {}\n\n", [ServerEvent(id: "7", event: "spawn", data: "{}")]),
            (
                "id: 7\ndata: a\n\ndata: b\n\nid\ndata: c\n\n",
                [ServerEvent(id: "7", data: "a"), ServerEvent(id: "7", data: "b"), ServerEvent(data: "c")]
            ),
            ("id: 7\u{0}\ndata: a\n\n", [ServerEvent(data: "a")]),
            // An event without data is none, and its kind is forgotten.
            ("event: x\n\ndata: a\n\n", [ServerEvent(data: "a")]),
            (
                "nonsense\nfoo: bar\ndata: a: b\n\ndata: c\n\n",
                [ServerEvent(data: "a: b", others: ["nonsense": "", "foo": "bar"]), ServerEvent(data: "c")]
            ),
            ("data: not ended\n", []),
        ] as [(String, [ServerEvent])]
    )
    func reads(text: String, expected: [ServerEvent]) throws {
        var parser = EventStreamParser()
        #expect(try parser.consume(Array(text.utf8)) == expected)
    }

    @Test("is read alike however its bytes are cut")
    func cuts() throws {
        let text = Array("id: 1\r\nevent: stdout\r\ndata: zwölf\r\ndata: €\r\n\r\n: c\r\rretry: 250\ndata: x\n\n".utf8)
        var whole = EventStreamParser()
        let expected = try whole.consume(text)
        #expect(expected.map(\.data) == ["zwölf\n€", "x"])
        for first in 0...text.count {
            for second in first...text.count {
                var parser = EventStreamParser()
                var events = try parser.consume(text[..<first])
                events += try parser.consume(text[first..<second])
                events += try parser.consume(text[second...])
                #expect(events == expected)
                #expect(parser.retry == 250)
                #expect(parser.lastEventID == "1")
            }
        }
    }

    @Test(
        "tells how long to wait only by a whole number",
        arguments: ["-1", "1.5", "", "x", "99999999999999999999999"]
    )
    func retry(text: String) throws {
        var parser = EventStreamParser()
        _ = try parser.consume(Array("retry: 3\nretry: \(text)\n".utf8))
        #expect(parser.retry == 3)
    }

    @Test("is refused where an event is too large, and not for its comments")
    func limit() throws {
        var parser = EventStreamParser(maximumEvent: 20)
        _ = try parser.consume(Array("data: 0123456789\n\ndata: 0123456789\n\n".utf8))
        for _ in 1...10 { _ = try parser.consume(Array(":0123456789\n".utf8)) }
        #expect(throws: EventStreamParser.TooLarge.self) {
            _ = try parser.consume(Array("data: 01234567\ndata: 012345678\n".utf8))
        }
        var endless = EventStreamParser(maximumEvent: 20)
        #expect(throws: EventStreamParser.TooLarge.self) {
            for _ in 1...21 { _ = try endless.consume([UInt8(ascii: "x")]) }
        }
    }
}
