import GafferModel
import Testing

@testable import GafferAuth

@Suite("The bodies of keys and users")
struct RequestTests {
    @Test("A key's is read, and the key that it brings is ignored")
    func key() throws {
        let body = #"{"key":"mine","label":"l","permissions":{"read":["*"]},"parent":"p"}"#
        let request = try KeyRequest(json: JSON(parsing: body))
        #expect(request.label == "l")
        #expect(request.permissions == Permissions(scopes: [.read: [.everything]]))
        #expect(request.parent == "p")
        let empty = try KeyRequest(json: .object([]))
        #expect(empty.label.isEmpty)
        #expect(empty.permissions == .none)
        #expect(empty.parent == nil)
    }

    @Test(
        "A key's that is wrong is refused with the member's name",
        arguments: [
            ("[]", "object"), (#"{"label":1}"#, "label"), (#"{"permissions":{"x":1}}"#, "\"x\""),
            (#"{"label":"\#(String(repeating: "a", count: 201))"}"#, "label"), (#"{"parent":1}"#, "parent"),
            (#"{"lable":""}"#, "\"lable\""),
        ]
    )
    func wrongKey(text: String, word: String) {
        let error = #expect(throws: GafferError.self) { try KeyRequest(json: JSON(parsing: text)) }
        #expect(error?.code == .badRequest)
        #expect(error?.message.contains(word) == true, "\(error?.message ?? "")")
    }

    @Test("A user's is read, and what it has besides is kept")
    func user() throws {
        let body = #"{"username":"bob","password":"p","user_type":0,"key":"k","a":1,"b":[true]}"#
        let request = try UserRequest(json: JSON(parsing: body))
        #expect(request.name == "bob")
        #expect(request.password.bytes == [0x70])
        #expect(request.kind == .administrator)
        #expect(request.key == "k")
        #expect(request.extra == [JSON.Member("a", 1), JSON.Member("b", [true])])
        let least = try UserRequest(json: ["password": "p"])
        #expect(least.name == nil)
        #expect(least.kind == .application)
        #expect(least.key == nil)
    }

    @Test(
        "A user's that is wrong is refused with the member's name, and without the password",
        arguments: [
            ("[]", "object"), (#"{"username":"a"}"#, "password is missing"), (#"{"password":7}"#, "password"),
            (#"{"password":""}"#, "password"), (#"{"password":"canary","username":1}"#, "username"),
            (#"{"password":"canary","username":"a:b"}"#, "a:b"), (#"{"password":"canary","user_type":2}"#, "user_type"),
            (#"{"password":"canary","user_type":"0"}"#, "user_type"), (#"{"password":"canary","key":5}"#, "key"),
            (#"{"password":"canary\u0000"}"#, "NUL"),
            (#"{"password":"canary","x":"\#(String(repeating: "a", count: 4096))"}"#, "4096"),
        ]
    )
    func wrongUser(text: String, word: String) {
        let error = #expect(throws: GafferError.self) { try UserRequest(json: JSON(parsing: text)) }
        #expect(error?.code == .badRequest)
        #expect(error?.message.contains(word) == true, "\(error?.message ?? "")")
        #expect(error?.description.contains("canary") == false)
    }

    @Test(
        "A password and a key alone",
        arguments: ["[]", "{}", #"{"password":"p","a":1}"#, #"{"key":1}"#, #"{"a":"b"}"#]
    )
    func single(text: String) throws {
        let json = try JSON(parsing: text)
        #expect(throws: GafferError.self) { try UserRequest.password(json: json) }
        #expect(throws: GafferError.self) { try UserRequest.key(json: json) }
        #expect(try UserRequest.password(json: ["password": "p"]).bytes == [0x70])
        #expect(try UserRequest.key(json: ["key": "k"]) == "k")
        #expect(try UserRequest.key(json: ["key": .null]) == nil)
    }
}
