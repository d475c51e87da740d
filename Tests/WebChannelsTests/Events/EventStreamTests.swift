import NIOHTTP1
import Testing
import WebChannels
import WebServer

@Suite("Server-sent events")
struct EventStreamTests {
    private typealias Field = EventStreamEncoder.Field

    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    @Test(
        "Data is cut at every line end that a client knows",
        arguments: [
            ("", "data: \n\n"),
            ("one", "data: one\n\n"),
            ("one\ntwo", "data: one\ndata: two\n\n"),
            ("one\rtwo", "data: one\ndata: two\n\n"),
            ("one\r\ntwo", "data: one\ndata: two\n\n"),
            ("one\n\rtwo", "data: one\ndata: \ndata: two\n\n"),
            ("one\n", "data: one\ndata: \n\n"),
            ("\r", "data: \ndata: \n\n"),
            ("x\n\nevent: admin\ndata: y", "data: x\ndata: \ndata: event: admin\ndata: data: y\n\n"),
            (" blank\u{2028}é", "data:  blank\u{2028}é\n\n"),
        ]
    )
    func lines(data: String, event: String) {
        #expect(text(EventStreamEncoder.event(data: Array(data.utf8))) == event)
    }

    @Test("An event has its id and its name before its data")
    func fields() throws {
        let name = try #require(Field("job.start"))
        let bytes = EventStreamEncoder.event(id: Field(17), name: name, data: "{}".utf8)
        #expect(text(bytes) == "id: 17\nevent: job.start\ndata: {}\n\n")
    }

    @Test("No name and no id can hold a line end or a zero byte", arguments: ["a\nb", "a\rb", "\r\n", "a\0"])
    func refused(name: String) {
        #expect(Field(name) == nil)
    }

    @Test("Comments and times to come back are written as the standard has them")
    func others() {
        #expect(text(EventStreamEncoder.comment("gone\nfor good")) == ": gone\n: for good\n\n")
        #expect(text(EventStreamEncoder.retry(after: .milliseconds(2500))) == "retry: 2500\n\n")
        #expect(text(EventStreamEncoder.retry(after: .seconds(-1))) == "retry: 0\n\n")
        #expect(text(EventStreamEncoder.heartbeat) == ":\n\n")
    }

    @Test("A stream is neither cached nor held back")
    func response() {
        let response = EventStream.response { _ in }
        #expect(response.contentType == .eventStream)
        #expect(response[header: "cache-control"] == "no-store")
        #expect(response[header: "x-accel-buffering"] == "no")
        #expect(response.stream != nil)
    }

    @Test(
        "The last event is named by the header, or else by the query",
        arguments: [
            ("4", "/e", "4"), ("4", "/e?lastEventId=5", "4"), (nil, "/e?lastEventId=5", "5"),
            (nil, "/e?last_event_id=6", "6"), (nil, "/e", nil), ("", "/e", nil),
        ] as [(String?, String, String?)]
    )
    func lastEventID(header: String?, target: String, id: String?) throws {
        let headers = header.map { HTTPHeaders([("Last-Event-ID", $0)]) } ?? [:]
        let head = RequestHead(method: "GET", target: target, headers: headers)
        let query = try RequestTarget(parsing: target).query
        #expect(EventStream.lastEventID(of: head, query: query) == id)
    }
}
