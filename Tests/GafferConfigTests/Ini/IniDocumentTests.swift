import GafferConfig
import Testing

@Suite("The grammar of ini files")
struct IniDocumentTests {
    private func parse(_ text: String) -> IniDocument {
        IniDocument(parsing: Array(text.utf8), file: "a.ini")
    }

    /// The settings of all sections, as `key=value`.
    private func settings(_ text: String) -> [String] {
        let document = parse(text)
        #expect(document.errors.isEmpty, "\(document.errors)")
        return document.sections.flatMap(\.settings).map { "\($0.key)=\($0.value)" }
    }

    @Test(
        "A setting is a key, a separator and a value",
        arguments: [
            ("a = b", "a=b"), ("a=b", "a=b"), ("a: b", "a=b"), ("a : b", "a=b"), ("a\t=\tb", "a=b"), ("A = B", "a=B"),
            ("a = b = c", "a=b = c"), ("a = b: c", "a=b: c"), ("a: b: c", "a=b: c"), ("a =", "a="), ("a:", "a="),
            ("a b = c", "a b=c"), ("a = %d%% %(x)s", "a=%d%% %(x)s"), ("a = # b", "a=# b"), ("a = b#c", "a=b#c"),
            ("a = \"b\"", "a=\"b\""), ("a = é 😀", "a=é 😀"), ("a = $B ${C}", "a=$B ${C}"), ("a = [b]", "a=[b]"),
            ("bind = 127.0.0.1:5000", "bind=127.0.0.1:5000"), ("bind = [::1]:5000", "bind=[::1]:5000"),
            ("create: http://x/?a=b", "create=http://x/?a=b"), ("cmd: prog --a=b", "cmd=prog --a=b"),
        ]
    )
    func setting(line: String, expected: String) {
        #expect(settings("[s]\n\(line)") == [expected])
    }

    @Test(
        "The colon of env:KEY belongs to the key, which keeps its case",
        arguments: [
            ("env:Path = /bin", "env:Path=/bin"), ("env:Path: /bin", "env:Path=/bin"),
            ("ENV:Path=/bin", "env:Path=/bin"),
            ("env:A = b:c", "env:A=b:c"), ("env:A = b=c", "env:A=b=c"), ("env:A =", "env:A="),
        ]
    )
    func environmentKeys(line: String, expected: String) {
        #expect(settings("[s]\n\(line)") == [expected])
    }

    @Test(
        "Comments are lines of their own, or follow a blank and a semicolon",
        arguments: [
            ("; a = b", []), ("# a = b", []), ("  ; a = b", []), ("  # a = b", []), ("a = b ; c", ["a=b"]),
            ("a = b\t;c", ["a=b"]), ("a = b;c", ["a=b;c"]), ("a = b # c", ["a=b # c"]), ("a = ; c", ["a="]),
            ("a = ;c", ["a="]), ("a =;c", ["a=;c"]), ("a =;", ["a=;"]), ("a = b;", ["a=b;"]), ("a = ;", ["a="]),
        ]
    )
    func comments(line: String, expected: [String]) {
        #expect(settings("[s]\n\(line)") == expected)
    }

