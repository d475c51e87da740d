package import GafferModel

/// What a user is to be.
package struct UserRequest: Sendable {
    /// The longest JSON text of what is given besides, in bytes.
    package static let maximumExtra = 4096

    /// nil: it is named elsewhere, as in a path.
    package var name: String?
    /// How it logs in.
    package var password: Password
    /// What it is.
    package var kind: UserRecord.Kind
    /// What names its key: an id, or a whole key.
    package var key: String?
    /// What else is kept with it, and told with it.
    package var extra: [JSON.Member]

    /// Makes a request.
    package init(
        name: String?,
        password: Password,
        kind: UserRecord.Kind = .application,
        key: String? = nil,
        extra: [JSON.Member] = []
    ) {
        self.name = name
        self.password = password
        self.kind = kind
        self.key = key
        self.extra = extra
    }

    /// Reads `{"username": "u", "password": "p", "user_type": 1, "key": null, ...}`; what it does not know is kept
    /// with the user.
    ///
    /// - Throws: ``GafferError`` (`bad_request`) that names the member; never with its value, which may be a password.
    package init(json: JSON) throws(GafferError) {
        guard let members = json.objectValue else {
            throw GafferError(.badRequest, "The body is an object, as {\"username\": \"u\", \"password\": \"p\"}.")
        }
        var name: String?
        var password: Password?
        var kind = UserRecord.Kind.application
        var key: String?
        var extra: [JSON.Member] = []
        for member in members {
            switch member.name {
            case "username":
                guard let text = member.value.stringValue else {
                    throw GafferError(.badRequest, "username is a text.")
                }
                try UserRecord.check(name: text)
                name = text
            case "password": password = try Self.password(member.value)
            case "user_type":
                guard let number = member.value.intValue, let known = UserRecord.Kind(rawValue: number) else {
                    throw GafferError(.badRequest, "user_type is 0 (an administrator) or 1.")
                }
                kind = known
            case "key": key = try KeyRequest.key(member)
            default: extra.append(member)
            }
        }
        guard let password else { throw GafferError(.badRequest, "password is missing.") }
        guard JSON.object(extra).encoded().count <= Self.maximumExtra else {
            throw GafferError(
                .badRequest,
                "Besides username, password, user_type and key a user has \(Self.maximumExtra) bytes of JSON at most."
            )
        }
        self.init(name: name, password: password, kind: kind, key: key, extra: extra)
    }

    /// Reads `{"password": "p"}`.
    ///
    /// - Throws: ``GafferError`` (`bad_request`) that names the member.
    package static func password(json: JSON) throws(GafferError) -> Password {
        guard case .object(let members) = json, members.count == 1, members[0].name == "password" else {
            throw GafferError(.badRequest, "The body is an object with the member password.")
        }
        return try password(members[0].value)
    }

    /// Reads `{"key": "k"}`, where the key may be null.
    ///
    /// - Throws: ``GafferError`` (`bad_request`) that names the member.
    package static func key(json: JSON) throws(GafferError) -> String? {
        guard case .object(let members) = json, members.count == 1, members[0].name == "key" else {
            throw GafferError(.badRequest, "The body is an object with the member key.")
        }
        return try KeyRequest.key(members[0])
    }

    private static func password(_ value: JSON) throws(GafferError) -> Password {
        guard let text = value.stringValue else { throw GafferError(.badRequest, "password is a text.") }
        return try Password(text)
    }
}
