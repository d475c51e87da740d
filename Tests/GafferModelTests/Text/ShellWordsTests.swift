import GafferModel
import Testing

@Suite("A command line is split as a shell does")
struct ShellWordsTests {
    @Test(
        "Words",
        arguments: [
            ("", []), ("   ", []), ("a", ["a"]), ("a b", ["a", "b"]), ("  a\t\tb \n c\r\n", ["a", "b", "c"]),
            ("'a b'", ["a b"]), ("\"a b\"", ["a b"]), ("a'b c'd", ["ab cd"]), ("''", [""]), ("\"\"", [""]),
            ("a '' b", ["a", "", "b"]),
            (#"a\ b"#, ["a b"]), (#"\'"#, ["'"]), (#"\\"#, ["\\"]), (#"\a"#, ["a"]), (#"'\'"#, ["\\"]),
            (#"'a"b'"#, [#"a"b"#]),
            (#""a'b""#, ["a'b"]), (#""\"\\\$\`""#, [#""\$`"#]), (#""\a\n""#, [#"\a\n"#]),
            (#""$HOME" '$HOME'"#, ["$HOME", "$HOME"]),
            ("a \\\n b", ["a", "b"]), ("a\\\nb", ["ab"]), ("a \\\n", ["a"]), ("\\\n", []), ("\"a\\\nb\"", ["ab"]),
            ("'a\\\nb'", ["a\\\nb"]),
            ("a#b # c", ["a#b", "#", "c"]), ("a;b|c>d&", ["a;b|c>d&"]), ("é😀 x", ["é😀", "x"]),
            ("a\u{301} b", ["a\u{301}", "b"]),
            ("prog '\u{301}x'", ["prog", "\u{301}x"]), ("a\u{A0}b", ["a\u{A0}b"]),
        ]
    )
    func split(text: String, expected: [String]) throws {
        #expect(try ShellWords.split(text) == expected)
    }

    @Test(
        "What is not closed is an error that says what",
        arguments: [
            ("a 'b", #""a 'b" can't be split into words: a single quote is not closed."#),
            (#"a "b"#, #""a \"b" can't be split into words: a double quote is not closed."#),
            (#""a\""#, #""\"a\\\"" can't be split into words: a double quote is not closed."#),
            (#""\"#, #""\"\\" can't be split into words: a double quote is not closed."#),
            (#"a \"#, #""a \\" can't be split into words: nothing follows the last backslash."#),
        ]
    )
    func unclosed(text: String, message: String) {
        do {
            _ = try ShellWords.split(text)
            Issue.record("it was split")
        } catch {
            #expect(error.code == .badValue)
            #expect(error.message == message)
        }
    }

    @Test("A long text is cut in the message")
    func longText() {
        let text = "'" + String(repeating: "x", count: 1_000_000)
        do {
            _ = try ShellWords.split(text)
            Issue.record("it was split")
        } catch {
            #expect(error.message.utf8.count < 300)
        }
    }

    @Test(
        "A word is quoted only where it has to be",
        arguments: [
            ("a", "a"), ("/usr/bin/x-1_2.3:4=5@6%7+8,9", "/usr/bin/x-1_2.3:4=5@6%7+8,9"), ("", "''"), ("a b", "'a b'"),
            ("it's", "'it'\\''s'"), ("$HOME", "'$HOME'"), ("é", "'é'"), ("a\nb", "'a\nb'"),
            ("'\u{301}", "''\\''\u{301}'"),
        ]
    )
    func quoted(word: String, expected: String) {
        #expect(ShellWords.quote(word) == expected)
    }

    @Test("Any words that are quoted are split into the same again", arguments: 0..<10 as Range<UInt64>)
    func roundTrip(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<200 {
            let words = (0..<Int.random(in: 0...5, using: &generator)).map { _ in String.random(using: &generator) }
            #expect(try ShellWords.split(words.map(ShellWords.quote).joined(separator: " ")) == words)
        }
    }
}
