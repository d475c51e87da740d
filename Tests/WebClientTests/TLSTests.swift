import Testing
import WebTestKit

@testable import WebClient

@Suite("TLS", .enabled(if: TLSServer.isAvailable, "openssl or python3 is not installed"))
struct TLSTests {
    private static let server = TLSServer()

    private func connection(_ name: String, host: String = "localhost", _ options: TLSOptions? = nil) -> WebConnection {
        WebConnection(
            to: .https(host: host, port: Self.server.port(name)),
            tls: options ?? TLSOptions(authorityFile: Self.server.file("ca.pem"))
        )
    }

    @Test(
        "carries requests to a server that is trusted, by name and by address",
        arguments: ["localhost", "127.0.0.1"]
    )
    func trusted(host: String) throws {
        let connection = connection("good", host: host)
        for _ in 1...3 { #expect(try connection.perform(WebRequest("GET", "/")).text == "hello") }
    }

    @Test("carries large bodies both ways")
    func large() throws {
        let body = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let connection = connection("good")
        for _ in 1...2 { #expect(try connection.perform(WebRequest("POST", "/", body: body)).body == body) }
    }

    @Test(
        "tells why a server is not trusted",
        arguments: [
            ("wrong", "its certificate is for another name: elsewhere.example"),
            ("stranger", "its certificate is signed by nobody who is trusted here"),
            ("plain", "what listens there does not speak TLS"),
        ]
    )
    func untrusted(name: String, reason: String) {
        let error = #expect(throws: WebError.self) { try connection(name).perform(WebRequest("GET", "/")) }
        #expect(error?.code == .untrusted)
        #expect(
            error?.message == "The TLS connection to https://localhost:\(Self.server.port(name)) failed: \(reason)."
        )
    }

    @Test("tells since when a certificate has expired")
    func expired() {
        let error = #expect(throws: WebError.self) { try connection("expired").perform(WebRequest("GET", "/")) }
        #expect(error?.code == .untrusted)
        #expect(error?.message.contains(" failed: its certificate has expired on 20") == true)
    }

    @Test("trusts the system's authorities alone where none are given")
    func systemAuthorities() {
        let error = #expect(throws: WebError.self) {
            try connection("good", TLSOptions()).perform(WebRequest("GET", "/"))
        }
        #expect(error?.message.hasSuffix("failed: its certificate is signed by nobody who is trusted here.") == true)
    }

    @Test("shows the client's certificate, which the server may want")
    func clientCertificate() throws {
        let file = Self.server.file
        var options = TLSOptions(authorityFile: file("ca.pem"))
        var error = #expect(throws: WebError.self) { try connection("mutual", options).perform(WebRequest("GET", "/")) }
        #expect(error?.message.hasSuffix("failed: it wants a certificate of the client.") == true)

        options.certificateFile = file("client.pem")
        options.keyFile = file("client.key")
        #expect(try connection("mutual", options).perform(WebRequest("GET", "/")).text == "hello")

        options.certificateFile = file("stranger.pem")
        options.keyFile = file("stranger.key")
        error = #expect(throws: WebError.self) { try connection("mutual", options).perform(WebRequest("GET", "/")) }
        #expect(error?.message.hasSuffix("failed: it refuses the certificate of the client.") == true)
    }

    @Test("names the file that can't be used")
    func files() {
        let file = Self.server.file
        let rows: [(TLSOptions, String)] = [
            (TLSOptions(authorityFile: "/none"), #""/none" can't be read: No such file or directory."#),
            (TLSOptions(authorityFile: file("make.sh")), "\"\(file("make.sh"))\" has no certificate in PEM."),
            (
                TLSOptions(certificateFile: file("client.pem"), keyFile: file("make.sh")),
                "\"\(file("make.sh"))\" has no key in PEM that stands there without a passphrase."
            ),
            (TLSOptions(keyFile: "/key"), #""/key" is a key without a certificate: give both."#),
        ]
        for (options, message) in rows {
            let error = #expect(throws: WebError.self) {
                try connection("good", options).perform(WebRequest("GET", "/"))
            }
            #expect(error?.code == .badCertificate)
            #expect(error?.message == message)
        }
        let error = #expect(throws: WebError.self) {
            let options = TLSOptions(certificateFile: file("client.pem"), keyFile: file("good.key"))
            return try connection("good", options).perform(WebRequest("GET", "/"))
        }
        #expect(error?.message.hasPrefix("The certificate \"\(file("client.pem"))\" can't be used: ") == true)
    }

    @Test("carries streams and WebSockets, too")
    func streams() throws {
        let endpoint = Endpoint.https(host: "localhost", port: Self.server.port("good"))
        let options = TLSOptions(authorityFile: Self.server.file("ca.pem"))
        let stream = try WebStream(to: endpoint, WebRequest("GET", "/stream"), tls: options)
        var parser = EventStreamParser()
        var events: [ServerEvent] = []
        while case .bytes(let bytes) = try stream.next(waiting: .seconds(30)) { events += try parser.consume(bytes) }
        #expect(events.map(\.data) == ["0", "1", "2"])

        let socket = try WebSocket(to: endpoint, "/socket", tls: options)
        try socket.send("grüß")
        #expect(try socket.next(waiting: .seconds(30)) == .text("grüß"))
        #expect(try socket.next(waiting: .seconds(30)) == .closed(.normal, ""))
    }
}
