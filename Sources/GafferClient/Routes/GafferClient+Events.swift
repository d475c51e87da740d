package import GafferModel
internal import WebClient

extension GafferClient {
    /// `GET /events?feed=eventsource`: the events as they happen, each with its sequence number as its id.
    ///
    /// - Parameters:
    ///   - pattern: the beginning of the events' names, as `spawn` or `job.shop.web`; nil: all.
    ///   - since: the sequence number after which they are wanted, as far as gafferd remembers; nil: from now on.
    ///   - heartbeat: how often the server is to send something where nothing happens; nil: as it likes.
    /// - Throws: ``ClientError``.
    package func events(
        _ pattern: String? = nil,
        since: String = "",
        heartbeat: Int? = nil
    ) throws(ClientError) -> EventFeed {
        let pattern = pattern.map { "&pattern=\(WebRequest.percentEncoded($0))" } ?? ""
        let heartbeat = heartbeat.map { "&heartbeat=\($0)" } ?? ""
        return try EventFeed(self, "/events?feed=eventsource\(pattern)\(heartbeat)", lastEventID: since)
    }

    /// `GET /watch/…?feed=eventsource`: the same as gaffer 0.4 had it, where the parts of the pattern are a path.
    ///
    /// - Throws: ``ClientError``.
    package func watch(_ parts: [String] = []) throws(ClientError) -> EventFeed {
        let path = parts.map { "/" + WebRequest.percentEncoded($0) }.joined()
        return try EventFeed(self, "/watch\(path)?feed=eventsource")
    }

    /// What happened to a job, the oldest first, as far as gafferd remembers it.
    ///
    /// gafferd waits for the next event where it remembers none; so does this, for a second.
    ///
    /// - Throws: ``ClientError``.
    package func history(of name: JobName) throws(ClientError) -> [JSON] {
        let pattern = WebRequest.percentEncoded("job.\(name)")
        var request = WebRequest("GET", "/events?feed=longpoll&since=0&pattern=\(pattern)")
        request.timeout = .seconds(1)
        do throws(ClientError) {
            let events = try document(request)["events"]?.arrayValue ?? []
            return events.filter { $0["name"]?.stringValue == "\(name)" }
        } catch {
            guard error.kind == .timedOut else { throw error }
            return []
        }
    }
}
