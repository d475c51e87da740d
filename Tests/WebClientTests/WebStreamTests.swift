import Testing
import WebClient
import WebTestKit

@Suite("An answer that is read piece by piece")
struct WebStreamTests {
    private func text(_ stream: WebStream) throws -> String {
        var bytes: [UInt8] = []
        while case .bytes(let more) = try stream.next(waiting: .seconds(30)) { bytes += more }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test("gives what has come before the rest is made")
    func pieces() throws {
        let gate = Gate()
        let server = ScriptedServer { _ in
            .init(bytes: Array("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n".utf8)) { peer in
                gate.wait()
                peer.send(Array("2\r\nde\r\n0\r\n\r\n".utf8))
            }
        }
        let stream = try WebStream(to: .unix(path: server.path), WebRequest("GET", "/"))
        #expect(stream.head.status == 200)
        #expect(try stream.next(waiting: .seconds(30)) == .bytes(Array("abc".utf8)))
        #expect(try stream.next(waiting: .milliseconds(1)) == .nothing)
        #expect(!stream.isReadable)
        #expect(Readiness.wait(for: [stream.descriptor], until: Deadline(after: .milliseconds(1))) == .timedOut)
        gate.open()
        #expect(Readiness.wait(for: [-1, stream.descriptor], until: Deadline(after: .seconds(30))) == .ready([1]))
        #expect(try text(stream) == "de")
        #expect(try stream.next(waiting: nil) == .end)
    }

    @Test("tells an error's body whole")
    func error() throws {
        let server = ScriptedServer { _ in .answer(404, #"{"reason":"not_found"}"#) }
        let stream = try WebStream(to: .unix(path: server.path), WebRequest("GET", "/"))
        #expect(stream.head.status == 404)
        #expect(String(decoding: try stream.rest(), as: UTF8.self) == #"{"reason":"not_found"}"#)
    }

    @Test("is broken where the connection ends within a chunk")
    func broken() throws {
        let server = ScriptedServer { _ in
            .init(bytes: Array("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc".utf8), closes: true)
        }
        let stream = try WebStream(to: .unix(path: server.path), WebRequest("GET", "/"))
        let error = #expect(throws: WebError.self) { _ = try text(stream) }
        #expect(error?.code == .malformed)
    }

    @Test("has a bounded error, and an unbounded stream")
    func bounds() throws {
        let body = String(repeating: "x", count: 200_000)
        let server = ScriptedServer { _ in .stream(body, type: "text/plain", closes: true) }
        let limits = WebConnection.Limits(maximumBody: 1_000)
        let whole = try WebStream(to: .unix(path: server.path), WebRequest("GET", "/"), limits: limits)
        #expect(try text(whole).count == body.count)
        let error = #expect(throws: WebError.self) {
            _ = try WebStream(to: .unix(path: server.path), WebRequest("GET", "/"), limits: limits).rest()
        }
        #expect(error?.code == .tooLarge)
    }
}
