import Glibc
import Logging
import NIOCore
import ServiceLifecycle
import Testing
import WebServer
import WebTestKit

private let hasOpenSSL = (try? shell("openssl version")) != nil

/// Spoken to by `openssl s_client`; its certificates are made at the beginning of each test.
@Suite("TLS", .enabled(if: hasOpenSSL, "openssl is not in PATH"))
struct TLSTests {
    /// Files of an authority, of a server and of a client, and others that go wrong.
    private struct Files {
        let folder = TemporaryDirectory()

        var path: String { folder.path }
        var server: TLSConfig { TLSConfig(certfile: path + "/server.pem", keyfile: path + "/server.key") }

        func make() throws {
            try shell(
                """
                cd \(path) && exec 2>&1
                new() { name=$1; shift; openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes \
                    -keyout $name.key "$@"; }
                authority() { new $1 -x509 -out $1.pem -days 2 -subj "/CN=$1"; }
                signed() { new $1 -out $1.csr -subj "$2" && openssl x509 -req -in $1.csr -CA $3.pem -CAkey $3.key \
                    -CAcreateserial -days 2 -out $1.pem; }
                authority authority && authority stranger && signed server /CN=localhost authority &&
                signed renewed /CN=renewed authority && signed alice '/O=Example, Inc/CN=alice' authority &&
                signed mallory /CN=mallory stranger
                """
            )
        }
    }

    private static let decide: @Sendable (RequestHead) -> RequestPlan = { head in
        switch head.target {
        case "/large": .respond(Response(contentType: .octets, body: [UInt8](repeating: 120, count: 3 << 20)))
        case "/stream":
            .respond(
                Response(contentType: .text) { writer in
                    for _ in 0..<100 { try? await writer.write([UInt8](repeating: 120, count: 30_000)) }
                }
            )
        default: .respond(.text("secure \(head.client.isSecure) certificate \(head.client.certificate ?? "none")"))
        }
    }

    /// What a client gets that asks once.
    private static func ask(_ place: Place, _ files: Files, _ path: String = "/", options: String = "") throws -> String
    {
        guard case .tcp(let port) = place else { return "" }
        return try shell(
            """
            printf 'GET \(path) HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n' | timeout 20 \
                openssl s_client -quiet -verify_return_error -verify_hostname localhost \
                -CAfile \(files.path)/authority.pem \(options) -connect 127.0.0.1:\(port) 2>&1 || true
            """
        )
    }

    @Test("A client that trusts the authority is answered, and the responder knows that it is secure")
    func answers() async throws {
        let files = Files()
        try files.make()
        try await serving(onTCP: true, tls: files.server, TLSTests.decide) { (place: Place) throws in
            #expect(try TLSTests.ask(place, files).hasSuffix("secure true certificate none"))
            #expect(try TLSTests.ask(place, files, "/large").utf8.count > 3 << 20)
            #expect(try TLSTests.ask(place, files, "/stream").utf8.count { $0 == 120 } >= 3_000_000)
            #expect(try TLSTests.ask(place, files, options: "-tls1_2").hasSuffix("certificate none"))
            #expect(try !TLSTests.ask(place, files, options: "-tls1_1 -cipher ALL@SECLEVEL=0").contains("HTTP/1.1"))
        }
    }

    @Test(
        "A client's certificate is asked for, checked and told",
        arguments: [TLSConfig.Verification.optional, .required]
    )
    func verifies(_ verify: TLSConfig.Verification) async throws {
        let files = Files()
        try files.make()
        var config = files.server
        config.cacert = files.path + "/authority.pem"
        config.verify = verify
        try await serving(onTCP: true, tls: config, TLSTests.decide) { (place: Place) throws in
            let alice = "-cert \(files.path)/alice.pem -key \(files.path)/alice.key"
            #expect(try TLSTests.ask(place, files, options: alice).hasSuffix("certificate O=Example\\, Inc,CN=alice"))
            let mallory = "-cert \(files.path)/mallory.pem -key \(files.path)/mallory.key"
            #expect(try !TLSTests.ask(place, files, options: mallory).contains("HTTP/1.1"))
            let nobody = try TLSTests.ask(place, files)
            #expect(nobody.contains("HTTP/1.1") == (verify == .optional))
            #expect(nobody.hasSuffix("certificate none") == (verify == .optional))
        }
    }

    @Test("A certificate that is not asked for is not believed")
    func ignoresCertificates() async throws {
        let files = Files()
        try files.make()
        try await serving(onTCP: true, tls: files.server, TLSTests.decide) { (place: Place) throws in
            let mallory = "-cert \(files.path)/mallory.pem -key \(files.path)/mallory.key"
            #expect(try TLSTests.ask(place, files, options: mallory).hasSuffix("certificate none"))
        }
    }

    @Test("A client that does not encrypt is told so")
    func tellsPlainClients() async throws {
        let files = Files()
        try files.make()
        try await serving(onTCP: true, tls: files.server, TLSTests.decide) { (place: Place) throws in
            let client = try place.connect()
            try client.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            let answer = try client.receive()
            #expect(answer.status == 400)
            #expect(answer.text.contains("https"))
            try client.finish()
            #expect(try client.receiveEnd().isEmpty)
        }
    }

