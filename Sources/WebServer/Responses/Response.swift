package import GafferModel

/// An answer, before it becomes bytes on a connection.
package struct Response: Sendable, Hashable {
    /// What a body is.
    package enum ContentType: String, Sendable {
        /// JSON, UTF-8.
        case json = "application/json"
        /// JSON, UTF-8, with the encoding in the header, as SockJS wants it.
        case jsonWithCharset = "application/json; charset=UTF-8"
        /// A word for people and scripts.
        case text = "text/plain; charset=utf-8"
        /// The same as SockJS wants it.
        case textForSockJS = "text/plain; charset=UTF-8"
        /// Server-sent events as SockJS wants them.
        case eventStreamForSockJS = "text/event-stream; charset=UTF-8"
        /// There is no body, and no header says what it is.
        case none = ""
        /// What a process wrote, in whichever encoding.
        case bytes = "text/plain"
        /// Bytes that are not meant to be shown.
        case octets = "application/octet-stream"
        /// Server-sent events.
        case eventStream = "text/event-stream"
        /// A page.
        case html = "text/html; charset=UTF-8"
        /// A script.
        case javaScript = "application/javascript; charset=UTF-8"
        /// JSON, a document a line.
        case jsonLines = "application/x-ndjson"
        /// The text format of Prometheus.
        case metrics = "text/plain; version=0.0.4; charset=utf-8"
    }

    /// A header field that the answer has beside those that every answer has.
    package struct Header: Sendable, Hashable {
        /// In lower case; made by us.
        package var name: String
        /// Made by us, or checked: without control characters.
        package var value: String

        /// Makes a header.
        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// The HTTP status.
    package var status: Int
    /// What the body is.
    package var contentType: ContentType
    /// The body; empty where it is a ``stream``.
    package var body: [UInt8]
    /// A body that is written bit by bit; nil: ``body`` is all.
    package var stream: ResponseStream?
    /// Further headers.
    package var headers: [Header] = []

    /// Makes an answer.
    package init(status: Int = 200, contentType: ContentType, body: [UInt8], headers: [Header] = []) {
        self.status = status
        self.contentType = contentType
        self.body = body
        self.headers = headers
    }

    /// Makes an answer that is written bit by bit.
    ///
    /// - Parameter write: writes the body and returns at its end; its task is cancelled when the client goes.
    package init(
        status: Int = 200,
        contentType: ContentType,
        headers: [Header] = [],
        write: @escaping @Sendable (any ResponseWriter) async -> Void
    ) {
        self.init(status: status, contentType: contentType, body: [], headers: headers)
        stream = ResponseStream(write: write)
    }

    /// The value of a further header.
    package subscript(header name: String) -> String? {
        headers.first { $0.name == name }?.value
    }

    /// A JSON document.
    package static func json(_ value: JSON, status: Int = 200) -> Response {
        Response(status: status, contentType: .json, body: value.encoded())
    }

    /// A text.
    package static func text(_ text: String, status: Int = 200) -> Response {
        Response(status: status, contentType: .text, body: Array(text.utf8))
    }

    /// `{"ok":true}`.
    package static func ok(status: Int = 200) -> Response {
        Response(status: status, contentType: .json, body: okBody)
    }

    /// An error: `{"error":421,"reason":...,"message":...}`.
    package static func failure(_ status: Int, _ reason: String, _ message: String) -> Response {
        .json(
            ["error": .integer(Int64(status)), "reason": .string(reason), "message": .string(message)],
            status: status
        )
    }

    /// The body is larger than is taken.
    static func bodyTooLarge(limit: Int) -> Response {
        .failure(413, "too_large", "The body is larger than \(limit) bytes.")
    }

    private static let okBody = Array(#"{"ok":true}"#.utf8)
}

/// A body that is written bit by bit.
package final class ResponseStream: Sendable, Hashable {
    /// Writes the body and returns at its end.
    package let write: @Sendable (any ResponseWriter) async -> Void

    init(write: @escaping @Sendable (any ResponseWriter) async -> Void) {
        self.write = write
    }

    package static func == (left: ResponseStream, right: ResponseStream) -> Bool {
        left === right
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(ObjectIdentifier(self))
    }
}
