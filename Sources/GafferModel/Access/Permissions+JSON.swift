extension Permissions {
    /// The members of the object that permissions are in JSON.
    enum Member: String, CaseIterable {
        case admin
        case createKey = "create_key"
        case createUser = "create_user"
        case manage
        case operate
        case write
        case read

        /// The right that its scopes are of; nil: it is true or false.
        var right: Right? {
            switch self {
            case .admin, .createKey, .createUser: nil
            case .manage: .manage
            case .operate: .operate
            case .write: .write
            case .read: .read
            }
        }
    }

    /// How many scopes there may be in all.
    public static let maximumScopes = 1000

    /// Reads the object that the API has; every member is optional.
    ///
    /// A right's scopes are an array of strings, or an object whose keys count, whatever their values are.
    ///
    /// - Throws: ``GafferError`` (`bad_request`) with all that is wrong, each with the member that it is about.
    public init(json: JSON) throws(GafferError) {
        self.init()
        guard let members = json.objectValue else {
            throw GafferError(.badRequest, "permissions is an object, as {\"read\": [\"*\"]}.")
        }
        var errors: [String] = []
        for member in members {
            guard let known = Member(rawValue: member.name) else {
                let words = Member.allCases.map(\.rawValue).joined(separator: ", ")
                errors.append("permissions has no member \(member.name.cited); there are \(words).")
                continue
            }
            do throws(GafferError) {
                try set(known, member.value)
            } catch {
                errors.append(error.message)
            }
        }
        if scopes.values.reduce(0, { $0 + $1.count }) > Permissions.maximumScopes {
            errors.append("permissions may name \(Permissions.maximumScopes) scopes at most.")
        }
        guard let first = errors.first else { return }
        throw GafferError(.badRequest, first, details: errors.count > 1 ? Array(errors.prefix(20)) : [])
    }

    private mutating func set(_ member: Member, _ value: JSON) throws(GafferError) {
        switch member {
        case .admin: isAdmin = try Permissions.bool(value, of: member)
        case .createKey: mayCreateKeys = try Permissions.bool(value, of: member)
        case .createUser: mayCreateUsers = try Permissions.bool(value, of: member)
        case .manage, .operate, .write, .read:
            guard let right = member.right else { return }
            scopes[right] = try Permissions.scopes(value, of: member)
        }
    }

    private static func bool(_ value: JSON, of member: Member) throws(GafferError) -> Bool {
        guard let bool = value.boolValue else {
            throw GafferError(.badRequest, "permissions: \(member.rawValue) is true or false.")
        }
        return bool
    }

    private static func scopes(_ value: JSON, of member: Member) throws(GafferError) -> Set<Scope>? {
        let names: [String?]
        switch value {
        case .array(let elements): names = elements.map(\.stringValue)
        case .object(let members): names = members.map(\.name)
        case .null, .bool, .integer, .double, .string: names = [nil]
        }
        var scopes: Set<Scope> = []
        for name in names {
            guard let name else {
                throw GafferError(
                    .badRequest,
                    "permissions: \(member.rawValue) is a list of \"*\", \"session\" or \"session.job\"."
                )
            }
            do throws(GafferError) {
                scopes.insert(try Scope(parsing: name))
            } catch {
                throw GafferError(.badRequest, "permissions: \(member.rawValue): \(error.message)")
            }
        }
        return scopes.isEmpty ? nil : scopes
    }

    /// The object that the API has, without the members that say nothing; scopes are sorted.
    public var json: JSON {
        let members = Member.allCases.compactMap { member -> JSON.Member? in
            let value: JSON
            switch member {
            case .admin: value = .bool(isAdmin)
            case .createKey: value = .bool(mayCreateKeys)
            case .createUser: value = .bool(mayCreateUsers)
            case .manage, .operate, .write, .read:
                let scopes = member.right.flatMap { self.scopes[$0] } ?? []
                value = .array(scopes.map(\.description).sorted().map { .string($0) })
            }
            guard value != .bool(false), value != .array([]) else { return nil }
            return JSON.Member(member.rawValue, value)
        }
        return .object(members)
    }
}
