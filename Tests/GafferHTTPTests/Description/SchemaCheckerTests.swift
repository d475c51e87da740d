import GafferModel
import Testing

@Suite("The checker of schemas")
struct SchemaCheckerTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var schema: JSON
        var good: [JSON]
        var bad: [JSON]

        var testDescription: String { schema.description }
    }

    static let rows: [Row] = [
        Row(schema: ["type": "integer"], good: [1, 2.0], bad: [1.5, "1", .null]),
        Row(schema: ["type": "number", "minimum": 1, "maximum": 2], good: [1, 1.5, 2], bad: [0.9, 2.1, "1"]),
        Row(schema: ["exclusiveMinimum": 0], good: [0.1], bad: [0, -1]),
        Row(schema: ["const": "N/A"], good: ["N/A"], bad: ["n/a", .null]),
        Row(schema: ["enum": ["a", "b"]], good: ["a"], bad: ["c", .null]),
        Row(schema: ["anyOf": [["type": "null"], ["type": "string"]]], good: [.null, "x"], bad: [1]),
        Row(schema: ["allOf": [["type": "string"], ["minLength": 2]]], good: ["xy"], bad: ["x", 12]),
        Row(
            schema: ["type": "string", "pattern": "^a+$", "maxLength": 2],
            good: ["a", "aa"],
            bad: ["", "ab", "aaa"]
        ),
        Row(
            schema: ["type": "object", "properties": ["a": ["type": "integer"]], "required": ["a"]],
            good: [["a": 1]],
            bad: [["a": "1"], [:], ["a": 1, "b": 2]]
        ),
        Row(
            schema: ["properties": ["a": true], "additionalProperties": ["type": "string"]],
            good: [["a": 1, "b": "x"]],
            bad: [["b": 1]]
        ),
        Row(schema: ["propertyNames": ["pattern": "^[a-z]$"]], good: [["a": 1]], bad: [["aa": 1]]),
        Row(
            schema: ["items": ["type": "integer"], "minItems": 1, "maxItems": 2, "uniqueItems": true],
            good: [[1], [1, 2]],
            bad: [[], [1, 1], [1, 2, 3], ["1"]]
        ),
        Row(
            schema: ["prefixItems": [["type": "integer"], ["type": "string"]], "items": false],
            good: [[1, "x"], [1]],
            bad: [["x", 1], [1, "x", 1]]
        ),
        Row(schema: ["$ref": "#/named"], good: [true], bad: [1]),
        Row(schema: ["$ref": "#/nothing"], good: [], bad: [1]),
        Row(schema: ["fantasy": 1], good: [], bad: [1]), Row(schema: false, good: [], bad: [1]),
    ]

    @Test("It tells good values from bad ones", arguments: rows)
    func tells(_ row: Row) {
        let checker = SchemaChecker(document: ["named": ["type": "boolean"]], isStrict: true)
        for value in row.good { #expect(checker.errors(value, row.schema) == []) }
        for value in row.bad { #expect(checker.errors(value, row.schema) != [], "\(value)") }
    }
}
