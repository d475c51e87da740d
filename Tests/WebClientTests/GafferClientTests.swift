import GafferClient
import GafferModel
import Testing
import WebClient
import WebTestKit

private func client(_ server: ScriptedServer) -> GafferClient {
    GafferClient(endpoint: .unix(path: server.path))
}

private func name(_ text: String) throws -> JobName { try JobName(parsing: text) }

@Suite("The client of the API")
struct GafferClientTests {
    @Test("asks the routes of the API")
    func routes() throws {
        let server = ScriptedServer { request in
            switch request.line {
            case "GET /ping": .answer("OK")
            case "GET /version": .answer(#"{"name":"gaffer","version":"0.6.0"}"#)
            case "GET /sessions": .answer(#"{"sessions":["default","shop"]}"#)
            case "GET /jobs": .answer(#"{"jobs":["default.a","shop.b"]}"#)
            case "GET /jobs/shop": .answer(#"{"sessionid":"shop","jobs":["shop.b"]}"#)
            case "GET /pids": .answer(#"{"pids":[1,2]}"#)
            case "GET /jobs/shop/b/pids": .answer(#"{"pids":[2]}"#)
            case "GET /jobs/shop/b/numprocesses": .answer(#"{"numprocesses":1}"#)
            case "GET /2": .answer(#"{"pid":2,"name":"shop.b"}"#)
            case "GET /2/stats": .answer(#"{"stats":{"cpu":1.5}}"#)
            default: .answer(404, #"{"error":404,"reason":"not_found","message":"No such route."}"#)
            }
        }
        let client = client(server)
        try client.ping()
        #expect(try client.version() == "0.6.0")
        #expect(try client.sessions() == ["default", "shop"])
        #expect(try client.jobNames() == [name("default.a"), name("shop.b")])
        #expect(try client.jobNames(ofSession: "shop") == [name("shop.b")])
        #expect(try client.pids() == [1, 2])
        #expect(try client.pids(of: name("shop.b")) == [2])
        #expect(try client.numprocesses(name("shop.b")) == 1)
        #expect(try client.process(2).name == name("shop.b"))
        #expect(try client.stats(of: 2) == ["cpu": 1.5])
        #expect(server.connections == 1)
    }

    @Test("sends changes with their bodies, and how long it waits")
    func changes() throws {
        let server = ScriptedServer { request in
            .answer(request.line.contains("numprocesses") ? #"{"numprocesses":3}"# : #"{"ok":true,"pid":7}"#)
        }
        let client = client(server)
        let job = try name("shop.web")
        try client.setStateOfAll(.stop, wait: .no)
        try client.setState(ofSession: "shop", .reload, wait: .upTo(.seconds(90)))
        #expect(try client.scale(job, .to(3), wait: .upTo(.milliseconds(1500))) == 3)
        #expect(try client.scale(job, .by(-2), wait: .no) == 3)
        try client.signal(session: "shop", .hangup)
        try client.signal(pid: 4, .kill)
        try client.stop(4, wait: .upTo(.milliseconds(50)))
        try client.load(["name": "web"], session: "shop", wait: .no)
        try client.update(job, ["cmd": "x"], wait: .no)
        #expect(try client.commit(job, env: [("A", "1")], gracefulTimeout: 2.5, wait: .no) == 7)
        _ = try client.reloadConfiguration(wait: .upTo(.seconds(1)))
        for outcome in client.change([job], .state(.restart), wait: .no) + client.change([job], .unload, wait: .no) {
            _ = try outcome.get()
        }
        #expect(
            server.requests.map { "\($0.line) \($0.text)" } == [
                "POST /state 0",
                "POST /sessions/shop/state?wait=90 2",
                #"POST /jobs/shop/web/numprocesses?wait=1.500 {"scale":"=3"}"#,
                #"POST /jobs/shop/web/numprocesses {"scale":"-2"}"#,
                #"POST /sessions/shop/signal {"signal":1}"#,
                #"POST /4/signal {"signal":9}"#,
                "DELETE /4?wait=0.050 ",
                #"POST /jobs/shop {"name":"web"}"#,
                #"PUT /jobs/shop/web {"cmd":"x"}"#,
                #"POST /jobs/shop/web/commit {"env":{"A":"1"},"graceful_timeout":2.5}"#,
                "POST /reload?wait=1 ",
                "POST /jobs/shop/web/state 3",
                "DELETE /jobs/shop/web ",
            ]
        )
    }

    @Test("reads a job with its processes")
    func job() throws {
        let server = ScriptedServer { request in
            request.line == "GET /jobs/shop/web?instances=true"
                ? .answer(
                    """
                    {"name":"shop.web","active":true,"running":3,"running_out":1,"max_processes":4,"processes":[1,2,9],
                     "config":{"cmd":"x"},"state":"backoff","restarts":5,
                     "last_exit":{"pid":3,"exit_status":0,"term_signal":9,"time":1700000000.5},
                     "last_error":"No such file.","retry_in":1.25,"added_later":[1],
                     "instances":[{"pid":1,"os_pid":101,"instance":1,"state":"running","commited":false,
                     "create_time":1700000000.25},{"pid":9,"os_pid":0,"instance":0,"state":"starting","commited":true,
                     "create_time":1}]}
                    """
                ) : .answer(404, "{}")
        }
        let job = try client(server).job(name("shop.web"))
        #expect(job.state == "backoff")
        #expect(job.supervised == 2)
        #expect(job.commits == 1)
        #expect(job.wanted == 4)
        #expect(job.restarts == 5)
        #expect(job.lastExit == .init(code: 0, signal: 9, time: 1_700_000_000.5))
        #expect(job.lastError == "No such file.")
        #expect(job.retryIn == 1.25)
        #expect(job.instances.map(\.pid) == [1, 9])
        #expect(job.instances.map(\.osPid) == [101, 0])
        #expect(job.instances.map(\.isCommit) == [false, true])
        #expect(job.json["added_later"] == [1])
    }

    @Test("reads jobs whose configuration is as deep as gafferd takes it")
    func deep() throws {
        let extra = String(repeating: "[", count: 31) + String(repeating: "]", count: 31)
        let server = ScriptedServer { _ in
            .answer(#"{"jobs":["a.b"],"info":[{"name":"a.b","config":{"x":\#(extra)}}]}"#)
        }
        #expect(try client(server).jobs().map(\.name) == [name("a.b")])
    }

    @Test("reads the bytes of a tail as they were")
    func tail() throws {
        let server = ScriptedServer { _ in
            .answer(#"{"tail":[{"pid":1,"stream":"a b","data":"?","data_b64":"AP/+gA=="}]}"#)
        }
        let tail = try client(server).tail(name("web"), lines: 20, stream: "a b")
        #expect(tail.parts.map(\.bytes) == [[0, 0xFF, 0xFE, 0x80]])
        #expect(tail.parts.map(\.stream) == ["a b"])
        #expect(server.requests.map(\.line) == ["GET /jobs/default/web/tail?n=20&stream=a%20b"])
    }

    @Test(
        "tells errors by their kind",
        arguments: [
            (400, .failed), (401, .refused), (403, .refused), (404, .notFound), (405, .failed), (409, .conflict),
            (413, .failed), (500, .failed), (503, .failed), (504, .timedOut),
        ] as [(Int, ClientError.Kind)]
    )
    func kinds(status: Int, kind: ClientError.Kind) throws {
        let server = ScriptedServer { _ in
            .answer(status, #"{"error":"not_found","errno":404,"reason":"word","message":"A sentence."}"#)
        }
        let error = #expect(throws: ClientError.self) { try client(server).sessions() }
        #expect(error?.kind == kind)
        #expect(error?.status == status)
        #expect(error?.reason == "word")
        #expect(error?.message == "A sentence.")
    }

    @Test(
        "tells an error without the usual body",
        arguments: [
            ("<html>", "Word", "gafferd refused it with status 400: Word."),
            (#"{"error":"bad_value"}"#, "bad_value", "gafferd refused it with status 400: bad_value."),
            (#"{"error":400,"reason":"r"}"#, "r", "gafferd refused it with status 400: r."),
            ("[]", "Word", "gafferd refused it with status 400: Word."),
        ]
    )
    func strangeErrors(body: String, reason: String, message: String) {
        let server = ScriptedServer { _ in .answer(400, body) }
        let error = #expect(throws: ClientError.self) { try client(server).sessions() }
        #expect(error?.reason == reason)
        #expect(error?.message == message)
    }

    @Test("tells all errors of a configuration")
    func configurationErrors() {
        let server = ScriptedServer { _ in
            .answer(
                400,
                #"{"error":400,"reason":"bad_config","message":"2 errors.","errors":["a.ini:1: x",{"message":"b"}]}"#
            )
        }
        let error = #expect(throws: ClientError.self) { try client(server).reloadConfiguration(wait: .no) }
        #expect(error?.details == ["a.ini:1: x", "b"])
    }

    @Test(
        "refuses an answer that is not what was promised",
        arguments: ["", "[", "{}", #"{"jobs":5}"#, #"{"jobs":[1]}"#, #"{"jobs":["a.b.c"]}"#, #"{"jobs":["7"]}"#]
    )
    func malformed(body: String) {
        let server = ScriptedServer { _ in .answer(body) }
        let error = #expect(throws: ClientError.self) { try client(server).jobNames() }
        #expect(error?.kind == .malformed)
        #expect(error?.message.hasPrefix("The answer of gafferd can't be read: ") == true)
    }

    @Test("asks what to do where nobody answers")
    func unreachable() {
        let directory = TemporaryDirectory()
        let client = GafferClient(endpoint: .unix(path: "\(directory.path)/none"))
        let error = #expect(throws: ClientError.self) { try client.ping() }
        #expect(error?.kind == .unreachable)
        #expect(error?.message == "There is no socket at unix:\(directory.path)/none. Is gafferd running?")
    }

    @Test("refuses an endpoint that is none")
    func badEndpoint() {
        let error = #expect(throws: ClientError.self) { try GafferClient(endpoint: "gafferd") }
        #expect(error?.kind == .invalid)
    }

    @Test("has several requests under way, and gives the outcomes in their order")
    func several() throws {
        let server = ScriptedServer { request in
            request.line == "GET /jobs/default/j7?instances=true"
                ? .answer(404, #"{"error":"not_found","reason":"not_found","message":"7"}"#)
                : .answer(#"{"name":"default.\#(request.line.split(separator: "/")[3].prefix { $0 != "?" })"}"#)
        }
        let client = client(server)
        let names = try (1...40).map { try name("j\($0)") }
        let present = names.filter { $0.job != "j7" }
        #expect(try client.jobs(present).map(\.name) == present)
        let error = #expect(throws: ClientError.self) { try client.jobs(names) }
        #expect(error?.message == "7")
        #expect(server.connections == 16)
    }
}
