import GafferModel
import Testing

@Suite("The writer of JSON")
struct JSONWritingTests {
    @Test(
        "It writes without blanks, and reads the same back",
        arguments: [
            (.null, "null"), (true, "true"), (false, "false"), (0, "0"), (-1, "-1"),
            (.integer(.max), "9223372036854775807"),
            (.integer(.min), "-9223372036854775808"), (0.5, "0.5"), (1.0, "1.0"), (1e22, "1e+22"), (1e-7, "1e-07"),
            (.double(.greatestFiniteMagnitude), "1.7976931348623157e+308"), (.double(.leastNonzeroMagnitude), "5e-324"),
            ("", #""""#), ("a/b", #""a/b""#), ("\"\\", #""\"\\""#), ("\n\r\t", #""\n\r\t""#),
            ("\0\u{1}\u{1f}\u{7f}", #""\u0000\u0001\u001f\u007f""#), ("é😀", "\"é😀\""),
            ([], "[]"), ([1, "a", .null], #"[1,"a",null]"#), ([:], "{}"),
            (["b": 1, "a": [["c": 2]]], #"{"b":1,"a":[{"c":2}]}"#),
        ] as [(JSON, String)]
    )
    func written(json: JSON, expected: String) throws {
        #expect(json.text == expected)
        #expect(json.description == expected)
        #expect(json.encoded() == Array(expected.utf8))
        #expect(try JSON(parsing: json.text) == json)
        #expect(try JSON(parsing: json.pretty) == json)
    }

    @Test("What is not finite is null", arguments: [Double.nan, .infinity, -.infinity])
    func notFinite(value: Double) {
        #expect(JSON.double(value).text == "null")
    }

    @Test("For people it has a line for each member and element")
    func pretty() {
        let json: JSON = ["name": "web", "pids": [1, 2], "env": [:], "none": [], "nested": ["a": [["b": .null]]]]
        #expect(
            json.pretty == """
                {
                  "name": "web",
                  "pids": [
                    1,
                    2
                  ],
                  "env": {},
                  "none": [],
                  "nested": {
                    "a": [
                      {
                        "b": null
                      }
                    ]
                  }
                }
                """
        )
    }

    @Test("Any value that is written is read as the same", arguments: 0..<20 as Range<UInt64>)
    func roundTrip(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<60 {
            let json = JSON.random(depth: 4, using: &generator)
            #expect(try JSON(parsing: json.encoded()) == json)
            #expect(try JSON(parsing: json.pretty) == json)
        }
    }
}

extension JSON {
    static func random(depth: Int, using generator: inout SeededGenerator) -> JSON {
        switch Int.random(in: 0..<(depth > 0 ? 8 : 6), using: &generator) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &generator))
        case 2: return .integer(Int64.random(in: .min ... .max, using: &generator))
        case 3: return .integer(Int64.random(in: -1000...1000, using: &generator))
        case 4:
            let value = Double(bitPattern: UInt64.random(in: 0 ... .max, using: &generator))
            return value.isFinite ? .double(value) : .null
        case 5: return .string(.random(using: &generator))
        case 6:
            let count = Int.random(in: 0...4, using: &generator)
            return .array((0..<count).map { _ in random(depth: depth - 1, using: &generator) })
        default:
            let count = Int.random(in: 0...20, using: &generator)
            return .object(
                (0..<count).map {
                    Member("\($0)" + .random(using: &generator), random(depth: depth - 1, using: &generator))
                }
            )
        }
    }
}

extension String {
    /// Of all kinds of characters, control ones included.
    static func random(using generator: inout SeededGenerator) -> String {
        var scalars = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0...12, using: &generator) {
            let range: ClosedRange<UInt32> = generator.pick([
                0...0x20, 0x21...0x7F, 0x80...0x7FF, 0x800...0xD7FF, 0x1F600...0x1F64F,
            ])
            if let scalar = Unicode.Scalar(UInt32.random(in: range, using: &generator)) { scalars.append(scalar) }
        }
        return String(scalars)
    }
}
