import Gaffer
import GafferModel
import Synchronization
import Testing
import WebServer

@testable import GafferHTTP

@Suite("The place that a feed's reader has reached")
struct FeedPositionTests {
    private static let life = "0123abcd"

    @Test(
        "is a life and a place in it",
        arguments: [
            ("0123abcd.12", "0123abcd", "12"), ("12", nil, "12"), ("0123abcd.a=1,b.c=2", "0123abcd", "a=1,b.c=2"),
            ("b.c=2", nil, "b.c=2"), ("0123ABCD.1", nil, "0123ABCD.1"), ("0123abc.1", nil, "0123abc.1"),
            ("0123abcd.", "0123abcd", ""), ("", nil, ""), (".", nil, "."),
        ] as [(String, String?, String)]
    )
    func parts(text: String, life: String?, place: String) {
        let position = FeedPosition(text)
        #expect(position.life == life)
        #expect(position.place == place)
        #expect(position.isForeign(to: "ffffffff") == (life != nil))
        #expect(!position.isForeign(to: Self.life))
    }

    @Test("of streams is read as it was told", arguments: [["out"], ["out", "err"], ["a.b", "c=d"]])
    func streams(labels: [String]) throws {
        var position = StreamPosition(labels: labels, life: Self.life)
        for index in labels.indices { position.read(index, upTo: UInt64(index + 7)) }
        let again = try StreamPosition(parsing: position.text, labels: labels, life: Self.life)
        #expect(again == position && !again.isForeign)
        // Of another life nothing was read.
        let foreign = try StreamPosition(parsing: position.text, labels: labels, life: "ffffffff")
        #expect(foreign.isForeign && foreign.offsets.allSatisfy { $0.offset == 0 })
        #expect(foreign.text.hasPrefix("ffffffff."))
    }

    @Test("of streams is refused where it is none", arguments: ["x", "0123abcd.x", "0123abcd.none=1", "-1", ""])
    func refused(text: String) {
        #expect(throws: GafferError.self) {
            try StreamPosition(parsing: text, labels: ["out"], life: Self.life)
        }
    }
}

@Suite("The events' feed, and lives of gafferd")
struct EventsFeedTests {
    private final class Recorder: ResponseWriter {
        private let bytes = Mutex<[UInt8]>([])
        private let enough: Int
        var text: String { bytes.withLock { String(decoding: $0, as: UTF8.self) } }

        /// Takes so many events, and is gone.
        init(events: Int) { enough = events }

        func write(_ new: [UInt8]) async throws(ConnectionClosed) {
            let count = bytes.withLock { bytes in
                bytes += new
                return String(decoding: bytes, as: UTF8.self).split(separator: "\n").count { $0.hasPrefix("data: ") }
            }
            if count >= enough { throw ConnectionClosed() }
        }
    }

    private func feed(_ since: String?, _ form: FeedRequest.Form, on bus: EventBus) throws -> EventsFeed {
        EventsFeed(
            events: bus,
            pattern: try EventPattern("."),
            style: .today,
            request: FeedRequest(form: form, since: since),
            maySee: { _ in true },
            mayGoOn: { true }
        )
    }

    private func bus() throws -> EventBus {
        let bus = EventBus(life: "0123abcd")
        let web = try JobName(parsing: "shop.web")
        for pid in 1...3 {
            bus.publish(.spawn(pid: pid, osPid: 9, isCommit: false, isDetached: false), of: web, time: 1)
        }
        return bus
    }

    @Test(
        "goes on after an id of this life, or a number; after one of another life it has all, and a gap",
        arguments: [("0123abcd.2", 1, 0), ("2", 1, 0), ("ffffffff.2", 3, nil), ("ffffffff.900", 3, nil)]
            as [(String, Int, Int?)]
    )
    func longPoll(since: String, count: Int, lost: Int?) async throws {
        let response = await (try feed(since, .longpoll, on: bus())).next()
        let json = try JSON(parsing: response.body)
        #expect(json["events"]?.arrayValue?.count == count)
        #expect(json["lost"] == lost.map { .integer(Int64($0)) } ?? .null)
        #expect(json["position"] == "0123abcd.3")
        #expect(json["last"] == 3)
    }

    @Test("tells ids with the life, and the gap first where it was another")
    func eventSource() async throws {
        for (since, events) in [("0123abcd.2", 1), ("ffffffff.2", 4)] {
            let recorder = Recorder(events: events)
            let response = try feed(since, .eventsource, on: bus()).response()
            await response.stream?.write(recorder)
            let isForeign = since.hasPrefix("f")
            #expect(recorder.text.contains("event: gap") == isForeign)
            #expect(recorder.text.contains(#""lost":null"#) == isForeign)
            #expect(recorder.text.contains("id: 0123abcd.\(isForeign ? 0 : 2)\n\n"))
            #expect(recorder.text.contains("id: 0123abcd.3\n"))
        }
    }
}
