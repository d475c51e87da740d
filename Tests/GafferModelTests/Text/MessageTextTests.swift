import GafferModel
import Testing

@Suite("What a message quotes")
struct MessageTextTests {
    @Test(
        "It can't command a terminal, break a line or turn the text around",
        arguments: [
            ("plain é😀", "plain é😀"), ("a\nb\r\tc", #"a\nb\r\tc"#), ("\u{1b}[31m", #"\u001b[31m"#),
            ("\u{9b}x", #"\u009bx"#),
            ("\u{202e}x", #"\u202ex"#), ("\u{2028}", #"\u2028"#), ("\u{7f}\0", #"\u007f\u0000"#),
            ("\u{e0041}", #"\ue0041"#),
        ]
    )
    func printable(text: String, expected: String) {
        #expect(text.printable == expected)
    }

    @Test("Quotes are escaped between quotes only")
    func cited() {
        #expect(#"a "b" \c"#.cited == #""a \"b\" \\c""#)
        #expect(#"a "b" \c"#.printable == #"a "b" \c"#)
        #expect("".cited == #""""#)
    }

    @Test("It is cut after 200 characters")
    func cut() {
        #expect(String(repeating: "é", count: 200).printable == String(repeating: "é", count: 200))
        #expect(String(repeating: "é", count: 201).printable == String(repeating: "é", count: 200) + "…")
        #expect(String(repeating: "x", count: 1_000_000).cited.count == 203)
    }
}