    @Test("A handshake that does not come, or does not end, is not waited for", arguments: [[], [0x16], [0x16, 3, 1]])
    func endsSlowHandshakes(_ bytes: [UInt8]) async throws {
        let files = Files()
        try files.make()
        let limits = ConnectionLimits.standard(with: \.head, .milliseconds(50))
        try await serving(onTCP: true, tls: files.server, limits: limits, TLSTests.decide) { (place: Place) throws in
            let client = try place.connect()
            try client.send(bytes)
            #expect(try client.receiveEnd().isEmpty)
        }
    }

    @Test("Certificates are replaced while connections go on, but never by broken ones")
    func replaces() async throws {
        let files = Files()
        try files.make()
        let socket = try ListenSocket.tcp(host: "127.0.0.1", port: 0)
        let place = Place.tcp(socket.port ?? 0)
        let server = HTTPServer(
            endpoints: [
                HTTPServer.Endpoint(
                    name: "tls",
                    socket: socket,
                    hosts: HostRule(configured: []),
                    tls: files.server,
                    responder: TestResponder(decide: TLSTests.decide)
                )
            ],
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        try await running(server) { _ in
            let isGood: @Sendable () async throws -> Bool = {
                try await blocking { try TLSTests.ask(place, files).hasSuffix("certificate none") }
            }
            #expect(try await isGood())
            let broken = TLSConfig(certfile: files.path + "/renewed.pem", keyfile: files.path + "/server.key")
            await #expect(throws: TLSError.self) { try await server.replaceTLS(broken, of: "tls") }
            #expect(try await isGood())
            let renewed = TLSConfig(certfile: files.path + "/renewed.pem", keyfile: files.path + "/renewed.key")
            try await server.replaceTLS(renewed, of: "tls")
            // It is for another name now.
            #expect(try await !isGood())
            try await server.replaceTLS(files.server, of: "tls")
            #expect(try await isGood())
        }
    }

    @Test("What can't be used is told with its file and its reason")
    func tellsErrors() async throws {
        let files = Files()
        try files.make()
        let path = files.path
        try shell(
            """
            cd \(path) && echo rubbish > rubbish && : > empty && mkfifo pipe && ln -s loop loop && exec 2>&1 &&
            openssl ec -in server.key -aes128 -passout pass:x -out locked.key && head -c 2000000 /dev/zero > large
            """
        )
        func config(_ cert: String, _ key: String, _ ca: String? = nil) -> TLSConfig {
            TLSConfig(
                certfile: "\(path)/\(cert)",
                keyfile: "\(path)/\(key)",
                cacert: ca.map { "\(path)/\($0)" },
                verify: ca == nil ? .none : .required
            )
        }
        let rows: [(TLSConfig, String)] = [
            (config("none.pem", "server.key"), "\(path)/none.pem: No such file or directory"),
            (config("server.pem", "none.key"), "\(path)/none.key: No such file or directory"),
            (config("rubbish", "server.key"), "\(path)/rubbish: there is no certificate in it"),
            (config("empty", "server.key"), "\(path)/empty: there is no certificate in it"),
            (config("server.key", "server.key"), "\(path)/server.key: there is no certificate in it"),
            (config("pipe", "server.key"), "\(path)/pipe: it is no file"),
            (config("", "server.key"), "\(path)/: it is no file"),
            (config("loop", "server.key"), "\(path)/loop: Too many levels of symbolic links"),
            (config("large", "server.key"), "\(path)/large: it is larger than 1048576 bytes"),
            (config("server.pem", "rubbish"), "\(path)/rubbish: there is no private key in it"),
            (config("server.pem", "server.pem"), "\(path)/server.pem: there is no private key in it"),
            (config("server.pem", "locked.key"), "\(path)/locked.key: the private key has a passphrase"),
            (
                config("server.pem", "alice.key"),
                "\(path)/alice.key: it is not the key of the certificate in \(path)/server.pem"
            ),
            (config("server.pem", "server.key", "none"), "\(path)/none: No such file or directory"),
            (config("server.pem", "server.key", "rubbish"), "\(path)/rubbish: there is no certificate in it"),
        ]
        for (config, message) in rows {
            let error = await #expect(throws: TLSError.self) { try await config.check() }
            #expect(error?.description == "TLS can't use \(message).")
        }
        var lacking = files.server
        lacking.verify = .optional
        let error = await #expect(throws: TLSError.self) { try await lacking.check() }
        #expect(error?.description == "TLS can't be used: cacert is missing, which verify = optional needs.")
        try await files.server.check()
    }
}

/// Runs a line of sh and gives what it writes.
@discardableResult
func shell(_ line: String) throws -> String {
    guard let pipe = popen(line, "re") else { throw RawClientError(description: "popen: errno \(errno)") }
    var output: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
        let count = fread(&buffer, 1, buffer.count, pipe)
        guard count > 0 else { break }
        output += buffer.prefix(count)
    }
    let text = String(decoding: output, as: UTF8.self)
    let status = pclose(pipe)
    guard status == 0 else { throw RawClientError(description: "wait status \(status) of \(line): \(text)") }
    return text
}
