import GafferModel
import Glibc
import Testing

@testable import GafferConfig

@Suite("How a command line is run")
struct ShellLineTests {
    @Test(
        "By itself, where a shell would only take quotes away",
        arguments: [
            ("./web", ["./web"]), ("python -u app.py", ["python", "-u", "app.py"]), ("  a\t b  ", ["a", "b"]),
            ("a 'b c' \"d e\" f\\ g", ["a", "b c", "d e", "f g"]), ("a '' \"\"", ["a", "", ""]),
            ("a '$B' \\$C \"\\$D\"", ["a", "$B", "$C", "$D"]), ("a $ \"$\" b$", ["a", "$", "$", "b$"]),
            ("a '*' \\* \"?\" '~' x~ --d=~/x", ["a", "*", "*", "?", "~", "x~", "--d=~/x"]),
            ("a 'b;c' \"d|e\" f\\&g", ["a", "b;c", "d|e", "f&g"]), ("a b=c --d=e", ["a", "b=c", "--d=e"]),
            ("a b#c # d; e | f 'g", ["a", "b#c"]), ("exec a b", ["a", "b"]), ("'if' a", ["if", "a"]),
            ("a if ! }", ["a", "if", "!", "}"]), ("a'b'\"c\"\\d", ["abcd"]), ("a \"b\\nc\\\\\"", ["a", "b\\nc\\"]),
            ("\\cd x", ["cd", "x"]), ("a é 日本", ["a", "é", "日本"]), ("a %1 ^x @y +z", ["a", "%1", "^x", "@y", "+z"]),
            ("1=2 a", ["1=2", "a"]), ("'A'=b c", ["A=b", "c"]), ("a 2 3", ["a", "2", "3"]),
        ]
    )
    func words(text: String, expected: [String]) throws {
        let line = try ShellLine(parsing: text)
        #expect(line.form == .words(expected))
        #expect(line.program == expected[0])
        #expect(line.arguments == Array(expected.dropFirst()))
        #expect(line.programWord == expected[0])
    }

    @Test(
        "By a shell that the program takes the place of, where one command needs a shell",
        arguments: [
            ("web -p $PORT", "exec web -p $PORT", "web"), ("web ${A:-b c}", "exec web ${A:-b c}", "web"),
            ("web \"$A\"", "exec web \"$A\"", "web"), ("web $(nproc)", "exec web $(nproc)", "web"),
            ("web $(a; b 'c)' \"$(d)\") e", "exec web $(a; b 'c)' \"$(d)\") e", "web"),
            ("web `a | b`", "exec web `a | b`", "web"), ("web \"`a`\" $((1+2))", "exec web \"`a`\" $((1+2))", "web"),
            ("$BIN/web", "exec $BIN/web", nil), ("\"$BIN\" x", "exec \"$BIN\" x", nil),
            ("web *.py", "exec web *.py", "web"), ("web a? [b]", "exec web a? [b]", "web"),
            ("web ~/x", "exec web ~/x", "web"), ("~/web", "exec ~/web", nil), ("web {a,b}", "exec web {a,b}", "web"),
            ("A=b web", "A=b exec web", "web"), ("A=b C=\"d e\" web f", "A=b C=\"d e\" exec web f", "web"),
            ("A=$B web", "A=$B exec web", "web"), ("web > log", "exec web > log", "web"),
            ("web >>log 2>&1 <in", "exec web >>log 2>&1 <in", "web"),
            ("web 2>/dev/null", "exec web 2>/dev/null", "web"),
            (">log web", ">log exec web", "web"), (">log A=b web", ">log A=b exec web", "web"),
            ("web >|a 3<>b", "exec web >|a 3<>b", "web"), ("web 2 >a", "exec web 2 >a", "web"),
            ("web $X # y", "exec web $X # y", "web"), ("exec web $X", "exec web $X", "web"),
            ("A=b exec web", "A=b exec web", "web"), ("exec web >log", "exec web >log", "web"),
            ("web $'a'", "exec web $'a'", "web"), ("web $1 $@ $?", "exec web $1 $@ $?", "web"),
            ("'my web' $X", "exec 'my web' $X", "my web"),
        ]
    )
    func exec(text: String, script: String, program: String?) throws {
        let line = try ShellLine(parsing: text)
        #expect(line.form == .exec(script))
        #expect(line.program == "/bin/sh")
        #expect(line.arguments == ["-c", script])
        #expect(line.programWord == program)
    }

