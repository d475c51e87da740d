internal import GafferSystem

/// Why a record has not the whole of a line, or not its newline; as journald's own `_LINE_BREAK`.
package enum LineBreak: String, Sendable {
    /// The line is longer than a record takes; it goes on in the next one.
    case lineMax = "line-max"
    /// The stream ended without a newline.
    case end = "eof"
    /// The rest of the line was dropped.
    case dropped
}

/// One stream of one process, as the writer knows it: how its lines become records, and what it holds of the queue.
final class JournalSource: @unchecked Sendable {
    // @unchecked: `share` is touched under the queue's lock alone, and the lines are the writer's thread's.

    /// As much as journald takes of a line of a service's output.
    static let longestLine = 48 << 10

    let name: JournalStreamName
    /// What the queue knows of it.
    var share = JournalShare()

    /// All fields that are the same in each record, then `PRIORITY=6`, and `MESSAGE=`.
    private let prefix: [UInt8]
    private let priorityOffset: Int
    private let priority: JournalPriority

    private var cutter = LineCutter(limit: JournalSource.longestLine)
    /// The priority of the line whose pieces are under way.
    private var linePriority: JournalPriority

    /// Makes a source.
    ///
    /// - Parameters:
    ///   - fields: in each record, beside MESSAGE and PRIORITY.
    ///   - priority: of a line that does not say it by a prefix.
    init(name: JournalStreamName, fields: JournalRecord, priority: JournalPriority) {
        self.name = name
        self.priority = priority
        linePriority = priority
        var prefix = fields.bytes
        prefix.append(contentsOf: "PRIORITY=".utf8)
        priorityOffset = prefix.count
        prefix.append(priority.digit)
        prefix.append(contentsOf: "\nMESSAGE=".utf8)
        self.prefix = prefix
    }

    /// About how much memory it keeps.
    var footprint: Int { prefix.count + 512 }

    // MARK: On the writer's thread

    /// Takes bytes of the stream, and makes records of the lines that they complete.
    func feed(_ bytes: ByteView, into batch: inout JournalBatch, whenFull flush: (inout JournalBatch) -> Void) {
        cutter.cut(bytes) { line, piece in
            append(line, piece, piece.isPartial ? .lineMax : nil, to: &batch)
            if batch.isFull { flush(&batch) }
        }
    }

    /// Makes a record of what has no newline, and gets none.
    func finishLine(_ lineBreak: LineBreak, into batch: inout JournalBatch) {
        cutter.finish { line, piece in append(line, piece, lineBreak, to: &batch) }
    }

    private func append(
        _ line: ByteView,
        _ piece: LineCutter.Piece,
        _ lineBreak: LineBreak?,
        to batch: inout JournalBatch
    ) {
        var message = line
        if !piece.isContinuation {
            linePriority = priority
            if let level = LevelPrefix.parse(line) {
                linePriority = level.priority
                message = line.dropFirst(level.length)
            }
        }
        batch.append(for: self) { bytes in
            let start = bytes.count
            bytes.append(contentsOf: prefix)
            bytes[start + priorityOffset] = linePriority.digit
            if JournalText.isPrintable(message) {
                bytes.append(message)
            } else {
                JournalText.append(message, to: &bytes)
                bytes.append(contentsOf: "\nGAFFER_RAW".utf8)
                JournalRecord.appendLengthAndValue(message, to: &bytes)
                // The newline that ends the last field is there now.
                bytes.removeLast()
            }
            bytes.append(UInt8(ascii: "\n"))
            if let lineBreak {
                bytes.append(contentsOf: "GAFFER_LINE_BREAK=\(lineBreak.rawValue)\n".utf8)
            }
        }
    }
}
