import GafferModel
import Testing

@Suite("The reader of JSON")
struct JSONReadingTests {
    @Test(
        "It reads what RFC 8259 allows",
        arguments: [
            ("null", .null), ("true", true), ("false", false), ("0", 0), ("-0", 0), ("42", 42), ("-42", -42),
            ("9223372036854775807", .integer(.max)), ("-9223372036854775808", .integer(.min)),
            ("9223372036854775808", .double(9_223_372_036_854_775_808)),
            ("-9223372036854775809", .double(-9_223_372_036_854_775_808)),
            ("0.5", 0.5), ("1.0", 1.0), ("-1.25e2", -125.0), ("1e3", 1000.0), ("1E+3", 1000.0), ("1e-3", 0.001),
            ("1e-400", 0.0), ("1.7976931348623157e308", .double(.greatestFiniteMagnitude)),
            ("123456789012345678901234567890", 1.2345678901234568e29),
            (#""""#, ""), (#""a b""#, "a b"), (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{c}\n\r\t"),
            (#""\u0041\u00e9\u20AC""#, "Aé€"), (#""\ud83d\ude00""#, "😀"), (#""\u0000""#, "\0"),
            (#""\uFFFF""#, "\u{FFFF}"),
            ("\"é€😀\"", "é€😀"), ("\"\u{7f}\"", "\u{7f}"), ("\"\u{2028}\"", "\u{2028}"),
            ("[]", []), ("[ ]", []), ("[1]", [1]), ("[1,[2,[]],{}]", [1, [2, []], [:]]),
            ("{}", [:]), ("{ }", [:]), (#"{"a":1}"#, ["a": 1]), (#"{"b":1,"a":2}"#, ["b": 1, "a": 2]),
            (#"{"":null,"a":{"a":[]}}"#, ["": .null, "a": ["a": []]]),
            (" \t\r\n1 \t\r\n", 1), ("[ 1 , 2 ]", [1, 2]), ("{ \"a\" : 1 , \"b\" : 2 }", ["a": 1, "b": 2]),
        ] as [(String, JSON)]
    )
    func accepted(text: String, expected: JSON) throws {
        #expect(try JSON(parsing: text) == expected)
    }

    private static let value = "A value is expected here."
    private static let digit = "A digit is expected here."
    private static let trailing = "Something follows the value."
    private static let string = "The text ends within a string."
    private static let name = "The name of a member is expected here."

    @Test(
        "It refuses everything else, and says where",
        arguments: [
            ("", 0, "The text ends where a value is expected."), ("  ", 2, "The text ends where a value is expected."),
            ("nul", 0, value), ("True", 0, value), ("nulll", 4, trailing), ("'a'", 0, value), ("NaN", 0, value),
            ("Infinity", 0, value), ("-Infinity", 1, digit), ("+1", 0, value), (".5", 0, value), ("-", 1, digit),
            ("01", 1, trailing), ("-01", 2, trailing), ("1.", 2, digit), ("1.e3", 2, digit), ("1e", 2, digit),
            ("1e+", 3, digit),
            ("0x10", 1, trailing), ("1_000", 1, trailing), ("1e400", 0, "The number is too large."),
            ("[-1e999]", 1, "The number is too large."),
            ("1 2", 2, trailing), ("{} {}", 3, trailing), ("[1]]", 3, trailing), ("1 // one", 2, trailing),
            ("/* */1", 0, value),
            ("\u{FEFF}1", 0, value), ("\u{A0}1", 0, value), ("\u{0B}1", 0, value),
            ("[", 1, "The text ends where a value is expected."),
            ("[1", 2, "A comma or the end of the array is expected here."),
            ("[1,]", 3, value), ("[,1]", 1, value), ("[1 2]", 3, "A comma or the end of the array is expected here."),
            ("[1}", 2, "A comma or the end of the array is expected here."),
            ("{", 1, name), ("{1:2}", 1, name), ("{a:1}", 1, name), (#"{"a":1,}"#, 7, name), (#"{,"a":1}"#, 1, name),
            (#"{"a"}"#, 4, "A colon is expected here."), (#"{"a" 1}"#, 5, "A colon is expected here."),
            (#"{"a":}"#, 5, value), (#"{"a":1"#, 6, "A comma or the end of the object is expected here."),
            (#"{"a":1 "b":2}"#, 7, "A comma or the end of the object is expected here."),
            (#"{"a":1,"b":2,"a":3}"#, 13, #"A member is named twice: "a"."#),
            (#"{"a":1,"\u0061":3}"#, 7, #"A member is named twice: "a"."#),
            (#"[{"x":{"k":1,"k":1}}]"#, 13, #"A member is named twice: "k"."#),
            ("\"", 1, string), ("\"a", 2, string), ("\"\\", 2, string), ("\"\\\"", 3, string),
            (#""\x41""#, 2, "There is no such escape."), (#""\U0041""#, 2, "There is no such escape."),
            (#""\u12"#, 3, "The text ends within an escape."),
            (#""\u12g4""#, 5, "A hexadecimal digit is expected here."),
            (#""\ud800""#, 7, "A high surrogate stands alone."), (#""\ud800x""#, 7, "A high surrogate stands alone."),
            (#""\ud800\n""#, 7, "A high surrogate stands alone."),
            (#""\ud800\ud800""#, 13, "A high surrogate stands alone."),
            (#""\ud800\u0041""#, 13, "A high surrogate stands alone."),
            (#""\udc00""#, 7, "A low surrogate stands alone."),
            ("\"a\nb\"", 2, "A control character in a string has to be escaped."),
            ("\"\\n\u{1f}\"", 3, "A control character in a string has to be escaped."),
            ("\"a\u{0}b\"", 2, "A control character in a string has to be escaped."),
        ]
    )
    func refused(text: String, offset: Int, message: String) {
        #expect(throws: JSON.ParseError.self) { try JSON(parsing: text) }
        do {
            _ = try JSON(parsing: text)
        } catch {
            #expect(error.offset == offset)
            #expect(error.message == message)
            #expect(error.description == "byte \(offset): \(message)")
        }
    }

    @Test(
        "It refuses strings that are not UTF-8",
        arguments: [
            [0x80], [0xC3], [0xC0, 0x80], [0xE2, 0x82], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xFF], [0xFE],
            [0x5C, 0x6E, 0xFF], [0x61, 0xF8, 0x88, 0x80, 0x80, 0x80],
        ] as [[UInt8]]
    )
    func notUTF8(bytes: [UInt8]) {
        for text in [[0x22] + bytes + [0x22], [0x7B, 0x22] + bytes + Array("\":1}".utf8)] {
            do {
                _ = try JSON(parsing: text)
                Issue.record("\(text) was read")
            } catch {
                #expect(error.message == "A string is not UTF-8.")
            }
        }
        #expect(throws: JSON.ParseError.self) { try JSON(parsing: bytes) }
    }

    @Test("Nesting ends at the depth that was asked for", arguments: ["[", "{\"a\":"])
    func depth(opening: String) throws {
        let closing = opening == "[" ? "]" : "}"
        func nested(_ depth: Int) -> String {
            String(repeating: opening, count: depth) + (opening == "[" ? "" : "1")
                + String(repeating: closing, count: depth)
        }
        _ = try JSON(parsing: nested(32))
        do {
            _ = try JSON(parsing: nested(33))
            Issue.record("33 levels were read")
        } catch {
            #expect(error.message == "It is nested deeper than 32 levels.")
            #expect(error.offset == 32 * opening.utf8.count)
        }
        _ = try JSON(parsing: nested(40), maximumDepth: 40)
        #expect(throws: JSON.ParseError.self) { try JSON(parsing: nested(1), maximumDepth: 0) }
    }

    @Test("Siblings are not nesting")
    func siblings() throws {
        let text = "[" + String(repeating: "[[[]]],", count: 1000) + "[]]"
        #expect(try JSON(parsing: text).arrayValue?.count == 1001)
    }

    @Test("A million brackets are refused like 33", arguments: ["[", "{\"a\":", "[{\"a\":"])
    func aMillionBrackets(opening: String) {
        let text = Array(opening.utf8)
        var bytes: [UInt8] = []
        for _ in 0..<1_000_000 / text.count { bytes += text }
        #expect(throws: JSON.ParseError.self) { try JSON(parsing: bytes) }
    }

    @Test("A member named twice is found among many too", arguments: [2, 15, 16, 17, 500])
    func duplicateAmongMany(count: Int) throws {
        func text(_ names: [Int]) -> String {
            "{" + names.map { "\"n\($0)\":\($0)" }.joined(separator: ",") + "}"
        }
        #expect(try JSON(parsing: text(Array(0..<count))).objectValue?.count == count)
        for duplicate in [0, count / 2, count - 1] {
            #expect(throws: JSON.ParseError.self) { try JSON(parsing: text(Array(0..<count) + [duplicate])) }
        }
    }

    @Test("A long name is cut in the message that says it is there twice")
    func longName() {
        let name = String(repeating: "x", count: 100_000)
        do {
            _ = try JSON(parsing: "{\"\(name)\":1,\"\(name)\":2}")
            Issue.record("it was read")
        } catch {
            #expect(error.message.utf8.count < 300)
        }
    }

    @Test("Values are asked for by their type")
    func access() throws {
        let json = try JSON(parsing: #"{"s":"x","i":3,"d":2.0,"f":2.5,"b":true,"n":null,"a":[1]}"#)
        #expect(json["s"]?.stringValue == "x")
        #expect(json["i"]?.intValue == 3)
        #expect(json["d"]?.intValue == 2)
        #expect(json["f"]?.intValue == nil)
        #expect(json["f"]?.doubleValue == 2.5)
        #expect(json["i"]?.doubleValue == 3)
        #expect(json["b"]?.boolValue == true)
        #expect(json["i"]?.boolValue == nil)
        #expect(json["n"] == .some(.null))
        #expect(json["a"]?.arrayValue == [1])
        #expect(json["none"] == nil)
        #expect(JSON.integer(1)["s"] == nil)
    }
}
