import GafferModel
import ProgramTestKit
import Testing
import WebTestKit

/// Those who try keys and passwords.
@Suite("Guessing", .oneSlot, .timeLimit(.minutes(2)))
struct GuessingTests {
    private static let endpoint = "[endpoint:keyed]\nbind = 127.0.0.1:0"

    private func ask(_ daemon: Daemon, _ path: String, _ header: String, from host: UInt8) async throws -> RawAnswer {
        try await daemon.ask(
            "GET \(path) HTTP/1.1\r\nHost: localhost\r\n\(header)\r\n\r\n",
            at: .tcp(0, from: host)
        )
    }

    @Test("After ten wrong keys one has to wait, but who has the right one is let in, and others are not disturbed")
    func keys() async throws {
        try await withGafferd(Self.endpoint) { daemon in
            let key = try await daemon.key(#"{"read": ["*"]}"#)
            // Nearly right, right in form, and of no form at all.
            let wrong = [String(key.dropLast()) + (key.hasSuffix("0") ? "1" : "0"), String(key.reversed()), "x", ""]
            for attempt in 0..<10 {
                let answer = try await ask(daemon, "/jobs", "X-API-Key: \(wrong[attempt % wrong.count])", from: 2)
                #expect(answer.status == 401, "attempt \(attempt + 1)")
                #expect(answer.headers["www-authenticate"] == #"Bearer realm="gaffer""#)
            }
            for path in ["/jobs", "/events?feed=eventsource", "/no/such/path"] {
                let answer = try await ask(daemon, path, "Authorization: Bearer \(wrong[0])", from: 2)
                #expect(answer.status == 429, "\(path)")
                let seconds = answer.headers["retry-after"].flatMap { Int($0) } ?? 0
                #expect((1...60).contains(seconds))
            }
            #expect(try await ask(daemon, "/jobs", "X-API-Key: \(key)", from: 2).status == 200)
            #expect(try await ask(daemon, "/jobs", "X-API-Key: \(wrong[0])", from: 2).status == 429)
            #expect(try await ask(daemon, "/jobs", "X-API-Key: \(wrong[0])", from: 3).status == 401)
            // What is said on the channel counts as well.
            let said = try await daemon.raw(.tcp(0, from: 2)) { client in
                _ = try client.openSocket("/channel/websocket")
                try client.send(RawFrame.text("AUTH:\(wrong[0])"))
                return try String(decoding: client.receiveFrame().payload, as: UTF8.self)
            }
            #expect(!said.contains("success"), "\(said)")
        }
    }

    /// What an answer tells, but for the time.
    private func told(_ answer: RawAnswer) -> [String] {
        ["\(answer.status)", answer.text]
            + answer.headers.filter { $0.key != "date" }.map { "\($0.key): \($0.value)" }.sorted()
    }

    @Test("A user that is not there is told nothing else than one whose password is wrong")
    func users() async throws {
        try await withGafferd(Self.endpoint) { daemon in
            let added = try await daemon.curl("POST", "/users", #"{"username": "ann", "password": "correct horse"}"#)
            #expect(added.status == 200, "\(added.text)")
            func basic(_ user: String, _ password: String) throws -> String {
                "Authorization: Basic \(base64("\(user):\(password)"))"
            }
            let right = try await ask(daemon, "/auth", basic("ann", "correct horse"), from: 2)
            #expect(right.status == 200, "\(right.text)")
            for password in ["wrong", ""] {
                let known = told(try await ask(daemon, "/auth", basic("ann", password), from: 2))
                let unknown = told(try await ask(daemon, "/auth", basic("bob", password), from: 2))
                #expect(known == unknown)
                #expect(known.first == "401")
            }
            #expect(try await ask(daemon, "/auth", basic("ANN", "correct horse"), from: 2).status == 401)
            for attempt in 5..<10 {
                let answer = try await ask(daemon, "/auth", basic("user\(attempt)", "x"), from: 2)
                #expect(answer.status == 401)
            }
            // The same for both again, and for the right one: guessing goes no faster by a lucky guess.
            for (user, password) in [("ann", "wrong"), ("bob", "wrong"), ("ann", "correct horse")] {
                #expect(try await ask(daemon, "/auth", basic(user, password), from: 2).status == 429)
            }
            #expect(try await ask(daemon, "/auth", basic("ann", "correct horse"), from: 3).status == 200)
            // Who may not ask for users does not learn of them by asking for one either.
            let nobody = try await daemon.key(#"{"read": ["*"]}"#)
            let seen = try await [
                ask(daemon, "/users/ann", "X-API-Key: \(nobody)", from: 4),
                ask(daemon, "/users/bob", "X-API-Key: \(nobody)", from: 4),
            ]
            #expect(seen[0].status == seen[1].status)
            #expect(seen[0].text.replacing("ann", with: "bob") == seen[1].text)
        }
    }
}

private func base64(_ text: String) -> String {
    let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    var result = ""
    let bytes = Array(text.utf8)
    for start in stride(from: 0, to: bytes.count, by: 3) {
        let group = bytes[start..<min(start + 3, bytes.count)]
        let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
        for index in 0..<4 { result.append(index <= group.count ? digits[bits >> (18 - 6 * index) & 0x3F] : "=") }
    }
    return result
}
