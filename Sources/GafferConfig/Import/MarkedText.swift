internal import GafferModel

/// A text in which a private character stands for each piece that only a process knows, so that it can be taken apart
/// by quotes and commas like any other.
struct MarkedText: Sendable, Hashable {
    private static let first: UInt32 = 0x100000

    private(set) var text = ""
    private var pieces: [ImportTemplate.Piece] = []
    /// Equal pieces share a character, so that a file never has more than there are.
    private var places: [ImportTemplate.Piece: Int] = [:]

    mutating func append(_ text: some StringProtocol) {
        self.text.unicodeScalars.append(contentsOf: text.unicodeScalars)
    }

    mutating func append(_ piece: ImportTemplate.Piece) {
        if case .text(let text) = piece { return append(text) }
        let place = places[piece] ?? pieces.count
        guard let mark = Unicode.Scalar(Self.first + UInt32(place)) else { return }
        if place == pieces.count {
            pieces.append(piece)
            places[piece] = place
        }
        text.unicodeScalars.append(mark)
    }

    /// A part of the text, with what its characters stand for.
    func template(_ part: String) -> ImportTemplate {
        var result: [ImportTemplate.Piece] = []
        var literal = ""
        for scalar in part.unicodeScalars {
            let index = Int(scalar.value) - Int(Self.first)
            guard index >= 0, index < pieces.count else {
                literal.unicodeScalars.append(scalar)
                continue
            }
            result.append(.text(literal))
            literal = ""
            result.append(pieces[index])
        }
        return ImportTemplate(result + [.text(literal)])
    }

    /// The whole text.
    var template: ImportTemplate { template(text) }
}

/// Python's `%` formatting with names, as in `%(program_name)s` and `%(process_num)02d`.
enum PercentFormat {
    /// What a name stands for.
    enum Meaning {
        case text(String)
        case number(Int)
        case piece(ImportTemplate.Piece)
        /// The instance's number, plus so much.
        case instance(offset: Int)
    }

    /// Replaces all names of a text.
    ///
    /// - Parameter meaning: what a name stands for; throws where it stands for nothing.
    static func expand(
        _ text: String,
        meaning: (String) throws(SettingError) -> Meaning
    ) throws(SettingError) -> MarkedText {
        var result = MarkedText()
        var rest = text[...]
        while let percent = rest.firstIndex(of: "%") {
            result.append(rest[..<percent])
            rest = rest[rest.index(after: percent)...]
            if rest.first == "%" {
                result.append("%")
                rest.removeFirst()
                continue
            }
            guard rest.first == "(", let end = rest.firstIndex(of: ")") else {
                throw SettingError("a % stands for itself as %% only")
            }
            let name = String(rest[rest.index(after: rest.startIndex)..<end])
            rest = rest[rest.index(after: end)...]
            let spec = rest.prefix { "0123456789-+ #".contains($0) }
            rest = rest[spec.endIndex...]
            guard let conversion = rest.popFirst(), "sdi".contains(conversion) else {
                throw SettingError("%(\(name.printable)) is not followed by s or d")
            }
            try append(try meaning(name), spec: String(spec), conversion, name, to: &result)
        }
        result.append(rest)
        return result
    }

    private static func append(
        _ meaning: Meaning,
        spec: String,
        _ conversion: Character,
        _ name: String,
        to result: inout MarkedText
    ) throws(SettingError) {
        let isZeroed = spec.hasPrefix("0")
        guard let width = spec.isEmpty ? 0 : Int(spec), (0...20).contains(width) else {
            throw SettingError("the format of %(\(name.printable)) is not known here")
        }
        func padded(_ text: String, _ pad: Character) -> String {
            text.count < width ? String(repeating: pad, count: width - text.count) + text : text
        }
        switch meaning {
        case .text(let text):
            guard conversion == "s" else { throw SettingError("%(\(name.printable)) is no number") }
            result.append(padded(text, " "))
        case .number(let number):
            result.append(padded(String(number), isZeroed && conversion != "s" ? "0" : " "))
        case .piece(let piece):
            guard conversion == "s", width == 0 else { throw SettingError("%(\(name.printable)) takes an s alone") }
            result.append(piece)
        case .instance(let offset):
            guard width <= 1 || isZeroed && conversion != "s" else {
                throw SettingError("%(\(name.printable)) with blanks before it is not known here")
            }
            result.append(.number(offset: offset, width: width))
        }
    }
}
