package import GafferModel

/// An answer of the API, before it becomes bytes on a connection.
package struct APIResponse: Sendable, Hashable {
    /// What a body is.
    package enum ContentType: String, Sendable {
        /// JSON, UTF-8.
        case json = "application/json"
        /// A word for people and scripts.
        case text = "text/plain; charset=utf-8"
        /// What a process wrote, in whichever encoding.
        case bytes = "text/plain"
    }

    /// The HTTP status.
    package var status: Int
    /// What ``body`` is.
    package var contentType: ContentType
    /// The body.
    package var body: [UInt8]
    /// The methods to tell in `Allow`, where the status is 405.
    package var allow: [Method] = []

    /// Makes an answer.
    package init(status: Int = 200, contentType: ContentType, body: [UInt8]) {
        self.status = status
        self.contentType = contentType
        self.body = body
    }

    /// A JSON document.
    package static func json(_ value: JSON, status: Int = 200) -> APIResponse {
        APIResponse(status: status, contentType: .json, body: value.encoded())
    }

    /// A text.
    package static func text(_ text: String, status: Int = 200) -> APIResponse {
        APIResponse(status: status, contentType: .text, body: Array(text.utf8))
    }

    /// `{"ok":true}`.
    package static func ok(status: Int = 200) -> APIResponse {
        APIResponse(status: status, contentType: .json, body: okBody)
    }

    private static let okBody = Array(#"{"ok":true}"#.utf8)
}
