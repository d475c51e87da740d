import Testing
import WebClient

@testable import GafferTool
@testable import gafferctl

@Suite("The events of a stream")
struct StreamReaderTests {
    @Test("tell lines, half lines, gaps and the end")
    func pieces() {
        var reader = StreamReader(label: nil)
        let events: [(ServerEvent, StreamPiece)] = [
            // Where a stream begins is not known: its first piece is a line.
            (
                ServerEvent(id: "stdout=4,stderr=0", event: "stdout", data: "abc"),
                .text(label: "stdout", [97, 98, 99], isOpen: false)
            ),
            (
                ServerEvent(id: "stdout=6,stderr=0", event: "stdout", data: "de"),
                .text(label: "stdout", [100, 101], isOpen: true)
            ),
            (
                ServerEvent(id: "stdout=8,stderr=0", event: "stdout", data: "f"),
                .text(label: "stdout", [102], isOpen: false)
            ),
            (
                ServerEvent(id: "stdout=8,stderr=2", event: "stderr", data: "x"),
                .text(label: "stderr", [120], isOpen: false)
            ),
            (
                ServerEvent(event: "gap", data: #"{"stream":"stdout","from":8,"to":90,"lost":82}"#),
                .gap(label: "stdout", lost: 82)
            ),
            (
                ServerEvent(id: "stdout=91,stderr=2", event: "stdout", data: "y"),
                .text(label: "stdout", [121], isOpen: true)
            ),
            (
                ServerEvent(id: "stdout=94,stderr=2", event: "stdout", data: "?", others: ["data_b64": "/wo="]),
                .text(label: "stdout", [255], isOpen: false)
            ),
            (
                ServerEvent(id: "stdout=95,stderr=2", event: "stdout", data: "?", others: ["data_b64": "/w=="]),
                .text(label: "stdout", [255], isOpen: true)
            ),
            (ServerEvent(event: "end", data: "{}"), .end),
        ]
        for (event, piece) in events { #expect(reader.piece(event) == piece) }
    }

    @Test("of one stream have an id that is its offset")
    func one() {
        var reader = StreamReader(label: "stdout")
        #expect(
            reader.piece(ServerEvent(id: "2", event: "stdout", data: "a"))
                == .text(label: "stdout", [97], isOpen: false)
        )
        #expect(
            reader.piece(ServerEvent(id: "3", event: "stdout", data: "b")) == .text(label: "stdout", [98], isOpen: true)
        )
    }
}
