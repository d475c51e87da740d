package import GafferModel

/// What a new key is to be.
package struct KeyRequest: Sendable {
    /// What its maker calls it.
    package var label: String
    /// What it is to allow.
    package var permissions: Permissions
    /// What names the key that it is to be a sub-key of: an id, or a whole key.
    package var parent: String?

    /// Makes a request.
    package init(label: String = "", permissions: Permissions, parent: String? = nil) {
        self.label = label
        self.permissions = permissions
        self.parent = parent
    }

    /// Reads `{"permissions": {...}, "label": "", "parent": "k"}`; without permissions a key allows nothing.
    ///
    /// A member `key` is ignored, as in the original: no key is made of what somebody else knows.
    ///
    /// - Throws: ``GafferError`` (`bad_request`) that names the member.
    package init(json: JSON) throws(GafferError) {
        guard let members = json.objectValue else {
            throw GafferError(.badRequest, "The body is an object, as {\"label\": \"\", \"permissions\": {}}.")
        }
        self.init(permissions: .none)
        for member in members {
            switch member.name {
            case "label":
                guard let text = member.value.stringValue, text.utf8.count <= KeyRecord.maximumLabel else {
                    throw GafferError(.badRequest, "label is a text of \(KeyRecord.maximumLabel) bytes at most.")
                }
                label = text
            case "permissions": permissions = try Permissions(json: member.value)
            case "parent": parent = try Self.key(member)
            case "key": break
            default:
                throw GafferError(
                    .badRequest,
                    "There is no member \(member.name.cited); there are label, permissions and parent."
                )
            }
        }
    }

    /// The id or key of a member that names one, or null.
    static func key(_ member: JSON.Member) throws(GafferError) -> String? {
        switch member.value {
        case .null: return nil
        case .string(let text): return text
        case .bool, .integer, .double, .array, .object:
            throw GafferError(.badRequest, "\(member.name) is a key's id, or null.")
        }
    }
}
