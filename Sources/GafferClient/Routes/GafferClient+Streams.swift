internal import GafferModel
internal import WebClient

extension GafferClient {
    /// The stream that stands for all of a process.
    package static let allStreams = "."

    /// `GET /streams/<pid>/<label>?feed=continuous`: the bytes of a stream as the process writes them.
    ///
    /// - Parameters:
    ///   - label: the stream, or ``allStreams``, whose bytes stand beside each other as they come.
    ///   - tail: how many lines of what was written before come first; nil: none.
    /// - Throws: ``ClientError``.
    package func output(of pid: Int, _ label: String, tail: Int? = nil) throws(ClientError) -> OutputFeed {
        OutputFeed(try open(WebRequest("GET", Self.stream(pid, label, feed: "continuous", tail))))
    }

    /// `GET /streams/<pid>/<label>?feed=eventsource`: the text of a stream as events, with its gaps and its end.
    ///
    /// - Parameters:
    ///   - label: the stream, or ``allStreams``.
    ///   - tail: how many lines of what was written before come first; nil: none.
    /// - Throws: ``ClientError``.
    package func lines(
        of pid: Int,
        _ label: String,
        tail: Int? = nil,
        lastEventID: String = ""
    ) throws(ClientError) -> EventFeed {
        try EventFeed(self, Self.stream(pid, label, feed: "eventsource", tail), lastEventID: lastEventID)
    }

    /// `POST /streams/<pid>/<label>`: writes to the standard input, or to a custom stream.
    ///
    /// - Parameter closes: whether it is closed after the bytes.
    /// - Returns: how many bytes were taken.
    /// - Throws: ``ClientError``.
    @discardableResult
    package func write(
        _ bytes: [UInt8],
        to pid: Int,
        _ label: String = "stdin",
        closes: Bool = false
    ) throws(ClientError) -> Int {
        let query = closes ? "?eof=true" : ""
        var request = WebRequest("POST", "/streams/\(pid)/\(WebRequest.percentEncoded(label))\(query)", body: bytes)
        request.contentType = "application/octet-stream"
        return try document(request)["bytes"]?.intValue ?? bytes.count
    }

    private static func stream(_ pid: Int, _ label: String, feed: String, _ tail: Int?) -> String {
        let lines = tail.map { "&tail=\($0)" } ?? ""
        return "/streams/\(pid)/\(WebRequest.percentEncoded(label))?feed=\(feed)\(lines)"
    }
}
