extension ShellLine {
    /// Words that only a shell can carry out, or that it carries out otherwise than the program of that name (`echo`).
    private static let shellWords: Set<String> = [
        "!", ".", ":", "[[", "{", "}", "alias", "bg", "break", "builtin", "case", "cd", "command", "continue", "coproc",
        "declare", "dirs", "do", "done", "echo", "elif", "else", "enable", "esac", "eval", "exit", "export", "fc",
        "fg", "fi", "for", "function", "getopts", "hash", "if", "in", "jobs", "let", "local", "popd", "pushd", "read",
        "readonly", "return", "select", "set", "shift", "shopt", "source", "suspend", "then", "time", "times", "trap",
        "type", "typeset", "ulimit", "umask", "unalias", "unset", "until", "wait", "while",
    ]

    /// Decides how a line is run.
    ///
    /// - Throws: ``Failure`` where no shell could make sense of it, or it names no program.
    package init(parsing text: String) throws(Failure) {
        self.text = text
        form = .script(text)
        programWord = nil
        let scanner = try ShellScanner(text)
        if !scanner.isCompound { try readCommand(scanner) }
    }

    /// One simple command.
    private mutating func readCommand(_ scanner: ShellScanner) throws(Failure) {
        let words = scanner.words
        guard let first = words.firstIndex(where: { !Self.isAssignment($0.raw) }) else {
            // Assignments and redirections alone are a command of the shell's.
            guard words.isEmpty, !scanner.hasRedirection else { return }
            throw Failure(message: "it names no program", offset: 0)
        }
        let needsShell = first > 0 || scanner.hasRedirection || words.contains { $0.isExpanded }
        if words[first].raw == "exec" {
            // It is there already; `exec -a NAME` and its like are the shell's.
            guard first + 1 < words.count, !words[first + 1].raw.hasPrefix("-") else { return }
            try setProgram(words[first + 1])
            form = needsShell ? .exec(text) : .words(words[(first + 1)...].map { String($0.value) })
            return
        }
        let isShellWord = Self.shellWords.contains(words[first].raw) || words[first].raw.hasPrefix("-")
        guard !isShellWord, !Self.isAppendingAssignment(words[first].raw) else { return }
        try setProgram(words[first])
        if needsShell {
            var script = text.unicodeScalars
            let start = script.index(script.startIndex, offsetBy: words[first].start)
            script.insert(contentsOf: "exec ".unicodeScalars, at: start)
            form = .exec(String(script))
        } else {
            form = .words(words.map { String($0.value) })
        }
    }

    private mutating func setProgram(_ word: ShellScanner.Word) throws(Failure) {
        guard !word.isExpanded else { return }
        guard !word.value.isEmpty else { throw Failure(message: "it names no program", offset: word.start) }
        programWord = String(word.value)
    }

    /// Whether a word is `NAME=…`, which stands before a command.
    private static func isAssignment(_ word: String) -> Bool {
        guard let equals = word.utf8.firstIndex(of: UInt8(ascii: "=")) else { return false }
        return isVariable(word.utf8[..<equals])
    }

    /// Whether a word is `NAME+=…`, which is one for some shells only.
    private static func isAppendingAssignment(_ word: String) -> Bool {
        guard let equals = word.utf8.firstIndex(of: UInt8(ascii: "=")) else { return false }
        let name = word.utf8[..<equals]
        return name.last == UInt8(ascii: "+") && isVariable(name.dropLast())
    }

    private static func isVariable(_ name: Substring.UTF8View) -> Bool {
        guard let first = name.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else { return false }
        return name.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
    }
}