    @Test(
        "By a shell as it is, where it is more than one simple command, or the shell's own",
        arguments: [
            "a && b", "a || b", "a; b", "a ;", "a | b", "a &", "(a)", "a\nb", "if a; then b; fi", "! a", "{ a; }",
            "cd x",
            ". ./env", "source env", "export A=b", "A=b", "A=$(b) C=d", "> log", "a << b", "a <<< b", "a < (b)",
            "a <(b)",
            "a >(b)", "a &> b", "a >&", "a >", "exec", "exec -a b c", "exec > log", "A+=b c", "echo 'a\\nb'", "time a",
            ": a", "a $(b", "a `b", "a ${b", "a $(case x in x) b;; esac) c", "-x a", "while true; do a; done",
            "f() { a; }",
            "A=b cd x", "wait", "umask 77", "ulimit -n 9", "a 'b' && c \"d\"", "[[ a ]]",
        ]
    )
    func script(text: String) throws {
        let line = try ShellLine(parsing: text)
        #expect(line.form == .script(text))
        #expect(line.arguments == ["-c", text])
        #expect(line.programWord == nil)
    }

    @Test(
        "Not at all, where no shell could read it or it names no program",
        arguments: [
            ("a 'b", "a single quote is not closed", 2), ("a \"b", "a double quote is not closed", 2),
            ("a b\\", "nothing follows the last backslash", 3), ("é \"b\\", "a double quote is not closed", 2),
            ("", "it names no program", 0), (" # a", "it names no program", 0), ("'' a", "it names no program", 0),
            ("A=b \"\"", "it names no program", 4), ("a; b 'c", "a single quote is not closed", 5),
        ]
    )
    func refused(text: String, message: String, offset: Int) {
        #expect(throws: ShellLine.Failure(message: message, offset: offset)) { try ShellLine(parsing: text) }
    }

    /// The words of a line that is run by itself.
    static func words(of text: String) -> [String]? {
        guard let line = try? ShellLine(parsing: text), case .words(let words) = line.form else { return nil }
        return words
    }

    // MARK: - Beside the shell itself

    /// What a script writes; nil where it fails.
    private static func output(_ script: String) throws -> [UInt8]? {
        let pipe = try #require(popen("exec 2>&1; " + "sh -c \(ShellWords.quote(script))", "re"))
        var output: [UInt8] = []
        while case let byte = fgetc(pipe), byte != EOF { output.append(UInt8(truncatingIfNeeded: byte)) }
        return pclose(pipe) == 0 ? output : nil
    }

    private static let pieces = [
        "'a b'", "\"c d\"", "e\\ f", "$HOME", "\"$HOME\"", "${NO:-x y}", "$(printf 'p q')", "`printf r`", "#", " # s t",
        "\\$u", "'$v'", "\"\\$w\\\\\"", "~", "x=y", "[z", "a*b", "''", "\"\"", " ", "  ", "\t", "é", " $ ", "2>&1",
        "{g,h}",
        "!", "%", "'\"'", "\"'\"", "\\'", "$((1+2))", ">/dev/null", "1", "2", " 2>/dev/null", "\\\\", "A=b", "if", ";",
        " ; ", "&&printf k", "(", ")",
    ]

    @Test("The forms do what a shell does with the line", arguments: 0..<100)
    func besideShell(seed: Int) throws {
        var numbers = MutationTests.Numbers(seed: UInt64(seed))
        var text = Bool.random(using: &numbers) ? "printf '<%s>' " : "A=1 printf '<%s>' "
        for _ in 0..<Int.random(in: 1...6, using: &numbers) {
            text += Self.pieces.randomElement(using: &numbers) ?? ""
            if Bool.random(using: &numbers) { text += " " }
        }
        let line: ShellLine
        do {
            line = try ShellLine(parsing: text)
        } catch {
            #expect(try Self.output(text) == nil, "\(text): a shell reads it")
            return
        }
        let script =
            switch line.form {
            case .words(let words): words.map(ShellWords.quote).joined(separator: " ")
            case .exec(let script), .script(let script): script
            }
        // Where the line is wrong, a shell says so of either.
        #expect(try Self.output(script) == Self.output(text), "\(text)")
    }

    @Test("A shell with exec is gone once the program runs")
    func execReplacesShell() throws {
        for text in ["sh -c 'echo $$' $NONE", "A=b sh -c 'echo $$'", "sh -c 'echo $$' 2>&1"] {
            let line = try ShellLine(parsing: text)
            guard case .exec(let script) = line.form else {
                Issue.record("\(text) is run otherwise")
                continue
            }
            // The shell tells its own number first, and the program has it afterwards.
            let told = try #require(try Self.output("echo $$; \(script)"))
            let lines = String(decoding: told, as: UTF8.self).split(separator: "\n")
            #expect(lines.count == 2 && lines.first == lines.last, "\(text)")
        }
    }
}
