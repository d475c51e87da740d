/// A pattern of paths: `*`, `?` and `[a-z]` within a name, `**` for any number of folders, `{a,b}` for either; pure.
///
/// As in a shell, none of them matches a name that begins with a dot, unless the pattern has the dot there. `**` does
/// not enter ``ignoredFolders``.
struct GlobPattern: Sendable, Hashable {
    /// Folders that hold what tools make.
    static let ignoredFolders: Set<String> = ["CVS", "__pycache__", "node_modules"]

    /// What stands between two slashes.
    enum Part: Sendable, Hashable {
        case name(String)
        case pattern([Character])
        case anyFolders
    }

    /// The parts of an absolute path.
    let parts: [Part]

    /// Takes a pattern without braces.
    init(_ path: String) {
        parts = path.split(separator: "/").filter { $0 != "." }.map { part in
            if part == "**" { return .anyFolders }
            return part.contains { "*?[".contains($0) } ? .pattern(Array(part)) : .name(String(part))
        }
    }

    /// The patterns for which one with braces stands; nil where these don't pair, or are too many.
    static func expand(_ text: String) -> [String]? {
        guard let open = text.firstIndex(of: "{") else { return text.contains("}") ? nil : [text] }
        var depth = 0
        var choices: [String] = [""]
        var index = open
        while index < text.endIndex {
            let character = text[index]
            switch character {
            case "{":
                depth += 1
                if depth > 1 { choices[choices.count - 1].append(character) }
            case "}":
                depth -= 1
                if depth > 0 { choices[choices.count - 1].append(character) }
            case "," where depth == 1:
                choices.append("")
            default:
                choices[choices.count - 1].append(character)
            }
            if depth == 0 { break }
            index = text.index(after: index)
        }
        guard depth == 0 else { return nil }
        let rest = text[text.index(after: index)...]
        var result: [String] = []
        for choice in choices {
            guard let more = expand(text[..<open] + choice + rest) else { return nil }
            result += more
            guard result.count <= 100 else { return nil }
        }
        return result
    }

    /// The folder below which all matches are.
    var base: String {
        let names = parts.dropLast().prefix { if case .name = $0 { true } else { false } }
        return "/" + names.map { if case .name(let name) = $0 { name } else { "" } }.joined(separator: "/")
    }

    /// Whether a path is one of those that are meant.
    func matches(_ path: [Substring]) -> Bool {
        Self.matches(path[...], parts[...], asFolder: false)
    }

    /// Whether a folder may hold such a path.
    func mayContain(_ folder: [Substring]) -> Bool {
        Self.matches(folder[...], parts[...], asFolder: true)
    }

    private static func matches(_ path: ArraySlice<Substring>, _ parts: ArraySlice<Part>, asFolder: Bool) -> Bool {
        guard let part = parts.first else { return path.isEmpty && !asFolder }
        guard let name = path.first else { return asFolder || parts == [.anyFolders] }
        switch part {
        case .name(let wanted):
            return name == wanted && matches(path.dropFirst(), parts.dropFirst(), asFolder: asFolder)
        case .pattern(let pattern):
            return matches(name, pattern) && matches(path.dropFirst(), parts.dropFirst(), asFolder: asFolder)
        case .anyFolders:
            if matches(path, parts.dropFirst(), asFolder: asFolder) { return true }
            let isFile = path.count == 1 && !asFolder
            guard !name.hasPrefix("."), isFile || !ignoredFolders.contains(String(name)) else { return false }
            return matches(path.dropFirst(), parts, asFolder: asFolder)
        }
    }

    /// Whether a name matches a part.
    static func matches(_ name: Substring, _ pattern: [Character]) -> Bool {
        guard !name.hasPrefix(".") || pattern.first == "." else { return false }
        let name = Array(name)
        var at = 0
        var place = 0
        // Where the last star was, and how far it reaches: a later star never needs an earlier one to reach further.
        var star: (place: Int, at: Int)?
        while at < name.count {
            if place < pattern.count, pattern[place] == "*" {
                star = (place, at)
                place += 1
            } else if let next = step(name[at], pattern, place) {
                at += 1
                place = next
            } else if let last = star {
                star = (last.place, last.at + 1)
                at = last.at + 1
                place = last.place + 1
            } else {
                return false
            }
        }
        return pattern[place...].allSatisfy { $0 == "*" }
    }

    /// Where the pattern goes on after it took a character; nil: it does not take it.
    private static func step(_ character: Character, _ pattern: [Character], _ place: Int) -> Int? {
        guard place < pattern.count else { return nil }
        switch pattern[place] {
        case "?":
            return place + 1
        case "[":
            let start = place + 1
            let isNegated = start < pattern.count && (pattern[start] == "!" || pattern[start] == "^")
            let first = isNegated ? start + 1 : start
            // A bracket that comes first is one of the set.
            guard first + 1 < pattern.count, let end = pattern[(first + 1)...].firstIndex(of: "]") else {
                return character == "[" ? place + 1 : nil
            }
            var isInSet = false
            var index = first
            while index < end {
                if index + 2 < end, pattern[index + 1] == "-" {
                    if pattern[index] <= character, character <= pattern[index + 2] { isInSet = true }
                    index += 3
                } else {
                    if pattern[index] == character { isInSet = true }
                    index += 1
                }
            }
            return isInSet != isNegated ? end + 1 : nil
        case let literal:
            return literal == character ? place + 1 : nil
        }
    }
}
