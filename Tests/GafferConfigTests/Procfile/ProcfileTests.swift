import Testing

@testable import GafferConfig

@Suite("The grammar of a Procfile")
struct ProcfileTests {
    private func read(_ text: String) throws -> Procfile {
        try Procfile(parsing: ApplicationSources.Text(file: "Procfile", text))
    }

    private func errors(_ content: [UInt8]) -> [String] {
        do {
            _ = try Procfile(parsing: ApplicationSources.Text(file: "Procfile", content: content))
            return []
        } catch {
            return error.errors.map(\.description)
        }
    }

    @Test(
        "An entry has a name, a command, and the place of both",
        arguments: [
            ("web: ./web\n", "web", "./web", 1, 6), ("web:./web", "web", "./web", 1, 5),
            ("\n# x\nweb:\t ./web a\t \n", "web", "./web a", 3, 7), ("\u{FEFF}web: ./web\r\n", "web", "./web", 1, 6),
            ("A-b_9: é 😀", "A-b_9", "é 😀", 1, 8), ("web: a\\ ", "web", "a\\ ", 1, 6),
            ("web: a\\\\ ", "web", "a\\\\", 1, 6), ("web: a\\  ", "web", "a\\ ", 1, 6),
            ("web: # x", "web", "# x", 1, 6),
        ]
    )
    func entry(text: String, name: String, command: String, line: Int, column: Int) throws {
        let expected = Procfile.Entry(name: name, command: command, line: line, column: column)
        #expect(try read(text).entries == [expected])
    }

    @Test("Entries keep their order")
    func order() throws {
        let procfile = try read("z: 1\na: 2\n\nm: 3")
        #expect(procfile.entries.map(\.name) == ["z", "a", "m"])
        #expect(procfile["a"]?.line == 2)
        #expect(procfile["b"] == nil)
    }

    @Test(
        "What is no entry is told with file, line and column",
        arguments: [
            ("web ./web", "Procfile:1:1: NAME: COMMAND is expected: web ./web"),
            (": ./web", "Procfile:1:1: NAME: COMMAND is expected: there is no name before the colon."),
            ("\nweb : ./web", "Procfile:2:4: NAME: COMMAND is expected: the colon follows the name at once."),
            (
                "web.1: ./web",
                #"Procfile:1:4: NAME: COMMAND is expected: a name has letters, digits, _ and - only, not "."."#
            ),
            (
                "é: ./web",
                #"Procfile:1:1: NAME: COMMAND is expected: a name has letters, digits, _ and - only, not "é"."#
            ),
            ("  web: ./web", "Procfile:1:3: An entry begins its line: take the blanks before it away."),
            ("web:", "Procfile:1:5: web has no command."), ("web: \t", "Procfile:1:5: web has no command."),
            ("web:\r\n", "Procfile:1:5: web has no command."),
            ("12: x", #"Procfile:1:1: "12" can't name a job: it needs a letter, and 100 characters at most."#),
            ("web: a\nx: b\nweb: c", "Procfile:3:1: web stands twice; the first time in line 1."),
            ("web: é\0", "Procfile:1:7: The line holds a NUL: is it a text file?"),
            ("web: a\rb", "Procfile:1:7: A carriage return stands within the line: end lines with a line feed."),
            ("\u{1b}[1mweb", "Procfile:1:1: NAME: COMMAND is expected: \\u001b[1mweb"),
        ]
    )
    func refused(text: String, message: String) {
        #expect(errors(Array(text.utf8)) == [message])
    }

    @Test("A line that is not UTF-8 is an error, but for a comment")
    func notUTF8() {
        #expect(errors(Array("web: ".utf8) + [0xFF]) == ["Procfile:1: The line is not UTF-8."])
        #expect(errors([0x23, 0xFF, 0x0A]) == [])
    }

    @Test("All errors of a file are told at once, up to a hundred")
    func allErrors() {
        let text = "a\nb: x\nc\n\nb: y\n d: z"
        #expect(
            errors(Array(text.utf8)).map { $0.prefix(13) } == [
                "Procfile:1:1:", "Procfile:3:1:", "Procfile:5:1:", "Procfile:6:2:",
            ]
        )
        let many = errors(Array(String(repeating: "x\n", count: 5000).utf8))
        #expect(many.count == 101)
        #expect(many.last == "Procfile:101: The rest of the file is not read: there are too many errors.")
    }

    @Test("A file, a command and the number of entries have bounds")
    func bounds() throws {
        let size = Procfile.maximumSize
        let filled = "a: x\n" + String(repeating: "#", count: size - 5)
        #expect(try read(filled).entries.count == 1)
        #expect(errors(Array((filled + "#").utf8)) == ["Procfile: The file is longer than 1M."])
        let longest = String(repeating: "x", count: Procfile.maximumCommand)
        #expect(try read("a: " + longest).entries.first?.command == longest)
        #expect(errors(Array("a: \(longest)x".utf8)) == ["Procfile:1:4: The command is longer than 131008 bytes."])
        let entries = (1...1000).map { "a\($0): x\n" }.joined()
        #expect(try read(entries).entries.count == 1000)
        #expect(
            errors(Array((entries + "b: x\n").utf8))
                == ["Procfile:1001: The rest of the file is not read: there are too many entries."]
        )
    }
}
