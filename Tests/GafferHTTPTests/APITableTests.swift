import Gaffer
import GafferAuth
import GafferHTTP
import GafferModel
import Testing
import WebServer
import WebTestKit

/// One row of the API's table.
struct Row: Sendable, CustomTestStringConvertible {
    enum Body: Sendable {
        /// This JSON and nothing else.
        case json(JSON)
        /// These members, and a message for people.
        case error(JSON)
        /// This text.
        case text(String)
        /// Some JSON with these members, and possibly more.
        case members(JSON)
        case empty
    }

    var request: String
    var sent: String
    var status: Int
    var body: Body
    /// What the supervisor was told to do.
    var calls: [String]
    var accept: String?

    init(
        _ request: String,
        sending sent: String = "",
        accept: String? = nil,
        _ status: Int,
        _ body: Body,
        calls: [String] = []
    ) {
        self.request = request
        self.sent = sent
        self.accept = accept
        self.status = status
        self.body = body
        self.calls = calls
    }

    var testDescription: String { sent.isEmpty ? request : "\(request) \(sent)" }

    var method: String { String(request.prefix { $0 != " " }) }
    var target: String { String(request.drop { $0 != " " }.dropFirst()) }
}

@Suite("The API, row by row")
struct APITableTests {
    enum Way: CaseIterable, Sendable {
        case inProcess, live
    }

    @Test("Reading", arguments: rowsOfReading, Way.allCases)
    func reads(_ row: Row, _ way: Way) async throws {
        try await run(row, way)
    }

    @Test("Changing", arguments: rowsOfChanging, Way.allCases)
    func changes(_ row: Row, _ way: Way) async throws {
        try await run(row, way)
    }

    @Test("Refusing", arguments: rowsOfRefusing, Way.allCases)
    func refuses(_ row: Row, _ way: Way) async throws {
        try await run(row, way)
    }

    private func run(_ row: Row, _ way: Way) async throws {
        let supervisor = FakeSupervisor()
        var web = JobConfig(cmd: "sleep 1")
        web.numprocesses = 2
        supervisor.add(try JobName(session: "shop", job: "web"), web)
        var once = JobConfig(cmd: "true")
        once.numprocesses = 0
        supervisor.add(try JobName(parsing: "once"), once)
        let api = makeAPI(
            supervisor,
            reload: { () throws(GafferError) in
                ReloadSummary(added: [try JobName(parsing: "a.new")], unchanged: 2)
            },
            validate: { config throws(GafferError) in
                if config.cmd == "as-nobody" {
                    throw GafferError(.badValue, "There is no user nobody-here.", details: ["uid"])
                }
            }
        )
        let answer =
            switch way {
            case .inProcess: await inProcess(row, api)
            case .live: try await live(row, api)
            }
        #expect(answer.status == row.status, "\(answer.text)")
        check(answer, row)
        #expect(supervisor.calls == row.calls)
    }

    private func check(_ answer: RawAnswer, _ row: Row) {
        switch row.body {
        case .json(let expected):
            #expect(answer.headers["content-type"] == "application/json")
            #expect(json(answer) == expected)
        case .members(let expected), .error(let expected):
            #expect(answer.headers["content-type"] == "application/json")
            for member in expected.objectValue ?? [] {
                #expect(json(answer)?[member.name] == member.value, "\(answer.text)")
            }
            guard case .error = row.body else { return }
            let message = json(answer)?["message"]?.stringValue
            #expect(message?.hasSuffix(".") == true, "\(answer.text)")
        case .text(let text):
            #expect(answer.headers["content-type"]?.hasPrefix("text/plain") == true)
            #expect(answer.text == text)
        case .empty:
            #expect(answer.body.isEmpty)
        }
    }

    private func json(_ answer: RawAnswer) -> JSON? {
        try? JSON(parsing: answer.body)
    }

    private func inProcess(_ row: Row, _ api: HTTPAPI) async -> RawAnswer {
        let head = RequestHead(
            method: row.method,
            target: row.target,
            acceptsText: row.accept == "text/plain"
        )
        let answer = await api.response(to: head, as: Principal(.open, .admin), body: Array(row.sent.utf8))
        return RawAnswer(
            status: answer.status,
            headers: ["content-type": answer.contentType.rawValue],
            body: row.method == "HEAD" ? [] : answer.body
        )
    }

    private func live(_ row: Row, _ api: HTTPAPI) async throws -> RawAnswer {
        try await withLiveServer(api) { place, _ in
            try await blocking {
                let client = try place.connect()
                let accept = row.accept.map { "Accept: \($0)\r\n" } ?? ""
                let head = "\(row.method) \(row.target) HTTP/1.1\r\nHost: x\r\n\(accept)"
                try client.send("\(head)Content-Length: \(row.sent.utf8.count)\r\n\r\n\(row.sent)")
                let answer = try client.receive(toHead: row.method == "HEAD")
                // Whatever the answer was, the connection is good for another request.
                try client.send("GET /ping HTTP/1.1\r\n\r\n")
                #expect(try client.receive().text == "OK")
                return answer
            }
        }
    }
}
