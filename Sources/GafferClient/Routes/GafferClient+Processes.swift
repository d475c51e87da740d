package import GafferModel
internal import WebClient

extension GafferClient {
    /// `GET /pids`: gaffer's numbers of all processes.
    ///
    /// - Throws: ``ClientError``.
    package func pids() throws(ClientError) -> [Int] {
        try document(WebRequest("GET", "/pids")).integers("pids")
    }

    /// `GET /<pid>`: one process.
    ///
    /// - Throws: ``ClientError``.
    package func process(_ pid: Int) throws(ClientError) -> ProcessStatus {
        try ProcessStatus(document(WebRequest("GET", "/\(pid)")))
    }

    /// `DELETE /<pid>`: stops one process; a supervised job then gets a new one.
    ///
    /// - Throws: ``ClientError``.
    package func stop(_ pid: Int, wait: Wait) throws(ClientError) {
        _ = try perform(WebRequest("DELETE", "/\(pid)").waiting(wait))
    }

    /// `GET /<pid>/stats`: what one process uses.
    ///
    /// - Throws: ``ClientError``.
    package func stats(of pid: Int) throws(ClientError) -> JSON {
        guard let stats = try document(WebRequest("GET", "/\(pid)/stats"))["stats"] else {
            throw .unexpected("it tells no stats")
        }
        return stats
    }

    /// `POST /<pid>/signal`: sends a signal to one process.
    ///
    /// - Throws: ``ClientError``.
    package func signal(pid: Int, _ signal: Signal) throws(ClientError) {
        _ = try perform(GafferClient.signalRequest("/\(pid)/signal", signal))
    }
}
