internal import Glibc
internal import NIOHTTP1
internal import WebServer

/// The headers that the protocol wants on its answers.
struct SockJSHeaders: Sendable {
    /// How long what never changes may be kept, in seconds.
    private static let year: time_t = 31_536_000

    let configuration: SockJSConfiguration
    /// The request that is answered.
    let head: RequestHead
    /// Whether the page that asks may read the answer, and is to be told so by us.
    let answersOrigin: Bool

    /// Those of an answer that must not be kept.
    var uncached: [Response.Header] {
        [Response.Header("cache-control", "no-store, no-cache, must-revalidate, max-age=0")] + crossOrigin
    }

    /// Those of an answer that belongs to a session.
    var session: [Response.Header] { uncached + cookie }

    /// Those of an answer that is the same for a year.
    var cached: [Response.Header] {
        var date = DateHeader()
        return [
            Response.Header("cache-control", "public, max-age=\(SockJSHeaders.year)"),
            Response.Header("expires", date.value(at: time(nil) + SockJSHeaders.year)),
        ]
    }

    /// Those of the answer to `OPTIONS`.
    func options(method: String) -> [Response.Header] {
        guard answersOrigin else { return cached + [Response.Header("allow", "OPTIONS, \(method)")] }
        return cached + cookie + crossOrigin + [
            Response.Header("access-control-allow-methods", "OPTIONS, \(method)"),
            Response.Header("access-control-max-age", "\(SockJSHeaders.year)"),
        ]
    }

    private var crossOrigin: [Response.Header] {
        guard answersOrigin else { return [] }
        var origin = head.headers.first(name: "origin") ?? "*"
        if origin == "null" || !SockJSHeaders.isPlain(origin) { origin = "*" }
        var headers = [
            Response.Header("access-control-allow-origin", origin),
            Response.Header("access-control-allow-credentials", "true"),
            Response.Header("vary", "origin"),
        ]
        if let asked = head.headers.first(name: "access-control-request-headers"), !asked.isEmpty,
            SockJSHeaders.isPlain(asked)
        {
            headers.append(Response.Header("access-control-allow-headers", asked))
        }
        return headers
    }

    /// The cookie that the client has, or one that means nothing: load balancers only look whether it is there.
    private var cookie: [Response.Header] {
        guard configuration.needsCookie else { return [] }
        let value = SockJSCookie.value(in: head.headers["cookie"]) ?? "dummy"
        return [Response.Header("set-cookie", "\(SockJSCookie.name)=\(value); Path=/")]
    }

    /// Whether a header of the client may be sent back.
    private static func isPlain(_ text: String) -> Bool {
        text.utf8.count <= 1024 && text.utf8.allSatisfy { (0x20...0x7E).contains($0) }
    }
}
