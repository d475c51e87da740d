import GafferModel
import Testing

@testable import GafferConfig

/// What Python 3.11 and supervisord 4.3 make of these texts was recorded.
@Suite("Words as Python's shlex has them")
struct PythonWordsTests {
    static let words: [(text: String, words: [String]?)] = [
        ("a  b", ["a", "b"]),
        ("'a b'c\"d\"", ["a bcd"]),
        ("\"a \\\"b\\\" \\$x \\`y \\n \\\\\"", ["a \"b\" \\$x \\`y \\n \\"]),
        ("a\\ b \\x", ["a b", "x"]),
        ("''", [""]),
        ("\"\" ''", ["", ""]),
        ("'a'\\''b'", ["a'b"]),
        ("'un", nil),
        ("a\\", nil),
        ("\"un", nil),
        ("a\tb\nc", ["a", "b", "c"]),
        ("# no comment", ["#", "no", "comment"]),
        ("a#b", ["a#b"]),
        ("'\\'", ["\\"]),
        ("é ü", ["é", "ü"]),
        ("\"a\nb\"", ["a\nb"]),
        ("\\\n x", ["\n", "x"]),
        ("$HOME ${X} `date`", ["$HOME", "${X}", "`date`"]),
    ]

    @Test("A command is taken apart as shlex.split does", arguments: PythonWordsTests.words)
    func splitting(row: (text: String, words: [String]?)) {
        #expect((try? PythonWords.split(row.text)) == row.words)
    }

    static let pairs: [(text: String, pairs: [[String]]?)] = [
        ("A=\"1\",B=2", [["A", "1"], ["B", "2"]]),
        ("A=1, B = \"x y\" ,C='z'", [["A", "1"], ["B", "x y"], ["C", "z"]]),
        ("A=\"a,b=c\"", [["A", "a,b=c"]]),
        ("A=b c", [["A", "b"]]),
        ("A=/x/y.z+(1):2", [["A", "/x/y.z+(1):2"]]),
        ("A=\"it's\"", [["A", "it's"]]),
        ("A='say \"x\"'", [["A", "say \"x"]]),
        ("A=x\"y z\"", [["A", "x\"y"]]),
        ("A=\"x\\\"y\"", [["A", "x\\"]]),
        ("A=a;b", nil),
        ("A=\"#1\",B=2", [["A", "#1"], ["B", "2"]]),
        ("A=1#2,B=3", [["A", "1"]]),
        ("A=1 # c", [["A", "1"]]),
        ("A=", nil),
        ("A", nil),
        ("", []),
        (" ", []),
        ("A=\"\"", [["A", ""]]),
        ("A=\"un", nil),
        ("A=''x''", [["A", ""]]),
        ("A=é", [["A", "é"]]),
        ("A=\"é\"", [["A", "é"]]),
        ("A=1;B=2", [["A", "1"], ["B", "2"]]),
        ("A-B=1", [["A-B", "1"]]),
        ("A=%s", [["A", "%"]]),
        ("A=\"'q'\"", [["A", "q"]]),
        ("A=\"1\"\n,B=\"2\"", [["A", "1"], ["B", "2"]]),
        ("A=$x", [["A", "$"]]),
        ("A=a=b", nil),
        ("A=1,,B=2", nil),
        ("A=1,", [["A", "1"]]),
    ]

    @Test("KEY=value pairs are taken apart as supervisord does", arguments: PythonWordsTests.pairs)
    func pairing(row: (text: String, pairs: [[String]]?)) {
        let read = try? PythonWords.pairs(row.text).map { [$0.name, $0.value] }
        #expect(read == row.pairs)
    }
}
