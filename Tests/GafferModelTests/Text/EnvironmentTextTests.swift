import GafferModel
import Testing

@Suite("A file of variables")
struct EnvironmentTextTests {
    @Test(
        "Its lines",
        arguments: [
            ("", [:]), ("\n\n", [:]), ("# A=1", [:]), ("  # A=1", [:]), ("A=1", ["A": "1"]),
            ("A=1\nB=2\n", ["A": "1", "B": "2"]),
            ("A=1\r\nB=2\r\n", ["A": "1", "B": "2"]), ("\u{FEFF}A=1", ["A": "1"]), ("A=1\nA=2", ["A": "2"]),
            (" A = 1 ", ["A": "1"]),
            ("A=", ["A": ""]), ("A= ", ["A": ""]), ("export A=1", ["A": "1"]), ("export\tA=1", ["A": "1"]),
            ("export=1", ["export": "1"]),
            ("export =1", ["export": "1"]), ("exported=1", ["exported": "1"]), ("a_1.b-c=x", ["a_1.b-c": "x"]),
            ("_=x", ["_": "x"]),
            ("A=a b  c", ["A": "a b  c"]), ("A=a=b", ["A": "a=b"]), ("A=a # b", ["A": "a"]), ("A=a\t# b", ["A": "a"]),
            ("A=a#b", ["A": "a#b"]),
            ("A=#b", ["A": "#b"]), ("A= #b", ["A": ""]), ("A=$B ${C} `d`", ["A": "$B ${C} `d`"]),
            ("A=it's", ["A": "it's"]),
            (#"A="a b""#, ["A": "a b"]), (#"A="a # b""#, ["A": "a # b"]), (#"A="a" # b"#, ["A": "a"]),
            (#"A="" "#, ["A": ""]),
            (#"A="\n\t\r\"\\\$\x""#, ["A": "\n\t\r\"\\$\\x"]), (#"A='a "b" \n'"#, ["A": #"a "b" \n"#]),
            ("A='\u{301}'", ["A": "\u{301}"]),
            (#"A="é😀""#, ["A": "é😀"]), (#"A=a"b"c"#, ["A": #"a"b"c"#]), (#"A=\n"#, ["A": #"\n"#]),
        ]
    )
    func lines(text: String, expected: [String: String]) throws {
        #expect(try EnvironmentText.parse(Array(text.utf8), file: ".env") == expected)
    }

    @Test(
        "What can't be read is told with file and line",
        arguments: [
            ("A=1\nB", ".env:2: it is not KEY=VALUE."), ("=1", #".env:1: "" can't name a variable."#),
            ("1A=1", #".env:1: "1A" can't name a variable."#), ("A B=1", #".env:1: "A B" can't name a variable."#),
            ("export A B=1", #".env:1: "A B" can't name a variable."#), ("é=1", #".env:1: "é" can't name a variable."#),
            ("\n\nA\u{1b}=1", #".env:3: "A\u001b" can't name a variable."#),
            (#"A="b"#, ".env:1: the quote of A is not closed."), (#"A="b\"#, ".env:1: the quote of A is not closed."),
            ("A='b\nc'", ".env:1: the quote of A is not closed."),
            (#"A="a"b"#, ".env:1: something follows the closing quote of A."),
            (#"A="a" b"#, ".env:1: something follows the closing quote of A."),
            ("A=\"a\"#b", ".env:1: something follows the closing quote of A."),
            ("A=1\0", ".env:1: the line is not UTF-8, or holds a NUL."),
        ]
    )
    func refused(text: String, message: String) {
        do {
            _ = try EnvironmentText.parse(Array(text.utf8), file: ".env")
            Issue.record("it was read")
        } catch {
            #expect(error.code == .badValue)
            #expect(error.message == message)
        }
    }

    @Test("A line that is not UTF-8 is refused, but for a comment")
    func notUTF8() throws {
        #expect(throws: GafferError.self) { try EnvironmentText.parse([0x41, 0x3D, 0xFF], file: ".env") }
        #expect(try EnvironmentText.parse([0x23, 0xFF, 0x0A, 0x41, 0x3D, 0x31], file: ".env") == ["A": "1"])
    }
}
