import GafferModel
import Testing

@testable import GafferAuth

@Suite("The service of users and keys")
struct AuthServiceTests {
    private let folder: TestFolder
    private let clock = ManualClock()
    private let service: AuthService

    init() throws {
        let clock = clock
        folder = try TestFolder()
        service = AuthService.cheap(folder("auth.db"), now: { clock.now }, wallClock: { 1000 })
    }

    private func principal(_ issued: IssuedKey?) throws -> Principal {
        let text = try #require(issued).text.revealed
        return try #require(service.authenticator.principal(forKey: text))
    }

    private func logIn(_ name: String, _ password: String, from address: String = "127.0.0.1") async throws
        -> IssuedKey?
    {
        try await service.logIn("Basic " + base64("\(name):\(password)"), from: ClientFacts(address: address))
    }

    @Test("A key works from the moment that it is made until it is removed, and its sub-keys go with it")
    func keyLife() async throws {
        let request = KeyRequest(label: "shop", permissions: .to("shop", .manage, keys: true))
        let parent = try await service.createKey(request, by: .root)
        let maker = try principal(parent)
        let child = try await service.createKey(KeyRequest(permissions: .to("shop", .read, keys: true)), by: maker)
        let below = try await service.createKey(KeyRequest(permissions: .to("shop", .read)), by: principal(child))
        #expect(child.record.parent == parent.record.id)
        #expect(below.record.parent == child.record.id)
        let (seen, subkeys) = try await service.key(parent.text.revealed, for: maker)
        #expect(seen.id == parent.record.id)
        #expect(subkeys.map(\.id) == [child.record.id])
        #expect(await code { _ = try await service.keys(for: maker) } == .forbidden)
        try await service.deleteKey(parent.record.id, by: maker)
        for issued in [parent, child, below] {
            #expect(service.authenticator.principal(forKey: issued.text.revealed) == nil)
        }
        #expect(await code { try await service.deleteKey(parent.record.id, by: .root) } == .notFound)
        #expect(await code { try await service.deleteKey("nonsense", by: .root) } == .notFound)
    }

    @Test("A key that is told of has its id as key")
    func keyJSON() async throws {
        let request = KeyRequest(label: "l", permissions: Permissions(scopes: [.read: [.everything]]))
        let issued = try await service.createKey(request, by: .root)
        let expected =
            #"{"key":"\#(issued.record.id)","label":"l","permissions":{"read":["*"]},"parent":null,"created":1000.0}"#
        #expect(issued.record.json.text == expected)
    }

    @Test("A user logs in, gets a key of its own, and may change what is its own")
    func userLife() async throws {
        let key = try await service.createKey(KeyRequest(permissions: .to("shop", .operate)), by: .root)
        let body = #"{"username":"bob","password":"old","key":"\#(key.record.id)","room":7}"#
        try await service.createUser(UserRequest(json: JSON(parsing: body)), by: .root)
        let expected = #"{"username":"bob","user_type":1,"key":"\#(key.record.id)","room":7}"#
        #expect(try await service.user("bob", for: .root).json.text == expected)

        let login = try await logIn("bob", "old")
        let bob = try principal(login)
        #expect(bob.permissions == .to("shop", .operate))
        #expect(login?.record.parent == key.record.id)
        #expect(try await service.user("bob", for: bob).name == "bob")
        #expect(await code { _ = try await service.users(for: bob) } == .forbidden)
        try await service.setPassword(Password("new:pass"), of: "bob", by: bob)
        #expect(try principal(login) == bob)
        await #expect(throws: Refusal.self) { try await logIn("bob", "old") }
        #expect(try await logIn("bob", "new:pass") != nil)

        try await service.setKey(nil, of: "bob", by: .root)
        #expect(service.authenticator.principal(forKey: try #require(login).text.revealed) == nil)
        #expect(try await logIn("bob", "new:pass") == nil)
        try await service.deleteUser("bob", by: .root)
        await #expect(throws: Refusal.self) { try await logIn("bob", "new:pass") }
    }

    @Test("A user that there is not can't be seen or changed")
    func unknownUser() async throws {
        let request = UserRequest(name: nil, password: try Password("p"))
        #expect(await code { _ = try await service.user("bob", for: .root) } == .notFound)
        #expect(await code { try await service.setPassword(request.password, of: "bob", by: .root) } == .notFound)
        #expect(await code { try await service.setKey(nil, of: "bob", by: .root) } == .notFound)
        #expect(await code { try await service.deleteUser("bob", by: .root) } == .notFound)
        #expect(await code { try await service.updateUser("bob", request, by: .root) } == .notFound)
    }

