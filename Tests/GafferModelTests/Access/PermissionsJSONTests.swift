import GafferModel
import Testing

@Suite("Permissions in JSON")
struct PermissionsJSONTests {
    private static func permissions(_ text: String) throws -> Permissions {
        try Permissions(json: JSON(parsing: text))
    }

    @Test(
        "What is written is read again",
        arguments: [
            (#"{}"#, Permissions.none),
            (#"{"admin":true}"#, .admin),
            (#"{"create_key":true,"create_user":true}"#, Permissions(mayCreateKeys: true, mayCreateUsers: true)),
            (
                #"{"manage":["shop"],"operate":["shop.web"],"write":["a","b.c"],"read":["*"]}"#,
                Permissions(scopes: [
                    .manage: [.session("shop")], .operate: [.job(name("shop", "web"))],
                    .write: [.session("a"), .job(name("b", "c"))], .read: [.everything],
                ])
            ),
        ]
    )
    func roundTrip(text: String, permissions: Permissions) throws {
        #expect(try Self.permissions(text) == permissions)
        #expect(permissions.json.text == text)
    }

    @Test(
        "What says nothing is nothing",
        arguments: [#"{"admin":false}"#, #"{"read":[]}"#, #"{"read":{},"write":[]}"#, #"{"create_key":false}"#]
    )
    func nothing(text: String) throws {
        #expect(try Self.permissions(text) == .none)
        #expect(try Self.permissions(text).json == .object([]))
    }

    @Test("Of an object of scopes the keys count, whatever their values are")
    func object() throws {
        let permissions = try Self.permissions(#"{"read":{"shop":true,"a.b":null,"*":0}}"#)
        #expect(permissions.scopes == [.read: [.session("shop"), .job(name("a", "b")), .everything]])
    }

    @Test(
        "What is wrong is named",
        arguments: [
            ("[]", "object"), ("null", "object"), (#"{"admn":true}"#, "\"admn\""), (#"{"admin":1}"#, "admin"),
            (#"{"admin":null}"#, "admin"), (#"{"create_key":"yes"}"#, "create_key"),
            (#"{"create_user":[]}"#, "create_user"), (#"{"read":"*"}"#, "read"), (#"{"write":[1]}"#, "write"),
            (#"{"manage":true}"#, "manage"), (#"{"operate":null}"#, "operate"), (#"{"read":["a b"]}"#, "\"a b\""),
            (#"{"read":[""]}"#, "read"), (#"{"read":["a.b.c"]}"#, "\"a.b.c\""), (#"{"read":["a/b"]}"#, "\"a/b\""),
            (#"{"read":["1"]}"#, "\"1\""), (#"{"read":["*.a"]}"#, "\"*.a\""), (#"{"read":["a.*"]}"#, "\"a.*\""),
            (#"{"read":[".a"]}"#, "\".a\""), (#"{"read":{"a\nb":1}}"#, #"a\nb"#),
        ]
    )
    func wrong(text: String, word: String) throws {
        let error = #expect(throws: GafferError.self) { try Self.permissions(text) }
        #expect(error?.code == .badRequest)
        #expect(error?.message.contains(word) == true, "\(error?.message ?? "")")
    }

    @Test("All that is wrong is told at once")
    func allErrors() {
        let error = #expect(throws: GafferError.self) {
            try Self.permissions(#"{"admin":1,"what":2,"read":[3]}"#)
        }
        #expect(error?.details.count == 3)
    }

    @Test("There is an end to scopes")
    func bound() throws {
        func text(_ count: Int) -> String {
            "{\"read\":[" + (0..<count).map { "\"a\($0)\"" }.joined(separator: ",") + "]}"
        }
        #expect(try Self.permissions(text(Permissions.maximumScopes)).scopes[.read]?.count == Permissions.maximumScopes)
        #expect(throws: GafferError.self) { try Self.permissions(text(Permissions.maximumScopes + 1)) }
    }
}

/// A job's name that is known to be one.
func name(_ session: String, _ job: String) -> JobName {
    do {
        return try JobName(session: session, job: job)
    } catch {
        preconditionFailure("\(error)")
    }
}
