internal import NIOHTTP1
package import WebServer

/// Answers that are a stream of events.
package enum EventStream {
    /// An answer that is a stream of events.
    ///
    /// - Parameters:
    ///   - headers: beside those that keep caches and proxies from holding events back.
    ///   - write: writes the events, as ``EventStreamEncoder`` makes them; cancelled when the client goes.
    package static func response(
        headers: [Response.Header] = [],
        write: @escaping @Sendable (any ResponseWriter) async -> Void
    ) -> Response {
        Response(
            contentType: .eventStream,
            headers: [Response.Header("cache-control", "no-store"), Response.Header("x-accel-buffering", "no")]
                + headers,
            write: write
        )
    }

    /// The id of the last event that the client has seen; nil where it names none.
    ///
    /// Browsers send it as a header when they come back; scripts that stand in for their `EventSource` can't, and send
    /// the parameter `lastEventId` or `last_event_id`.
    package static func lastEventID(of head: RequestHead, query: Query) -> String? {
        let named = head.headers.first(name: "last-event-id") ?? query["lastEventId"] ?? query["last_event_id"]
        return named.flatMap { $0.isEmpty ? nil : $0 }
    }
}