    @Test("Who is replaced has what is given, and defaults for the rest")
    func replace() async throws {
        let key = try await service.createKey(KeyRequest(permissions: .none), by: .root)
        let first = UserRequest(
            name: "bob",
            password: try Password("old"),
            kind: .administrator,
            key: key.text.revealed,
            extra: [JSON.Member("a", 1)]
        )
        try await service.createUser(first, by: .root)
        #expect(try await service.user("bob", for: .root).key == key.record.id)
        try await service.updateUser("bob", UserRequest(json: ["password": "new", "b": 2]), by: .root)
        let expected = #"{"username":"bob","user_type":1,"key":null,"b":2}"#
        #expect(try await service.user("bob", for: .root).json.text == expected)
        #expect(try await logIn("bob", "new") == nil)
    }

    @Test("Ten wrong logins from one place, and it waits; another does not")
    func throttled() async throws {
        _ = try await service.createAdministrator("root", Password("right"))
        for _ in 0..<5 {
            for (name, password) in [("root", "wrong"), ("nobody", "right")] {
                let refusal = await #expect(throws: Refusal.self) { try await logIn(name, password) }
                #expect(refusal == .unauthorized("The name or the password is wrong."))
            }
        }
        let refusal = await #expect(throws: Refusal.self) { try await logIn("root", "right") }
        #expect(refusal == .tooManyFailures(retryAfter: .seconds(60)))
        #expect(try await logIn("root", "right", from: "127.0.0.2") != nil)
        // Keys and passwords are counted together.
        let client = ClientFacts(address: "127.0.0.1")
        let admission = service.authenticator.admit(Credentials(apiKeys: ["x"]), from: client, by: .key)
        guard case .refused(.tooManyFailures) = admission else {
            Issue.record("\(admission)")
            return
        }
        clock.advance(by: .seconds(60))
        #expect(try await logIn("root", "right") != nil)
    }

    @Test(
        "A login without a header is no failure, one that can't be read is",
        arguments: [nil, "Basic", "Bearer x", "Basic !"]
    )
    func headers(header: String?) async throws {
        let client = ClientFacts(address: "127.0.0.1")
        for _ in 0..<10 {
            let refusal = await #expect(throws: Refusal.self) { try await service.logIn(header, from: client) }
            #expect(refusal?.error.code == .unauthorized)
        }
        #expect((service.authenticator.wait(for: client.identity) == nil) == (header == nil))
    }

    @Test("A weaker hash is replaced by a login")
    func rehash() async throws {
        let hasher = PasswordHasher(scheme: PasswordScheme(prefix: "$y$", cost: 2))
        let dear = AuthService(path: folder("auth.db"), hasher: hasher)
        try await service.createUser(UserRequest(name: "bob", password: Password("p")), by: .root)
        var hashes: [String] = []
        for _ in 0..<3 {
            hashes.append(try await service.user("bob", for: .root).passwordHash)
            _ = try await dear.logIn("Basic " + base64("bob:p"), from: ClientFacts())
        }
        #expect(hashes[0] != hashes[1])
        #expect(hashes[1] == hashes[2])
    }

    @Test("An administrator is made once, with a key that allows everything")
    func administrator() async throws {
        let issued = try await service.createAdministrator("root", Password("p"))
        #expect(try principal(issued).permissions == .admin)
        #expect(issued.record.label == "admin key")
        let users = try await service.administrators()
        #expect(users.map(\.name) == ["root"])
        #expect(users.map(\.key) == [issued.record.id])
        #expect(await code { _ = try await service.createAdministrator("root", Password("p")) } == .conflict)
        #expect(await code { _ = try await service.createAdministrator("a b", Password("p")) } == .badRequest)
        #expect(try await service.keys(for: .root).count == 1)
    }

    @Test("Many at once all come to their end, and none is lost")
    func crowd() async throws {
        let service = service
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<40 {
                group.addTask {
                    let request = KeyRequest(label: "\(number)", permissions: .to("shop", .read))
                    let issued = try await service.createKey(request, by: .root)
                    #expect(service.authenticator.principal(forKey: issued.text.revealed) != nil)
                    if number.isMultiple(of: 2) { try await service.deleteKey(issued.record.id, by: .root) }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await service.keys(for: .root).count == 20)
    }
}
