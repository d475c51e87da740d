import GafferModel

/// Checks values by JSON Schema (2020-12), as far as the description of the API uses it; a keyword that it does not know
/// is an error.
struct SchemaChecker {
    /// The document in which references are looked up.
    let document: JSON
    /// Whether an object may have only the members that its schema names, unless the schema says otherwise.
    var isStrict = false

    private static let annotations: Set<String> = [
        "description", "default", "examples", "contentEncoding",
    ]

    /// What is wrong with a value; nothing where all is well.
    func errors(_ value: JSON, _ schema: JSON, at path: String = "") -> [String] {
        if schema == .bool(true) { return [] }
        guard let members = schema.objectValue else { return ["\(path): nothing is allowed here"] }
        return members.flatMap { keyword -> [String] in
            guard !SchemaChecker.annotations.contains(keyword.name) else { return [] }
            return errors(value, keyword.name, keyword.value, schema, path)
        }
    }

    /// What a reference leads to.
    func target(of reference: String) -> JSON? {
        reference.split(separator: "/").dropFirst().reduce(document as JSON?) { $0?[String($1)] }
    }

    private func errors(
        _ value: JSON,
        _ keyword: String,
        _ rule: JSON,
        _ schema: JSON,
        _ path: String
    ) -> [String] {
        func error(_ isWrong: Bool) -> [String] { isWrong ? ["\(path): \(value) against \(keyword) \(rule)"] : [] }
        switch keyword {
        case "$ref":
            guard let target = rule.stringValue.flatMap(target) else { return ["\(rule) leads nowhere"] }
            return errors(value, target, at: path)
        case "type": return error(rule.stringValue.map { !isOf(type: $0, value) } ?? true)
        case "const": return error(value != rule)
        case "enum": return error(rule.arrayValue?.contains(value) != true)
        case "anyOf":
            let all = (rule.arrayValue ?? []).map { errors(value, $0, at: path) }
            return all.contains([]) ? [] : ["\(path): none of these fits:"] + all.flatMap { $0 }
        case "allOf":
            return (rule.arrayValue ?? []).flatMap { errors(value, $0, at: path) }
        case "minimum": return error(number(value, rule) { $0 < $1 })
        case "maximum": return error(number(value, rule) { $0 > $1 })
        case "exclusiveMinimum": return error(number(value, rule) { $0 <= $1 })
        case "minLength": return error((value.stringValue?.unicodeScalars.count ?? .max) < rule.intValue ?? 0)
        case "maxLength": return error((value.stringValue?.unicodeScalars.count ?? 0) > rule.intValue ?? 0)
        case "pattern":
            guard let text = value.stringValue else { return [] }
            guard let pattern = rule.stringValue, let regex = try? Regex(pattern) else {
                return ["\(rule) is no pattern"]
            }
            return error(text.firstMatch(of: regex) == nil)
        case "properties", "required", "additionalProperties", "propertyNames":
            return errorsOfObject(value, keyword, rule, schema, path)
        case "items", "prefixItems", "minItems", "maxItems", "uniqueItems":
            return errorsOfArray(value, keyword, rule, schema, path)
        default: return ["\(keyword) is not known"]
        }
    }

    private func errorsOfObject(
        _ value: JSON,
        _ keyword: String,
        _ rule: JSON,
        _ schema: JSON,
        _ path: String
    ) -> [String] {
        guard let members = value.objectValue else { return [] }
        switch keyword {
        case "properties":
            let known = members.flatMap { member in
                rule[member.name].map { errors(member.value, $0, at: "\(path)/\(member.name)") } ?? []
            }
            guard isStrict, schema["additionalProperties"] == nil else { return known }
            let unknown = members.filter { rule[$0.name] == nil }
            return known + unknown.map { "\(path): \($0.name) is not described" }
        case "required":
            let missing = (rule.arrayValue ?? []).filter { value[$0.stringValue ?? ""] == nil }
            return missing.map { "\(path): \($0) is missing" }
        case "additionalProperties":
            let others = members.filter { schema["properties"]?[$0.name] == nil }
            return others.flatMap { errors($0.value, rule, at: "\(path)/\($0.name)") }
        default:
            return members.flatMap { errors(.string($0.name), rule, at: "\(path), a name") }
        }
    }

    private func errorsOfArray(
        _ value: JSON,
        _ keyword: String,
        _ rule: JSON,
        _ schema: JSON,
        _ path: String
    ) -> [String] {
        guard let elements = value.arrayValue else { return [] }
        let first = schema["prefixItems"]?.arrayValue ?? []
        switch keyword {
        case "items":
            return elements.dropFirst(first.count).flatMap { errors($0, rule, at: "\(path)/[]") }
        case "prefixItems":
            return zip(elements, first).flatMap { errors($0, $1, at: "\(path)/[]") }
        case "minItems": return elements.count < rule.intValue ?? 0 ? ["\(path): too few elements"] : []
        case "maxItems": return elements.count > rule.intValue ?? 0 ? ["\(path): too many elements"] : []
        default:
            let isUnique = Set(elements.map(\.description)).count == elements.count
            return isUnique ? [] : ["\(path): an element twice"]
        }
    }

    private func isOf(type: String, _ value: JSON) -> Bool {
        switch (type, value) {
        case ("null", .null), ("boolean", .bool), ("string", .string), ("array", .array), ("object", .object),
            ("integer", .integer), ("number", .integer), ("number", .double):
            true
        case ("integer", .double(let number)): number == number.rounded()
        default: false
        }
    }

    private func number(_ value: JSON, _ bound: JSON, _ isBeyond: (Double, Double) -> Bool) -> Bool {
        guard let number = value.doubleValue else { return false }
        return bound.doubleValue.map { isBeyond(number, $0) } ?? true
    }
}

/// The description as a client reads it.
struct Described {
    let document: JSON
    let checker: SchemaChecker

    init(_ document: JSON) {
        self.document = document
        checker = SchemaChecker(document: document, isStrict: true)
    }

    /// The operation of a path as it is described, and a method.
    func operation(_ path: String, _ method: String) -> JSON? {
        document["paths"]?[path]?[method.lowercased()]
    }

    /// What an answer may be; references are followed.
    func response(_ operation: JSON, _ status: Int) -> JSON? {
        guard let response = operation["responses"]?[String(status)] else { return nil }
        return response["$ref"]?.stringValue.flatMap(checker.target) ?? response
    }
}
