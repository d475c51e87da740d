/// Makes messages of the bytes that a websocket's client sends (RFC 6455), however they are cut.
///
/// Strict, since a client that breaks the rules once is not one to guess about: what it sends then is a failure, which
/// ends the conversation. No more is kept than a frame and the fragments of one message.
struct SocketReader {
    /// What a client sent, whole.
    enum Input: Equatable {
        case message(Message)
        case ping([UInt8])
        case pong
        /// The code is nil where there was none.
        case close(UInt16?)
    }

    /// Why the conversation ends.
    struct Failure: Error, Equatable {
        /// The code to close with.
        var code: UInt16
        var reason: String
    }

    private enum Kind {
        case text, binary
    }

    /// What stands before a frame's payload.
    private struct Header {
        var isFinal: Bool
        var opcode: UInt8
        var mask: (UInt8, UInt8, UInt8, UInt8)
        var length: Int
        /// The header's own length.
        var size: Int
    }

    private let largestFrame: Int
    private let largestMessage: Int
    private var bytes: [UInt8] = []
    /// Where the first byte stands that was not looked at.
    private var start = 0
    private var fragments: [UInt8] = []
    private var fragmented: Kind?
    private var failure: Failure?
    private var isClosed = false

    /// Makes a reader of messages up to a size, in bytes.
    init(largestFrame: Int, largestMessage: Int) {
        self.largestFrame = largestFrame
        self.largestMessage = largestMessage
    }

    /// How many bytes wait to be looked at.
    var count: Int { bytes.count - start }

    /// Takes what came.
    mutating func append(_ new: some Collection<UInt8>) {
        guard failure == nil, !isClosed else { return }
        if start > 0 {
            bytes.removeFirst(start)
            start = 0
        }
        bytes.append(contentsOf: new)
    }

    /// The next that is whole; nil: more bytes have to come.
    ///
    /// Nothing comes after a close, and nothing but the same failure after a failure.
    mutating func next() throws(Failure) -> Input? {
        if let failure { throw failure }
        do throws(Failure) {
            while !isClosed, let header = try header() {
                guard count - header.size >= header.length else { return nil }
                let payload = payload(header)
                start += header.size + header.length
                if let input = try input(header, payload) { return input }
            }
            letGo()
            return nil
        } catch {
            failure = error
            bytes = []
            fragments = []
            start = 0
            throw error
        }
    }

    /// Most clients say little; what a large frame needed is not kept for the next.
    private mutating func letGo() {
        guard start == bytes.count, start > 0 else { return }
        bytes.removeAll(keepingCapacity: bytes.capacity <= 4096)
        start = 0
    }

    private func header() throws(Failure) -> Header? {
        guard count >= 2 else { return nil }
        let first = bytes[start]
        let second = bytes[start + 1]
        let isFinal = first & 0x80 != 0
        let opcode = first & 0x0F
        guard first & 0x70 == 0 else { throw broken("A reserved bit is set.") }
        guard second & 0x80 != 0 else { throw broken("A frame of a client has to be masked.") }
        let short = Int(second & 0x7F)
        switch opcode {
        case 0x0 where fragmented == nil: throw broken("There is no message to continue.")
        case 0x1 where fragmented != nil, 0x2 where fragmented != nil:
            throw broken("A message begins in the middle of another.")
        case 0x0, 0x1, 0x2: break
        case 0x8, 0x9, 0xA:
            guard isFinal else { throw broken("A control frame is fragmented.") }
            guard short < 126 else { throw broken("A control frame is longer than 125 bytes.") }
        default: throw broken("The opcode \(opcode) is reserved.")
        }
        let extended = short == 126 ? 2 : short == 127 ? 8 : 0
        guard count >= 2 + extended else { return nil }
        var length: UInt64 = extended == 0 ? UInt64(short) : 0
        for index in 0..<extended { length = length << 8 | UInt64(bytes[start + 2 + index]) }
        guard extended == 0 || length > (extended == 2 ? 125 : 0xFFFF), length >> 63 == 0 else {
            throw broken("The length of a frame is not written in the shortest way.")
        }
        guard length <= UInt64(largestFrame) else {
            throw Failure(code: 1009, reason: "A frame is larger than \(largestFrame) bytes.")
        }
        guard opcode >= 0x8 || fragments.count + Int(length) <= largestMessage else {
            throw Failure(code: 1009, reason: "A message is larger than \(largestMessage) bytes.")
        }
        guard count >= 2 + extended + 4 else { return nil }
        let mask = start + 2 + extended
        return Header(
            isFinal: isFinal,
            opcode: opcode,
            mask: (bytes[mask], bytes[mask + 1], bytes[mask + 2], bytes[mask + 3]),
            length: Int(length),
            size: 2 + extended + 4
        )
    }

    private func payload(_ header: Header) -> [UInt8] {
        let from = start + header.size
        let mask = [header.mask.0, header.mask.1, header.mask.2, header.mask.3]
        return bytes.withUnsafeBufferPointer { bytes in
            [UInt8](unsafeUninitializedCapacity: header.length) { payload, count in
                for index in 0..<header.length {
                    (payload.baseAddress.map { $0 + index })?.initialize(to: bytes[from + index] ^ mask[index & 3])
                }
                count = header.length
            }
        }
    }

    private mutating func input(_ header: Header, _ payload: [UInt8]) throws(Failure) -> Input? {
        switch header.opcode {
        case 0x8:
            isClosed = true
            bytes = []
            start = 0
            return .close(try SocketReader.code(of: payload))
        case 0x9: return .ping(payload)
        case 0xA: return .pong
        case 0x0:
            fragments += payload
            guard header.isFinal, let kind = fragmented else { return nil }
            defer {
                fragments = []
                fragmented = nil
            }
            return .message(try SocketReader.message(kind, fragments))
        default:
            let kind: Kind = header.opcode == 0x1 ? .text : .binary
            guard !header.isFinal else { return .message(try SocketReader.message(kind, payload)) }
            fragments = payload
            fragmented = kind
            return nil
        }
    }

    private static func message(_ kind: Kind, _ bytes: [UInt8]) throws(Failure) -> Message {
        switch kind {
        case .binary: return .binary(bytes)
        case .text:
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw Failure(code: 1007, reason: "A text is no UTF-8.")
            }
            return .text(text)
        }
    }

    private static func code(of payload: [UInt8]) throws(Failure) -> UInt16? {
        guard !payload.isEmpty else { return nil }
        guard payload.count >= 2 else { throw Failure(code: 1002, reason: "Half a code to close with.") }
        let code = UInt16(payload[0]) << 8 | UInt16(payload[1])
        guard isCode(code) else { throw Failure(code: 1002, reason: "\(code) is no code to close with.") }
        guard String(validating: payload[2...], as: UTF8.self) != nil else {
            throw Failure(code: 1007, reason: "The reason to close is no UTF-8.")
        }
        return code
    }

    /// Whether a code may stand in a frame that closes (RFC 6455, section 7.4, and IANA's list).
    static func isCode(_ code: UInt16) -> Bool {
        switch code {
        case 1000...1003, 1007...1014, 3000...4999: true
        default: false
        }
    }

    private func broken(_ reason: String) -> Failure {
        Failure(code: 1002, reason: reason)
    }
}
