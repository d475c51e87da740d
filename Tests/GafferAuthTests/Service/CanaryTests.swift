import GafferModel
import Testing

@testable import GafferAuth

@Suite("Secrets")
struct CanaryTests {
    @Test("None is in the file, in what is told, or in an error")
    func canaries() async throws {
        let folder = try TestFolder()
        let service = AuthService.cheap(folder("auth.db"))
        let client = ClientFacts(address: "127.0.0.1")
        let password = "canary-password-8413"
        let issued = try await service.createAdministrator("root", Password(password))
        let login = try #require(try await service.logIn("Basic " + base64("root:\(password)"), from: client))
        let below = KeyRequest(permissions: .none, parent: issued.text.revealed)
        let sub = try await service.createKey(below, by: .root)
        let secrets = [password] + [issued, login, sub].map { String($0.text.revealed.dropFirst(16)) }

        var told = try await service.keys(for: .root).flatMap { [$0.json.text, "\($0)"] }
        for user in try await service.users(for: .root) {
            told += [user.json.text, "\(user)", String(reflecting: user)]
            dump(user, to: &told[0])
        }
        let whole = issued.text.revealed
        let attempts: [() async throws -> Void] = [
            { _ = try await service.key(whole + "x", for: .root) },
            { _ = try await service.key(whole, for: .anonymous) },
            { try await service.setKey("x" + whole, of: "root", by: .root) },
            { _ = try await service.createKey(KeyRequest(permissions: .admin, parent: "x" + whole), by: .root) },
            { _ = try await service.createKey(KeyRequest(permissions: .admin, parent: sub.text.revealed), by: .root) },
            { _ = try await service.logIn("Basic " + base64("root:\(password)x"), from: client) },
            { _ = try UserRequest(json: ["password": .string(password), "username": "a:b"]) },
            {
                try Refusal.check(
                    service.authenticator.admit(Credentials(apiKeys: [whole + "x"]), from: client, by: .key)
                )
            },
        ]
        for attempt in attempts {
            let error = await #expect(throws: (any Error).self) { try await attempt() }
            told.append("\(error.map { "\($0)" } ?? "") \((error as? Refusal)?.error.description ?? "")")
        }
        let content = try folder.content("auth.db")
        for secret in secrets {
            for text in told { #expect(!text.contains(secret), "\(text)") }
            #expect(!content.contains(Array(secret.utf8)))
        }
        #expect(!told.contains { $0.contains("$y$") })

        // The search finds what is there.
        #expect(content.contains(Array(issued.record.id.utf8)))
        #expect(content.contains(Array("$y$".utf8)))
        #expect(told.contains { $0.contains(issued.record.id) })
    }
}

extension Refusal {
    /// Throws it, where an admission is one.
    fileprivate static func check(_ admission: Admission) throws {
        if case .refused(let refusal) = admission { throw refusal }
    }
}

extension [UInt8] {
    /// Whether other bytes stand somewhere in these.
    fileprivate func contains(_ other: [UInt8]) -> Bool {
        guard let first = other.first else { return true }
        return indices.contains { self[$0] == first && self[$0...].starts(with: other) }
    }
}
