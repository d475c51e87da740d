internal import GafferModel

/// A text that is known but for what only a process knows.
struct ImportTemplate: Sendable, Hashable {
    enum Piece: Sendable, Hashable {
        case text(String)
        /// A variable of the process, as it is.
        case variable(String)
        /// A variable of the process that becomes as many words as it holds.
        case words(String)
        /// The instance's number plus an offset, in so many digits at least.
        case number(offset: Int, width: Int)
    }

    var pieces: [Piece]

    init(_ pieces: [Piece]) {
        self.pieces = pieces.filter { $0 != .text("") }
    }

    init(_ text: String) {
        self.init([.text(text)])
    }

    /// Whether gaffer takes what follows a `$` for the name of a variable.
    static func isVariable(_ name: String) -> Bool {
        guard let first = name.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else {
            return false
        }
        return name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
    }

    /// The text; nil where only a process knows it.
    var literal: String? {
        var result = ""
        for piece in pieces {
            guard case .text(let text) = piece else { return nil }
            result += text
        }
        return result
    }

    /// Whether gaffer itself replaces all that is in it, in the words of a `cmd`.
    var needsShell: Bool {
        pieces.contains { piece in
            switch piece {
            case .text, .variable: false
            case .words: true
            case .number(let offset, let width): offset != 0 || width > 1
            }
        }
    }

    /// One word of a `cmd` that is no script.
    var iniWord: String {
        IniText.quoted(outputPath)
    }

    /// The path of an output file, in which gaffer replaces variables of the process; every number is its own.
    var outputPath: String {
        let parts = pieces.map { piece in
            switch piece {
            case .text(let text): text.doubling("$")
            case .variable(let name), .words(let name): "${\(name)}"
            case .number: "${GAFFER_INSTANCE}"
            }
        }
        return parts.joined()
    }

    /// One word of a script for `sh`, or several where it has ``Piece/words(_:)``.
    var shellWord: String {
        if let literal { return ShellWords.quote(literal) }
        if case .words(let name)? = pieces.first, pieces.count == 1 { return "$\(name)" }
        return "\"\(pieces.map(Self.quotedPart).joined())\""
    }

    /// Between double quotes.
    private static func quotedPart(_ piece: Piece) -> String {
        switch piece {
        case .text(let text):
            var result = ""
            for scalar in text.unicodeScalars {
                if "\\\"$`".unicodeScalars.contains(scalar) { result += "\\" }
                result.unicodeScalars.append(scalar)
            }
            return result
        case .variable(let name), .words(let name): return "${\(name)}"
        case .number(let offset, let width):
            let number =
                offset == 0 ? "$GAFFER_INSTANCE" : "$((GAFFER_INSTANCE \(offset < 0 ? "-" : "+") \(abs(offset))))"
            return width > 1 ? "$(printf %0\(width)d \(number))" : number
        }
    }

    /// The number of the first instance, where the text is one that grows by one with each of them; nil: it is none.
    ///
    /// - Parameter count: how many instances there are, at most.
    func firstNumber(of count: Int) -> Int? {
        var head = ""
        var rest = pieces[...]
        if case .text(let text)? = rest.first {
            head = text
            rest = rest.dropFirst()
        }
        guard rest.count == 1, case .number(let offset, let width)? = rest.first, offset >= -1, offset < 100_000 else {
            return nil
        }
        guard !head.isEmpty else { return 1 + offset }
        // Only digits that are never short of one go on from those before them.
        guard head.utf8.count <= 5, let base = Int(head), base > 0, (1...5).contains(width) else { return nil }
        let step = (0..<width).reduce(1) { product, _ in product * 10 }
        return offset + count < step ? base * step + 1 + offset : nil
    }
}

/// The command of a job that is imported.
struct ImportedCommand: Sendable, Hashable {
    /// Commands of a shell that come first, each of which has to succeed.
    var before: [String] = []
    var words: [ImportTemplate] = []
    /// A script instead of the words, for `sh`.
    var script: String?

    var needsShell: Bool {
        script != nil || !before.isEmpty || words.contains(where: \.needsShell)
    }

    /// The setting `cmd`, to which `shell = true` belongs where ``needsShell`` says so.
    var cmd: String {
        guard needsShell else { return words.map(\.iniWord).joined(separator: " ") }
        // The shell's place is taken by the program, which then gets the signals.
        let last = script ?? "exec " + words.map(\.shellWord).joined(separator: " ")
        return (before + [last]).joined(separator: " && ")
    }
}
