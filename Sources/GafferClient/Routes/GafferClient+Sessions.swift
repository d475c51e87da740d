package import GafferModel
internal import WebClient

extension GafferClient {
    /// `GET /sessions`: the names of the sessions.
    ///
    /// - Throws: ``ClientError``.
    package func sessions() throws(ClientError) -> [String] {
        try document(WebRequest("GET", "/sessions")).strings("sessions")
    }

    /// `GET /jobs`: the full names of all jobs.
    ///
    /// - Throws: ``ClientError``.
    package func jobNames() throws(ClientError) -> [JobName] {
        try document(WebRequest("GET", "/jobs")).jobNames("jobs")
    }

    /// `GET /jobs/<session>`: the full names of a session's jobs.
    ///
    /// - Throws: ``ClientError``.
    package func jobNames(ofSession session: String) throws(ClientError) -> [JobName] {
        try document(WebRequest("GET", "/jobs/\(session)")).jobNames("jobs")
    }

    /// `GET /jobs?info=true`: all jobs and their processes.
    ///
    /// - Throws: ``ClientError``.
    package func jobs() throws(ClientError) -> [JobStatus] {
        let answer = try document(WebRequest("GET", "/jobs?info=true"))
        guard let list = answer["info"]?.arrayValue else { throw .unexpected("it has no list info") }
        var jobs: [JobStatus] = []
        jobs.reserveCapacity(list.count)
        for entry in list { jobs.append(try JobStatus(entry)) }
        return jobs
    }

    /// `POST /sessions/<session>/state`: starts, stops, reloads or restarts a session's jobs.
    ///
    /// - Throws: ``ClientError``.
    package func setState(ofSession session: String, _ state: StateCommand, wait: Wait) throws(ClientError) {
        _ = try perform(GafferClient.stateRequest("/sessions/\(session)/state", state).waiting(wait))
    }

    /// `DELETE /groups/<session>`: stops a session's jobs and forgets them.
    ///
    /// - Throws: ``ClientError``.
    package func remove(session: String, wait: Wait) throws(ClientError) {
        _ = try perform(WebRequest("DELETE", "/groups/\(session)").waiting(wait))
    }

    /// `POST /sessions/<session>/signal`: sends a signal to every process of a session.
    ///
    /// - Throws: ``ClientError``.
    package func signal(session: String, _ signal: Signal) throws(ClientError) {
        _ = try perform(GafferClient.signalRequest("/sessions/\(session)/signal", signal))
    }
}

extension JSON {
    /// The strings of a list in an answer.
    func strings(_ member: String) throws(ClientError) -> [String] {
        guard let list = self[member]?.arrayValue else { throw .unexpected("it has no list \(member)") }
        var strings: [String] = []
        strings.reserveCapacity(list.count)
        for entry in list {
            guard let string = entry.stringValue else { throw .unexpected("its list \(member) has more than strings") }
            strings.append(string)
        }
        return strings
    }

    /// The full names in a list of an answer.
    func jobNames(_ member: String) throws(ClientError) -> [JobName] {
        var names: [JobName] = []
        for text in try strings(member) { names.append(try JobName(answered: text)) }
        return names
    }

    /// The whole numbers of a list in an answer.
    func integers(_ member: String) throws(ClientError) -> [Int] {
        guard let list = self[member]?.arrayValue else { throw .unexpected("it has no list \(member)") }
        var numbers: [Int] = []
        numbers.reserveCapacity(list.count)
        for entry in list {
            guard let number = entry.intValue else { throw .unexpected("its list \(member) has more than numbers") }
            numbers.append(number)
        }
        return numbers
    }
}

extension JobName {
    /// Reads a name out of an answer.
    init(answered text: String) throws(ClientError) {
        do throws(GafferError) {
            try self.init(parsing: text)
        } catch {
            throw .unexpected(error.message)
        }
    }
}
