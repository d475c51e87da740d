internal import GafferModel

/// Reads the lines of a ``Procfile``.
struct ProcfileReader {
    private typealias Line = ArraySlice<UInt8>

    /// After so many errors it is no Procfile.
    static let errorLimit = 100

    private(set) var procfile: Procfile
    private(set) var errors: [ConfigError] = []
    private var isFull = false

    /// Reads what can be read; what can't be is told in ``errors``.
    init(_ text: ApplicationSources.Text) {
        procfile = Procfile(file: text.file)
        read(text.content[...])
    }

    private mutating func read(_ content: Line) {
        guard content.count <= Procfile.maximumSize else {
            return fail(0, 0, "The file is longer than \(ByteSize.human(UInt64(Procfile.maximumSize))).")
        }
        let bytes = content.starts(with: [0xEF, 0xBB, 0xBF]) ? content.dropFirst(3) : content
        var number = 0
        for line in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
            number += 1
            guard errors.count < Self.errorLimit else {
                return fail(number, 0, "The rest of the file is not read: there are too many errors.")
            }
            guard !isFull else { return }
            read(line.last == 0x0D ? line.dropLast() : line, number)
        }
    }

    private mutating func read(_ line: Line, _ number: Int) {
        guard let start = line.firstIndex(where: { !isBlank($0) }), line[start] != UInt8(ascii: "#") else { return }
        if let nul = line.firstIndex(of: 0) {
            return fail(number, column(nul, line), "The line holds a NUL: is it a text file?")
        }
        guard let text = String(validating: line, as: UTF8.self) else {
            return fail(number, 0, "The line is not UTF-8.")
        }
        if let carriageReturn = line.firstIndex(of: 0x0D) {
            let message = "A carriage return stands within the line: end lines with a line feed."
            return fail(number, column(carriageReturn, line), message)
        }
        guard start == line.startIndex else {
            return fail(number, column(start, line), "An entry begins its line: take the blanks before it away.")
        }
        let name = line.prefix(while: isOfName)
        guard name.endIndex < line.endIndex, line[name.endIndex] == UInt8(ascii: ":"), !name.isEmpty else {
            return refuse(line, after: name, text, number)
        }
        readEntry(String(decoding: name, as: UTF8.self), line[(name.endIndex + 1)...], of: line, number)
    }

    private mutating func readEntry(_ name: String, _ rest: Line, of line: Line, _ number: Int) {
        guard JobName.isValid(name) else {
            let message =
                "\(name.cited) can't name a job: it needs a letter, and \(JobName.maximumLength) characters "
                + "at most."
            return fail(number, 1, message)
        }
        if let first = procfile[name] {
            return fail(number, 1, "\(name) stands twice; the first time in line \(first.line).")
        }
        let command = trimmed(rest)
        guard !command.isEmpty else {
            return fail(number, column(rest.startIndex, line), "\(name) has no command.")
        }
        guard command.count <= Procfile.maximumCommand else {
            let limit = Procfile.maximumCommand
            return fail(number, column(command.startIndex, line), "The command is longer than \(limit) bytes.")
        }
        guard procfile.entries.count < Procfile.maximumEntries else {
            isFull = true
            return fail(number, 0, "The rest of the file is not read: there are too many entries.")
        }
        procfile.entries.append(
            Procfile.Entry(
                name: name,
                command: String(decoding: command, as: UTF8.self),
                line: number,
                column: column(command.startIndex, line)
            )
        )
    }

    /// Tells why a line is no entry, as precisely as can be guessed.
    private mutating func refuse(_ line: Line, after name: Line, _ text: String, _ number: Int) {
        let expected = "NAME: COMMAND is expected"
        let rest = line[name.endIndex...]
        guard let colon = rest.firstIndex(of: UInt8(ascii: ":")) else {
            return fail(number, 1, "\(expected): \(text.printable)")
        }
        if rest[..<colon].allSatisfy(isBlank), !name.isEmpty {
            return fail(number, column(name.endIndex, line), "\(expected): the colon follows the name at once.")
        }
        guard let wrong = String(decoding: rest[..<colon], as: UTF8.self).unicodeScalars.first else {
            return fail(number, 1, "\(expected): there is no name before the colon.")
        }
        let message = "\(expected): a name has letters, digits, _ and - only, not \(String(wrong).cited)."
        fail(number, column(name.endIndex, line), message)
    }

    private mutating func fail(_ line: Int, _ column: Int, _ message: String) {
        errors.append(ConfigError(file: procfile.file, line: line, column: column, message: message))
    }

    /// Without blanks at either end, but for a last one that a backslash makes part of a word.
    private func trimmed(_ text: Line) -> Line {
        let text = text.drop(while: isBlank)
        guard let last = text.lastIndex(where: { !isBlank($0) }) else { return text.prefix(0) }
        let backslashes = text[...last].reversed().prefix { $0 == UInt8(ascii: "\\") }.count
        let keepsBlank = backslashes % 2 == 1 && last + 1 < text.endIndex
        return text[...(keepsBlank ? last + 1 : last)]
    }

    /// The column of a byte: characters of Unicode, of which continuation bytes are none.
    private func column(_ index: Line.Index, _ line: Line) -> Int {
        line[..<index].count { $0 & 0xC0 != 0x80 } + 1
    }

    private func isOfName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    private func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09
    }
}
