internal import GafferModel

extension ConfigReader {
    /// The kinds of keys of `[auth]`: `user.NAME` and `group.NAME`.
    package static let authKeys = ["user.NAME", "group.NAME"]
    /// Keys of the original: its users and keys were kept by modules of Python, in files that were named here.
    private static let formerAuthKeys = ["auth_backend", "keys_backend", "auth_dbname", "keys_dbname"]
    /// What is granted without a scope.
    private static let plainGrants = ["admin", "create_key", "create_user", "none"]
    private static let grantSyntax =
        "a list of admin, create_key, create_user and RIGHT SCOPE..., or none, is expected; "
        + "RIGHT is read, write, operate or manage, SCOPE is *, SESSION or SESSION.JOB"

    mutating func readAuth(_ section: IniDocument.Section) {
        guard isFirst(section, as: "[auth]") else { return }
        for setting in section.settings {
            do throws(SettingError) {
                try setAuth(setting, section)
            } catch {
                fail(section, setting, error.sentenceEnd)
            }
        }
    }

    private mutating func setAuth(
        _ setting: IniDocument.Setting,
        _ section: IniDocument.Section
    ) throws(SettingError) {
        if Self.formerAuthKeys.contains(setting.key) {
            config.warnings.append(
                "\(setting.key) of [auth] (\(place(section.file, setting.line))) is not active and not needed: users and "
                    + "keys are kept in auth.db in the state directory."
            )
            return
        }
        let subject = try subject(of: setting)
        let permissions = try Self.permissions(setting.value)
        config.auth.grants.append(PeerGrant(subject, permissions))
    }

    private func subject(of setting: IniDocument.Setting) throws(SettingError) -> PeerGrant.Subject {
        guard let point = setting.key.firstIndex(of: ".") else {
            throw unknownKey(setting, in: "[auth]", among: Self.formerAuthKeys + ["user.NAME", "group.NAME"])
        }
        let kind = String(setting.key[..<point])
        let name = setting.key[setting.key.index(after: point)...].trimmed
        switch kind {
        case "user":
            let user = try account(name)
            if case .name(let name) = user, !accounts.userExists(name) { throw SettingError("there is no such user") }
            return .user(user)
        case "group":
            let group = try account(name)
            if case .name(let name) = group, !accounts.groupExists(name) {
                throw SettingError("there is no such group")
            }
            return .group(group)
        default:
            let near = nearest(to: kind, among: ["user", "group"]).map { "; did you mean \($0).\(name.printable)?" }
            throw SettingError("There is no such key in [auth]" + (near ?? "; there are user.NAME and group.NAME."))
        }
    }

    private func account(_ name: String) throws(SettingError) -> Account {
        guard !name.isEmpty else { throw SettingError("a name or a number is expected after the point") }
        guard name.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return .name(name) }
        // The largest number is the one that stands for nobody.
        guard let number = UInt32(name), number < .max else { throw SettingError("the number is too large") }
        return .id(number)
    }

    private static func permissions(_ text: String) throws(SettingError) -> Permissions {
        let items = text.split(omittingEmptySubsequences: false) { $0 == "," || $0 == "\n" }.map(\.trimmed)
        var permissions = Permissions.none
        for item in items {
            let words = item.split { $0 == " " || $0 == "\t" }.map(String.init)
            guard let word = words.first else { throw SettingError(grantSyntax) }
            if let right = Right(rawValue: word) {
                try grant(right, words.dropFirst(), to: &permissions)
                continue
            }
            guard plainGrants.contains(word) else {
                let known = plainGrants + Right.allCases.map(\.rawValue)
                let near = nearest(to: word, among: known).map { "; did you mean \($0)?" } ?? ""
                throw SettingError(
                    "\(word.cited) is nothing that can be granted\(near.isEmpty ? ": \(grantSyntax)" : near)"
                )
            }
            guard words.count == 1 else { throw SettingError("\(word) has no scope") }
            switch word {
            case "admin": permissions.isAdmin = true
            case "create_key": permissions.mayCreateKeys = true
            case "create_user": permissions.mayCreateUsers = true
            default: guard items.count == 1 else { throw SettingError("none stands alone") }
            }
        }
        return permissions
    }

    private static func grant(
        _ right: Right,
        _ words: ArraySlice<String>,
        to permissions: inout Permissions
    ) throws(SettingError) {
        guard !words.isEmpty else {
            throw SettingError("\(right.rawValue) of what? Give *, SESSION or SESSION.JOB, as \(right.rawValue) *")
        }
        for word in words {
            do throws(GafferError) {
                permissions.scopes[right, default: []].insert(try Scope(parsing: word))
            } catch {
                throw SettingError(error.message)
            }
        }
    }
}
