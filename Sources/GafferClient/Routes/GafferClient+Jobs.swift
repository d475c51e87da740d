package import GafferModel
package import WebClient

extension GafferClient {
    /// A change of one job, as a request that can be sent alone or beside others.
    package enum JobChange: Sendable, Hashable {
        /// `POST …/state`.
        case state(StateCommand)
        /// `POST …/numprocesses`.
        case scale(ScaleOperation)
        /// `POST …/signal`.
        case signal(Signal)
        /// `DELETE` of the job.
        case unload
    }

    /// `GET /jobs/<session>/<job>?instances=true`: one job and its processes.
    ///
    /// - Throws: ``ClientError``.
    package func job(_ name: JobName) throws(ClientError) -> JobStatus {
        try JobStatus(document(WebRequest("GET", Self.target(name) + "?instances=true")))
    }

    /// One job and its processes each, several at a time.
    ///
    /// - Throws: ``ClientError``, the first that happened.
    package func jobs(_ names: [JobName]) throws(ClientError) -> [JobStatus] {
        var jobs: [JobStatus] = []
        for outcome in performAll(names.map { WebRequest("GET", Self.target($0) + "?instances=true") }) {
            jobs.append(try JobStatus(Self.document(of: outcome.get())))
        }
        return jobs
    }

    /// `POST /jobs/<session>`: loads a job.
    ///
    /// - Parameter config: the configuration, with the member `name`.
    /// - Throws: ``ClientError``.
    package func load(_ config: JSON, session: String, wait: Wait) throws(ClientError) {
        _ = try perform(.json("POST", "/jobs/\(session)", config).waiting(wait))
    }

    /// `PUT /jobs/<session>/<job>`: replaces a job's configuration.
    ///
    /// - Throws: ``ClientError``.
    package func update(_ name: JobName, _ config: JSON, wait: Wait) throws(ClientError) {
        _ = try perform(.json("PUT", Self.target(name), config).waiting(wait))
    }

    /// Makes one change on many jobs, several at a time.
    package func change(
        _ names: [JobName],
        _ change: JobChange,
        wait: Wait
    ) -> [Result<WebResponse, ClientError>] {
        performAll(names.map { Self.request($0, change, wait) })
    }

    /// `POST /jobs/<session>/<job>/numprocesses`: how many processes are wanted.
    ///
    /// - Returns: how many are wanted now.
    /// - Throws: ``ClientError``.
    package func scale(_ name: JobName, _ operation: ScaleOperation, wait: Wait) throws(ClientError) -> Int {
        try Self.numprocesses(perform(Self.request(name, .scale(operation), wait)))
    }

    /// `GET /jobs/<session>/<job>/numprocesses`: how many processes are wanted.
    ///
    /// - Throws: ``ClientError``.
    package func numprocesses(_ name: JobName) throws(ClientError) -> Int {
        try Self.numprocesses(perform(WebRequest("GET", Self.target(name) + "/numprocesses")))
    }

    /// Reads the answer of a route `numprocesses`.
    ///
    /// - Throws: ``ClientError``.
    package static func numprocesses(_ answer: WebResponse) throws(ClientError) -> Int {
        guard let number = try document(of: answer)["numprocesses"]?.intValue else {
            throw .unexpected("it tells no numprocesses")
        }
        return number
    }

    /// `GET /jobs/<session>/<job>/pids`: gaffer's numbers of a job's processes.
    ///
    /// - Throws: ``ClientError``.
    package func pids(of name: JobName) throws(ClientError) -> [Int] {
        try document(WebRequest("GET", Self.target(name) + "/pids")).integers("pids")
    }

    /// `GET /jobs/<session>/<job>/stats` of many jobs, several at a time: the answers.
    ///
    /// - Throws: ``ClientError``, the first that happened.
    package func stats(of names: [JobName]) throws(ClientError) -> [JSON] {
        var stats: [JSON] = []
        for outcome in performAll(names.map { WebRequest("GET", Self.target($0) + "/stats") }) {
            stats.append(try Self.document(of: outcome.get()))
        }
        return stats
    }

    /// `POST /jobs/<session>/<job>/commit`: runs a job's command once.
    ///
    /// - Returns: gaffer's number of the process.
    /// - Throws: ``ClientError``.
    package func commit(
        _ name: JobName,
        env: [(name: String, value: String)],
        gracefulTimeout: Double?,
        wait: Wait
    ) throws(ClientError) -> Int {
        var members: [JSON.Member] = []
        if !env.isEmpty {
            members.append(.init("env", .object(env.map { JSON.Member($0.name, .string($0.value)) })))
        }
        if let gracefulTimeout { members.append(.init("graceful_timeout", .double(gracefulTimeout))) }
        let request = WebRequest.json("POST", Self.target(name) + "/commit", .object(members)).waiting(wait)
        guard let pid = try document(request)["pid"]?.intValue else { throw .unexpected("it tells no pid") }
        return pid
    }

    /// `GET /jobs/<session>/<job>/tail`: the last lines of each stream of each process.
    ///
    /// - Throws: ``ClientError``.
    package func tail(_ name: JobName, lines: Int, stream: String?) throws(ClientError) -> TailAnswer {
        let label = stream.map { "&stream=\(WebRequest.percentEncoded($0))" } ?? ""
        return try TailAnswer(document(WebRequest("GET", Self.target(name) + "/tail?n=\(lines)\(label)")))
    }

    private static func target(_ name: JobName) -> String { "/jobs/\(name.session)/\(name.job)" }

    private static func request(_ name: JobName, _ change: JobChange, _ wait: Wait) -> WebRequest {
        switch change {
        case .state(let state): stateRequest(target(name) + "/state", state).waiting(wait)
        case .signal(let signal): signalRequest(target(name) + "/signal", signal)
        case .unload: WebRequest("DELETE", target(name)).waiting(wait)
        case .scale(let operation):
            WebRequest.json("POST", target(name) + "/numprocesses", ["scale": .string(operation.text)]).waiting(wait)
        }
    }
}

extension ScaleOperation {
    /// As the API reads it: `+1`, `-2` or `=3`.
    package var text: String {
        switch self {
        case .by(let difference): difference < 0 ? "\(difference)" : "+\(difference)"
        case .to(let number): "=\(number)"
        }
    }
}
