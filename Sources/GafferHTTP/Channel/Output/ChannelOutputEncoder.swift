internal import GafferModel
internal import WebServer

/// Output as an event of the channel.
///
///     {"event":"gaffer:event","data":{"event":"stdout","topic":"STREAM:3","name":"shop.web","pid":3,
///      "data":"text","offset":17}}
///
/// | member | meaning |
/// |---|---|
/// | `event` | the output's label; `READ` for a custom stream |
/// | `data` | the text; what is no UTF-8 is replaced |
/// | `data_b64` | only where something was replaced: the bytes as they are |
/// | `offset` | where the bytes stand in the stream, from 0 |
/// | `gap` | only where bytes are missing before them: how many; `data` is then empty |
struct ChannelOutputEncoder: OutputEncoder {
    private let head: [UInt8]

    init(event: String, topic: String, job: JobName, pid: Int) {
        let members: JSON = [
            "event": .string(event), "topic": .string(topic), "name": .string(job.description),
            "pid": .integer(Int64(pid)),
        ]
        // What every message begins with, up to the value of `data`.
        head = Array(#"{"event":"gaffer:event","data":"#.utf8) + members.encoded().dropLast() + Array(#","data":"#.utf8)
    }

    func message(_ piece: TextCutter.Piece) -> OutgoingMessages.Element {
        var bytes = head
        bytes.reserveCapacity(head.count + piece.bytes.count + piece.bytes.count / 8 + 64)
        JSON.string(String(decoding: piece.bytes, as: UTF8.self)).write(into: &bytes)
        if !piece.isText {
            bytes += #","data_b64":"#.utf8
            JSON.string(Base64.encoded(piece.bytes)).write(into: &bytes)
        }
        return end(&bytes, offset: piece.offset, gap: 0)
    }

    func gap(of lost: UInt64, before offset: UInt64) -> OutgoingMessages.Element {
        var bytes = head + Array(#""""#.utf8)
        return end(&bytes, offset: offset, gap: lost)
    }

    private func end(_ bytes: inout [UInt8], offset: UInt64, gap: UInt64) -> OutgoingMessages.Element {
        bytes += #","offset":"#.utf8
        JSON.integer(Int64(clamping: offset)).write(into: &bytes)
        if gap > 0 {
            bytes += #","gap":"#.utf8
            JSON.integer(Int64(clamping: gap)).write(into: &bytes)
        }
        bytes += "}}".utf8
        return .text(bytes)
    }
}
