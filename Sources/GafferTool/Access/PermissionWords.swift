package import GafferModel

/// What a key may, as it is given on the command line: `+a`, `+u`, `+k`, `+m`, `shop+rw`, `shop.web+m`, `*+r`.
package enum PermissionWords {
    /// A word that is none of that, with what is wrong.
    package struct Invalid: Error, Equatable {
        package let message: String
    }

    private static let rights: [(letter: Character, member: String)] = [
        ("m", "manage"), ("o", "operate"), ("w", "write"), ("r", "read"),
    ]

    /// The object of the API.
    ///
    /// - Throws: ``Invalid`` for the first word that is wrong.
    package static func json(_ words: [String]) throws(Invalid) -> JSON {
        var flags: [String] = []
        var scopes: [String: [String]] = [:]
        for word in words {
            guard let sign = word.lastIndex(of: "+"), word.index(after: sign) < word.endIndex else {
                throw Invalid(message: "\(word.quoted) is no permission: give +a, +u, +k, +m or SESSION[.JOB]+rwom.")
            }
            let scope = String(word[..<sign])
            let letters = word[word.index(after: sign)...]
            if scope.isEmpty {
                for letter in letters { try add(letter, word, &flags, &scopes) }
                continue
            }
            let name = try checked(scope)
            for letter in letters {
                guard let right = rights.first(where: { $0.letter == letter }) else {
                    throw Invalid(message: "\(word.quoted) has the unknown right \(String(letter).quoted): r, w, o, m.")
                }
                if scopes[right.member]?.contains(name) != true { scopes[right.member, default: []].append(name) }
            }
        }
        var members = flags.map { JSON.Member($0, .bool(true)) }
        for right in rights {
            if let names = scopes[right.member] { members.append(.init(right.member, .array(names.map(JSON.string)))) }
        }
        return .object(members)
    }

    /// What a key may, as it is given on the command line.
    package static func text(_ permissions: JSON) -> String {
        var words: [String] = []
        for (member, letter) in [("admin", "a"), ("create_user", "u"), ("create_key", "k")]
        where permissions[member]?.boolValue == true {
            words.append("+\(letter)")
        }
        var letters: [(scope: String, letters: String)] = []
        for right in rights.reversed() {
            let names = permissions[right.member]?.arrayValue?.compactMap(\.stringValue) ?? []
            for name in names {
                if let index = letters.firstIndex(where: { $0.scope == name }) {
                    letters[index].letters.append(right.letter)
                } else {
                    letters.append((name, String(right.letter)))
                }
            }
        }
        words += letters.map { "\($0.scope)+\($0.letters)" }
        return words.isEmpty ? "-" : words.joined(separator: " ")
    }

    private static func add(
        _ letter: Character,
        _ word: String,
        _ flags: inout [String],
        _ scopes: inout [String: [String]]
    ) throws(Invalid) {
        let flag: String
        switch letter {
        case "a": flag = "admin"
        case "u": flag = "create_user"
        case "k": flag = "create_key"
        case "m":
            if scopes["manage"]?.contains("*") != true { scopes["manage", default: []].append("*") }
            return
        default:
            throw Invalid(message: "\(word.quoted) has the unknown right \(String(letter).quoted): a, u, k, m.")
        }
        if !flags.contains(flag) { flags.append(flag) }
    }

    private static func checked(_ scope: String) throws(Invalid) -> String {
        if scope == "*" { return scope }
        let hasJob = scope.contains { $0 == "." || $0 == "/" || $0 == ":" }
        do throws(GafferError) {
            return hasJob ? try JobName(parsing: scope).description : try JobName(session: scope, job: "x").session
        } catch {
            throw Invalid(message: error.message)
        }
    }
}
