package import GafferModel

/// The parameters after the `?` of a target; names that no route knows are left alone.
package struct Query: Sendable, Hashable {
    private var parameters: [Parameter] = []

    private struct Parameter: Sendable, Hashable {
        var name: String
        var value: String
    }

    /// No parameters.
    package init() {}

    /// Reads `a=1&b=2`.
    ///
    /// - Throws: `bad_request` where an escape can't be decoded or a name comes twice.
    init(parsing text: Substring) throws(GafferError) {
        for part in text.utf8.split(separator: UInt8(ascii: "&")) {
            let mark = part.firstIndex(of: UInt8(ascii: "="))
            let name = try RequestTarget.decoded(Substring(part[..<(mark ?? part.endIndex)]))
            let value = mark.map { part[part.index(after: $0)...] } ?? part[part.endIndex...]
            guard self[name] == nil else {
                throw GafferError(.badRequest, "The parameter \(JSON.string(name)) is given twice.")
            }
            parameters.append(Parameter(name: name, value: try RequestTarget.decoded(Substring(value))))
        }
    }

    /// The value of the parameter of that name.
    package subscript(name: String) -> String? {
        parameters.first { $0.name == name }?.value
    }

    /// A parameter that is `true` or `false`, `1` or `0`; false where it is absent.
    ///
    /// - Throws: `bad_request` for any other value.
    package func flag(_ name: String) throws(GafferError) -> Bool {
        switch self[name] {
        case nil, "false", "0": return false
        case "true", "1": return true
        case .some(let value):
            throw GafferError(.badRequest, "\(name) is true or false, not \(JSON.string(value)).")
        }
    }
}
