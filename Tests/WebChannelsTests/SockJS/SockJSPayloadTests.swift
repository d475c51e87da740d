import Testing
import WebChannels

@Suite("What clients of SockJS send")
struct SockJSPayloadTests {
    private func read(_ text: String) -> Result<[String], SockJSPayload.Failure> {
        read(Array(text.utf8))
    }

    private func read(_ bytes: [UInt8]) -> Result<[String], SockJSPayload.Failure> {
        Result { () throws(SockJSPayload.Failure) in try SockJSPayload.messages(in: bytes) }
    }

    @Test(
        "An array of strings is read, or one string",
        arguments: [
            ("[]", []), (" [ ] ", []), (#"["a"]"#, ["a"]), (#""a""#, ["a"]), (#" [ "a" , "b" ] "#, ["a", "b"]),
            (#"[""]"#, [""]), (#"["\"\\\/\b\f\n\r\t"]"#, ["\"\\/\u{8}\u{C}\n\r\t"]), (#"["\u00e9\u0000"]"#, ["é\u{0}"]),
            (#"["\ud83d\ude00x"]"#, ["😀x"]), ("[\"😀\u{2028}\u{FFFF}\"]", ["😀\u{2028}\u{FFFF}"]),
            (#"["a\u0041b\u0042"]"#, ["aAbB"]),
        ] as [(String, [String])]
    )
    func accepted(payload: String, messages: [String]) {
        #expect(read(payload) == .success(messages))
    }

    @Test(
        "Half of a surrogate pair becomes the replacement character, and what follows it stays",
        arguments: [
            (#""\ud800""#, "\u{FFFD}"), (#""\udc00""#, "\u{FFFD}"), (#""\ud83dx""#, "\u{FFFD}x"),
            (#""\ud83d\n""#, "\u{FFFD}\n"), (#""\ud83d\u0041""#, "\u{FFFD}A"),
            (#""\ud83d\ud83d\ude00""#, "\u{FFFD}😀"),
        ]
    )
    func surrogates(payload: String, message: String) {
        #expect(read(payload) == .success([message]))
    }

    @Test("Nothing is expected to be something", arguments: ["", " ", "\n\t\r "])
    func empty(payload: String) {
        #expect(read(payload) == .failure(.empty))
    }

    @Test(
        "Everything else is broken",
        arguments: [
            #"["x"#, "[", "]", #"["a",]"#, #"["a" "b"]"#, #"[,"a"]"#, "[1]", "[null]", #"[["a"]]"#, #"{"a":"b"}"#,
            #"["a"]x"#, #"["\x"]"#, #"["\u12"]"#, #"["\u12g4"]"#, #"["\"#, #"["\u"#, "[\"\n\"]", "a", "'a'", #""a""b""#,
            #"["\ud83d\u"]"#,
        ]
    )
    func broken(payload: String) {
        #expect(read(payload) == .failure(.broken))
    }

    @Test("A string that is no UTF-8 is broken", arguments: [[0xFF], [0xC3], [0xED, 0xA0, 0x80], [0xC0, 0x80]])
    func notUTF8(bytes: [UInt8]) {
        #expect(read([0x5B, 0x22] + bytes + [0x22, 0x5D]) == .failure(.broken))
        #expect(read([0x22] + bytes + Array(#"\n""#.utf8)) == .failure(.broken))
    }

    @Test(
        "Of a form the field d is the payload, and otherwise all is",
        arguments: [
            ("d=%5B%22x%22%5D", "application/x-www-form-urlencoded", #"["x"]"#),
            ("a=b&d=%22a+b%2Bc%22&d=2", "Application/X-WWW-Form-URLEncoded ; charset=UTF-8", #""a b+c""#),
            ("d=", "application/x-www-form-urlencoded", ""), ("p=p", "application/x-www-form-urlencoded", ""),
            ("", "application/x-www-form-urlencoded", ""), ("d=%zz%4%", "application/x-www-form-urlencoded", "%zz%4%"),
            (#"["%61bc"]"#, "text/plain", #"["%61bc"]"#), ("d=x", nil, "d=x"), ("d=x", "", "d=x"),
        ] as [(String, String?, String)]
    )
    func forms(body: String, contentType: String?, payload: String) {
        let bytes = SockJSPayload.payload(ofForm: Array(body.utf8), contentType: contentType)
        #expect(String(decoding: bytes, as: UTF8.self) == payload)
    }

    @Test("No bytes make the readers stumble")
    func anything() {
        var random = SystemRandomNumberGenerator()
        let parts: [[UInt8]] = ["[", "]", "\"", "\\", "\\u", "d83d", ",", "d=", "%", "+", "&", "a", " "].map {
            Array($0.utf8)
        }
        for _ in 0..<5000 {
            var bytes: [UInt8] = []
            for _ in 0..<Int.random(in: 0...20, using: &random) {
                if Bool.random(using: &random), let part = parts.randomElement(using: &random) {
                    bytes += part
                } else {
                    bytes.append(UInt8.random(in: .min ... .max, using: &random))
                }
            }
            if case .success(let messages) = read(bytes) {
                #expect(messages.reduce(0) { $0 + $1.utf8.count } <= bytes.count * 3)
            }
            let payload = SockJSPayload.payload(ofForm: bytes, contentType: "application/x-www-form-urlencoded")
            #expect(payload.count <= bytes.count)
        }
    }
}
