internal import GafferModel
internal import GafferSystem
internal import GafferTool
internal import WebClient

/// The one that bounds lines; the tool's cuts what comes from a gafferd.
typealias LineCutter = GafferSystem.LineCutter

/// Makes the lines of one stream of one process, or of gaffer itself, from bytes to bytes.
///
/// Text: `15:31:52 web.1  | hello`. JSON: an object a line, in this order: `time` (seconds since 1970), `type`,
/// `instance`, `stream`, `line`; `data_b64` where the line is no UTF-8 and so not whole in `line`; `partial` and
/// `continued` where a line that was too long was cut. What a process did has `event` in the place of `stream`; lines of
/// gaffer itself have neither `type` nor `instance`.
struct LineFormatter: Sendable {
    /// Where lines come from.
    struct Source: Sendable, Hashable {
        /// As it is shown.
        var name: String
        /// nil: gaffer itself.
        var type: String?
        var instance = 1
        /// The place of the type in the Procfile.
        var position: Int?
        var stream = "stdout"

        static let own = Source(name: LineStyle.ownName, position: nil)
    }

    private let style: LineStyle
    private let source: Source
    private let beforeTime: [UInt8]
    private let afterTime: [UInt8]
    private var second = Int.min
    /// What stands before each line of this second.
    private var prefix: [UInt8] = []

    init(_ style: LineStyle, _ source: Source) {
        self.style = style
        self.source = source
        let color = style.color(at: source.position)
        beforeTime = Array(color.utf8)
        let padding = String(repeating: " ", count: max(0, style.nameWidth - source.name.utf8.count))
        let name = style.hasPrefix ? "\(source.name)\(padding) |" : ""
        let reset = color.isEmpty ? "" : "\u{1B}[0m"
        // Without a name there is the time alone, which brings its own blank.
        afterTime = Array("\(name)\(reset)\(style.hasPrefix ? " " : "")".utf8)
    }

    /// Adds a line, or a piece of one.
    ///
    /// - Parameter time: in seconds since 1970.
    mutating func append(
        _ line: ByteView,
        _ piece: LineCutter.Piece = .whole,
        at time: Double,
        to batch: inout [UInt8]
    ) {
        guard style.format == .text else { return appendJSON(line, piece, at: time, to: &batch) }
        setTime(Int(time))
        batch.append(contentsOf: prefix)
        if style.isRaw {
            batch.append(contentsOf: line.buffer)
            // Pieces are put together again.
            if !piece.isPartial { batch.append(UInt8(ascii: "\n")) }
            return
        }
        if piece.isContinuation { batch.append(contentsOf: "\(LineStyle.cut) ".utf8) }
        if PlainBytes.isPlain(line.buffer) {
            batch.append(contentsOf: line.buffer)
        } else {
            batch.append(contentsOf: TerminalFilter.line(line.buffer, keepsColors: style.isColored))
        }
        if piece.isPartial { batch.append(contentsOf: " \(LineStyle.cut)".utf8) }
        batch.append(UInt8(ascii: "\n"))
    }

    /// Adds what happened to the process, as `spawn process with pid 12`.
    ///
    /// - Parameters:
    ///   - text: as it is shown.
    ///   - event: its short name, for JSON.
    ///   - members: what JSON has beside it.
    mutating func appendEvent(
        _ text: String,
        event: String,
        members: [JSON.Member] = [],
        at time: Double,
        to batch: inout [UInt8]
    ) {
        guard style.format == .json else {
            Array(text.escaped.utf8).withByteView { append($0, at: time, to: &batch) }
            return
        }
        var object: [JSON.Member] = [.init("time", .double(time))]
        if let type = source.type {
            object += [.init("type", .string(type)), .init("instance", .integer(Int64(source.instance)))]
        }
        object += [.init("event", .string(event))] + members + [.init("line", .string(text))]
        JSON.object(object).write(into: &batch)
        batch.append(UInt8(ascii: "\n"))
    }

    private mutating func setTime(_ now: Int) {
        guard now != second else { return }
        second = now
        prefix = beforeTime + Array(style.timeStamp.text(at: now).utf8) + afterTime
    }

    private func appendJSON(
        _ line: ByteView,
        _ piece: LineCutter.Piece,
        at time: Double,
        to batch: inout [UInt8]
    ) {
        let text = String(validating: line.buffer, as: UTF8.self)
        var object: [JSON.Member] = [
            .init("time", .double(time)), .init("type", .string(source.type ?? LineStyle.ownName)),
            .init("instance", .integer(Int64(source.instance))), .init("stream", .string(source.stream)),
            .init("line", .string(text ?? String(decoding: line.buffer, as: UTF8.self))),
        ]
        if text == nil { object.append(.init("data_b64", .string(Base64.encode(line.array)))) }
        if piece.isPartial { object.append(.init("partial", true)) }
        if piece.isContinuation { object.append(.init("continued", true)) }
        JSON.object(object).write(into: &batch)
        batch.append(UInt8(ascii: "\n"))
    }
}
