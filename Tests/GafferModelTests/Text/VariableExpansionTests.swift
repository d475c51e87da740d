import GafferModel
import Testing

@Suite("Variables in a word")
struct VariableExpansionTests {
    private static let variables = ["A": "1", "LONG_name_2": "two words", "_": "under", "SELF": "$A", "EMPTY": ""]

    @Test(
        "They are replaced",
        arguments: [
            ("", ""), ("plain", "plain"), ("$A", "1"), ("${A}", "1"), ("x$A", "x1"), ("$A.x", "1.x"), ("$A$A", "11"),
            ("${A}B", "1B"),
            ("$LONG_name_2", "two words"), ("$_", "under"), ("$$", "$"), ("$$A", "$A"), ("$$$A", "$1"), ("$SELF", "$A"),
            ("[$EMPTY]", "[]"), ("a=$A;b=${A}", "a=1;b=1"), ("é$A😀", "é1😀"), ("$A\u{301}", "1\u{301}"),
            ("$$\u{301}", "$\u{301}"),
        ]
    )
    func expanded(text: String, expected: String) throws {
        #expect(try VariableExpansion.expand(text) { Self.variables[$0] } == expected)
    }

    @Test(
        "What can't be replaced is told",
        arguments: [
            ("$B", #"The variable $B in "$B" is unknown."#),
            ("x${a}y", #"The variable $a in "x${a}y" is unknown."#),
            ("$A_", #"The variable $A_ in "$A_" is unknown."#),
            ("a$", #""a$": a single $ stands at its end; write $$ for the sign itself."#),
            ("$1", #""$1": "$1" is no variable; write $$ for the sign itself."#),
            ("$(date)", #""$(date)": "$(" is no variable; write $$ for the sign itself."#),
            ("$é", #""$é": "$é" is no variable; write $$ for the sign itself."#),
            ("$ A", #""$ A": "$ " is no variable; write $$ for the sign itself."#),
            ("${}", #""${}": "${" needs a name and a closing brace; write $$ for the sign itself."#),
            ("${A", #""${A": "${" needs a name and a closing brace; write $$ for the sign itself."#),
            ("${A-1}", #""${A-1}": "${" needs a name and a closing brace; write $$ for the sign itself."#),
            ("${1}", #""${1}": "${" needs a name and a closing brace; write $$ for the sign itself."#),
            ("${", #""${": "${" needs a name and a closing brace; write $$ for the sign itself."#),
        ]
    )
    func refused(text: String, message: String) {
        do {
            _ = try VariableExpansion.expand(text) { Self.variables[$0] }
            Issue.record("it was expanded")
        } catch {
            #expect(error.code == .badValue)
            #expect(error.message == message)
        }
    }

    @Test(
        "Their names are listed in order",
        arguments: [("", []), ("a$$b", []), ("$B/${A}:$B", ["B", "A", "B"])]
    )
    func names(text: String, expected: [String]) throws {
        #expect(try VariableExpansion.names(in: text) == expected)
    }

    @Test("A long word is cut in the message")
    func longWord() {
        let text = String(repeating: "$", count: 99_999)
        do {
            _ = try VariableExpansion.names(in: text)
            Issue.record("it was read")
        } catch {
            #expect(error.message.utf8.count < 500)
        }
    }
}
