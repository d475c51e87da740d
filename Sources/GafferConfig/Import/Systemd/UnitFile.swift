internal import GafferModel

/// Reads a unit file of systemd.
///
/// A line that ends with a backslash goes on with the next one that is no comment; `#` and `;` begin a comment at the
/// start of a line only; a key may stand several times.
struct UnitFile {
    private(set) var settings: [ForeignSection.Setting] = []
    /// Lines that are no settings, which systemd passes over too.
    private(set) var strays: [ForeignSection.Setting] = []
    /// The line of `[Service]`; nil: there is none.
    private(set) var serviceLine: Int?

    init(_ source: ConfigImport.Source) {
        var bytes = source.content[...]
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes = bytes.dropFirst(3) }
        var section: String?
        var open = ""
        var first = 0
        var isOpen = false
        var number = 0
        func finish(_ text: String, _ line: Int, _ file: inout UnitFile) {
            let text = text.trimmed
            guard !text.isEmpty else { return }
            if text.hasPrefix("["), text.hasSuffix("]") {
                section = String(text.dropFirst().dropLast())
                if section == "Service", file.serviceLine == nil { file.serviceLine = line }
                return
            }
            guard let equals = text.firstIndex(of: "="), let section else {
                file.strays.append(.init(key: text, value: "", file: source.file, line: line, section: section))
                return
            }
            let key = text[..<equals].trimmed
            let value = text[text.index(after: equals)...].trimmed
            file.settings.append(.init(key: key, value: value, file: source.file, line: line, section: section))
        }
        for line in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
            number += 1
            var text = String(decoding: line, as: UTF8.self)
            if text.hasSuffix("\r") { text.removeLast() }
            let start = text.trimmed
            if start.hasPrefix("#") || start.hasPrefix(";") { continue }
            if !isOpen { first = number }
            let piece = isOpen ? text : start
            isOpen = piece.hasSuffix("\\")
            open += isOpen ? piece.dropLast() + " " : piece
            if !isOpen {
                finish(open, first, &self)
                open = ""
            }
        }
        if isOpen { finish(open, first, &self) }
    }
}
