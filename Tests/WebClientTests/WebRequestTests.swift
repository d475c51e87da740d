import Testing
import WebClient

@Suite("A request")
struct WebRequestTests {
    @Test("is sent as HTTP/1.1 with the length of its body")
    func encoding() {
        var request = WebRequest("POST", "/jobs/default", body: Array("{}".utf8))
        request.headers = [WebHeader("Accept", "application/json")]
        #expect(
            String(decoding: request.encoded(for: .unix(path: "/s")), as: UTF8.self)
                == "POST /jobs/default HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\n"
                + "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
        )
    }

    @Test("says that it has no body where a server could expect one", arguments: ["POST", "PUT"])
    func withoutBody(method: String) {
        #expect(
            String(decoding: WebRequest(method, "/x").encoded(for: .http(host: "a", port: 1)), as: UTF8.self)
                == "\(method) /x HTTP/1.1\r\nHost: a:1\r\nContent-Length: 0\r\n\r\n"
        )
    }

    @Test("of a GET has no length")
    func get() {
        #expect(
            String(decoding: WebRequest("GET", "/x").encoded(for: .http(host: "a", port: 1)), as: UTF8.self)
                == "GET /x HTTP/1.1\r\nHost: a:1\r\n\r\n"
        )
    }

    @Test(
        "takes texts into its target percent-encoded",
        arguments: [("stdout", "stdout"), ("a b&c=d", "a%20b%26c%3Dd"), ("ü", "%C3%BC"), ("-._~", "-._~")]
    )
    func percentEncoding(text: String, expected: String) {
        #expect(WebRequest.percentEncoded(text) == expected)
    }
}
