import Testing
import WebClient
import WebTestKit

private func connection(
    _ server: ScriptedServer,
    responseTimeout: Duration = .seconds(30),
    maximumBody: Int = 1 << 20
) -> WebConnection {
    WebConnection(
        to: .unix(path: server.path),
        limits: WebConnection.Limits(responseTimeout: responseTimeout, maximumBody: maximumBody)
    )
}

@Suite("A connection")
struct WebConnectionTests {
    @Test("carries many requests")
    func keepAlive() throws {
        let server = ScriptedServer { .answer($0.line) }
        let connection = connection(server)
        for number in 1...20 {
            #expect(try connection.perform(WebRequest("GET", "/\(number)")).text == "GET /\(number)")
        }
        #expect(server.connections == 1)
        #expect(server.requests.count == 20)
    }

    @Test("carries large bodies both ways")
    func large() throws {
        let server = ScriptedServer { .answer($0.text + $0.text) }
        let body = String(repeating: "0123456789abcdef", count: 65_536 / 2)
        let answer = try connection(server, maximumBody: 4 << 20)
            .perform(WebRequest("POST", "/", body: Array(body.utf8)))
        #expect(answer.text == body + body)
    }

    @Test("is made anew where the server asks for it")
    func closes() throws {
        let server = ScriptedServer { request in
            .init(
                bytes: Array("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n\(request.connection)".utf8),
                closes: true
            )
        }
        let connection = connection(server)
        #expect(try connection.perform(WebRequest("GET", "/")).text == "1")
        #expect(try connection.perform(WebRequest("GET", "/")).text == "2")
    }

    @Test("is made anew, once, where the server closed it while it was idle")
    func idleClose() throws {
        let server = ScriptedServer { .answer("\($0.connection)", closes: true) }
        let connection = connection(server)
        #expect(try connection.perform(WebRequest("GET", "/")).text == "1")
        #expect(try connection.perform(WebRequest("POST", "/", body: [1, 2, 3])).text == "2")
        #expect(server.requests.map(\.body) == [[], [1, 2, 3]])
    }

    @Test("sends a request once more only where no byte of an answer came")
    func noRepetition() throws {
        let server = ScriptedServer { request in
            request.line == "GET /1" ? .answer("ok") : .init(bytes: Array("HTTP/1.1 200".utf8), closes: true)
        }
        let connection = connection(server)
        #expect(try connection.perform(WebRequest("GET", "/1")).text == "ok")
        let error = #expect(throws: WebError.self) { try connection.perform(WebRequest("GET", "/2")) }
        #expect(error?.code == .malformed)
        #expect(server.requests.map(\.line) == ["GET /1", "GET /2"])
    }

    @Test("sends a request once where a new connection is hung up")
    func hangUp() throws {
        let server = ScriptedServer { _ in .hangUp }
        let error = #expect(throws: WebError.self) { try connection(server).perform(WebRequest("GET", "/")) }
        #expect(error?.code == .closed)
        #expect(error?.message.hasPrefix("unix:\(server.path) closed the connection without an answer") == true)
        #expect(server.requests.count == 1)
    }

    @Test("gives up at the deadline of the request")
    func timeOut() throws {
        let server = ScriptedServer { _ in .silence }
        let connection = connection(server)
        let error = #expect(throws: WebError.self) {
            try connection.perform(WebRequest("GET", "/", timeout: .milliseconds(20)))
        }
        #expect(error?.code == .timedOut)
        #expect(error?.message == "unix:\(server.path) did not answer in time.")
    }

    @Test("works again after an error")
    func afterError() throws {
        let server = ScriptedServer { $0.connection == 1 ? .init(bytes: Array("nonsense\n".utf8)) : .answer("ok") }
        let connection = connection(server)
        let error = #expect(throws: WebError.self) { try connection.perform(WebRequest("GET", "/")) }
        #expect(error?.code == .malformed)
        #expect(
            error?.message
                == "The answer of unix:\(server.path) can't be read: it does not begin with a status line of HTTP/1."
        )
        #expect(try connection.perform(WebRequest("GET", "/")).text == "ok")
    }

    @Test("refuses an answer that is too large")
    func tooLarge() throws {
        let server = ScriptedServer { _ in .answer("0123456789") }
        let error = #expect(throws: WebError.self) {
            try connection(server, maximumBody: 9).perform(WebRequest("GET", "/"))
        }
        #expect(error?.code == .tooLarge)
    }

    @Test("refuses more than one answer to a request")
    func surplus() throws {
        let server = ScriptedServer { _ in .init(bytes: Array("HTTP/1.1 204 N\r\n\r\nHTTP/1.1 204 N\r\n\r\n".utf8)) }
        let error = #expect(throws: WebError.self) { try connection(server).perform(WebRequest("GET", "/")) }
        #expect(error?.code == .malformed)
    }

    @Test("takes an answer that comes before the request was read, as 413 does")
    func earlyAnswer() throws {
        let server = ScriptedServer(readsBodies: false) { _ in .answer(413, "too large", closes: true) }
        let request = WebRequest("POST", "/", body: [UInt8](repeating: 120, count: 1 << 20))
        #expect(try connection(server).perform(request).status == 413)
    }

    @Test("to a path without a socket names the path")
    func noSocket() {
        let directory = TemporaryDirectory()
        let path = "\(directory.path)/none"
        let error = #expect(throws: WebError.self) {
            try WebConnection(to: .unix(path: path)).perform(WebRequest("GET", "/"))
        }
        #expect(error?.code == .noSuchSocket)
        #expect(error?.message == "There is no socket at unix:\(path).")
    }

    @Test("to something that is no socket is refused")
    func noListener() {
        let directory = TemporaryDirectory()
        let path = directory.write("", to: "file")
        let error = #expect(throws: WebError.self) {
            try WebConnection(to: .unix(path: path)).perform(WebRequest("GET", "/"))
        }
        #expect(error?.code == .refused)
        #expect(error?.message == "Nobody listens at unix:\(path).")
    }

    @Test("to a host that can't exist names it")
    func noHost() {
        // RFC 6761 reserves the name: no resolver may know it.
        let error = #expect(throws: WebError.self) {
            try WebConnection(to: .http(host: "gaffer.invalid", port: 1)).perform(WebRequest("GET", "/"))
        }
        #expect(error?.code == .unreachable)
        #expect(error?.message.hasPrefix("The host of http://gaffer.invalid:1 can't be looked up: ") == true)
    }
}