    @Test(
        "A semicolon within quotes is part of the value",
        arguments: [
            ("a = sh -c 'x ; y'", "a=sh -c 'x ; y'"), ("a = sh -c \"x ; y\" ; z", "a=sh -c \"x ; y\""),
            ("a = it's ; so", "a=it's"), (#"a = x \' ; y"#, #"a=x \'"#), (#"a = "x \" ; y" ; z"#, #"a="x \" ; y""#),
            ("a = 'b' ; 'c'", "a='b'"),
        ]
    )
    func quotedSemicolon(line: String, expected: String) {
        #expect(settings("[s]\n\(line)") == [expected])
    }

    @Test("An indented line goes on with the value before it")
    func continuation() {
        #expect(settings("[s]\na = b\n  c\n\td ; e\nf = g") == ["a=b\nc\nd", "f=g"])
        #expect(settings("[s]\na =\n  b\n  c") == ["a=b\nc"])
        #expect(settings("[s]\na = b\n  ; not this\n  # nor this\n\n  c") == ["a=b\nc"])
    }

    @Test("Indented keys of an indented section are keys")
    func indented() {
        #expect(settings("  [s]\n  a = b\n  c = d\n    e") == ["a=b", "c=d\ne"])
        #expect(settings("[s]\n  a = b\n  c = d\n e = f\n  g = h") == ["a=b", "c=d", "e=f\ng = h"])
        #expect(settings("[s]\n  a = b\n[t]\n  c = d") == ["a=b", "c=d"])
        #expect(settings("[s]\na =\n  [x]\n  b = c") == ["a=[x]\nb = c"])
    }

    @Test("Lines are counted from 1, whatever ends them")
    func lines() {
        for end in ["\n", "\r\n"] {
            let document = parse(["; one", "[s]", "", "a = b", "  c", "[t]", "d = e"].joined(separator: end))
            #expect(document.errors.isEmpty)
            #expect(document.sections.map(\.name) == ["s", "t"])
            #expect(document.sections.map(\.line) == [2, 6])
            #expect(document.sections.flatMap(\.settings).map(\.line) == [4, 7])
            #expect(document.sections.flatMap(\.settings).map(\.value) == ["b\nc", "e"])
        }
    }

    @Test("A byte order mark is passed over")
    func byteOrderMark() {
        #expect(settings("\u{FEFF}[s]\na = b") == ["a=b"])
    }

    @Test("Nothing is no section and no error", arguments: ["", "\n", "\r\n\r\n", "; only a comment", " \t "])
    func nothing(text: String) {
        let document = parse(text)
        #expect(document.sections.isEmpty)
        #expect(document.errors.isEmpty)
    }

    @Test(
        "What can't be read is told with its line",
        arguments: [
            ("a = b", [1]), ("[s", [1]), ("[]", [1]), ("[ ]", [1]), ("[s]\nword", [2]), ("[s]\n= b", [2]),
            ("[s]\na = b\nA = c", [3]), ("[s]\nenv:A = b\nenv:A = c", [3]), ("[s]\n\nx\ny", [3, 4]),
            ("[s]\na = b\u{0}c", [2]), ("[s]\na = b\na = c\n  d\ne = f", [3]), ("[s\na = b\nc = d", [1]),
        ]
    )
    func faults(text: String, expected: [Int]) {
        #expect(parse(text).errors.map(\.line) == expected, "\(parse(text).errors)")
    }

    @Test("Keys of one name in different case of env:KEY, and in other sections, are different keys")
    func noDuplicates() {
        #expect(settings("[s]\nenv:a = 1\nenv:A = 2\n[t]\nenv:a = 3").count == 3)
    }

    @Test("A duplicate names both lines, the key and the value")
    func duplicate() throws {
        let error = try #require(parse("[s]\na = b\n\na = c").errors.first)
        #expect(error.description.hasPrefix("a.ini:4: [s] a = c: "))
        #expect(error.description.contains("line 2"))
    }

    @Test("Bytes that are no UTF-8 are refused with their line, and the rest is read")
    func invalidBytes() {
        let document = IniDocument(
            parsing: Array("[s]\na = ".utf8) + [0xFF, 0x0A] + Array("b = c".utf8),
            file: "a.ini"
        )
        #expect(document.errors.map(\.line) == [2])
        #expect(document.sections.flatMap(\.settings).map(\.key) == ["b"])
    }

    @Test("A file of nothing but faults is given up, so that its errors have an end")
    func endlessFaults() {
        let document = parse(String(repeating: "x\n", count: 100_000))
        #expect(document.errors.count < 1000)
    }

    @Test("Many keys of a section and many lines of a value are read in one go", .timeLimit(.minutes(1)))
    func large() {
        let keys = (0..<50_000).map { "env:K\($0) = v" }.joined(separator: "\n")
        #expect(parse("[s]\n" + keys).sections.first?.settings.count == 50_000)
        let value = String(repeating: "  word\n", count: 50_000)
        #expect(parse("[s]\na =\n" + value).sections.first?.settings.first?.value.utf8.count == 50_000 * 5 - 1)
    }
}
