/// Reads one answer in HTTP/1.1 out of the bytes that come, however they are cut.
///
/// It decides only; ``WebConnection`` reads. The body is framed by, in this order: a status or a method that has none,
/// `Transfer-Encoding: chunked`, `Content-Length`, the end of the connection. Interim answers (1xx) are passed over.
/// Head, trailers and body are bounded, and what is not exactly one framing is refused: an answer that two readers would
/// cut differently is an attack or a fault.
///
/// The decoded body gathers in ``body``; a reader of a stream may take it out after each call.
package struct ResponseParser {
    /// Why the bytes are no answer, in a few words without a full stop.
    package struct Failure: Error, Hashable {
        /// What is wrong.
        package let reason: String
        /// Whether the answer is well-formed but larger than allowed.
        package var isTooLarge = false
    }

    private enum State {
        /// In the status line or a header field.
        case head
        /// In a body of which so many bytes are still to come.
        case fixed(remaining: Int)
        /// In the line that tells a chunk's size.
        case chunkSize
        /// In a chunk of which so many bytes are still to come.
        case chunk(remaining: Int)
        /// In the line end after a chunk.
        case chunkEnd
        /// In the fields after the last chunk.
        case trailer
        /// In a body that ends with the connection.
        case untilClose
        /// The answer is whole.
        case complete
    }

    /// The most bytes of a head, and of the trailers.
    package static let maximumHead = 65_536

    /// The head, once it is whole.
    package private(set) var head: ResponseHead?
    /// The body so far.
    package var body: [UInt8] = []
    /// Whether no byte of an answer has come yet.
    package private(set) var isUntouched = true

    private let method: String
    private let maximumBody: Int
    private let allowsUpgrade: Bool
    private var state = State.head
    private var partialHead: ResponseHead?
    private var line: [UInt8] = []
    private var headBytes = 0
    private var bodyBytes = 0

    /// Makes a reader for the answer to one request.
    ///
    /// - Parameters:
    ///   - method: the method of the request; the answer to a HEAD has no body.
    ///   - maximumBody: the most bytes of a body.
    ///   - allowsUpgrade: whether the answer may switch to another protocol; then it ends with its head.
    package init(method: String, maximumBody: Int, allowsUpgrade: Bool = false) {
        self.method = method
        self.maximumBody = maximumBody
        self.allowsUpgrade = allowsUpgrade
    }

    /// Whether the answer is whole.
    package var isComplete: Bool {
        if case .complete = state { true } else { false }
    }

    /// Whether the connection may carry another request after this answer.
    package var allowsReuse: Bool {
        guard isComplete, let head, !endsWithConnection else { return false }
        if head.minorVersion == 0 { return head.hasToken("keep-alive", in: "connection") }
        return !head.hasToken("close", in: "connection")
    }

    private var endsWithConnection = false

    /// Takes the bytes that came, up to the end of the answer.
    ///
    /// - Returns: how many of them belong to this answer; fewer than were given only when it is whole.
    /// - Throws: ``Failure`` where they are no answer; nothing may be given after that.
    package mutating func consume(_ bytes: UnsafeRawBufferPointer) throws(Failure) -> Int {
        var position = 0
        if !bytes.isEmpty { isUntouched = false }
        while position < bytes.count {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[position...])
            switch state {
            case .complete:
                return position
            case .head, .chunkSize, .chunkEnd, .trailer:
                position += try consumeLine(rest)
            case .fixed(let remaining):
                let count = min(remaining, rest.count)
                try append(rest, count: count)
                position += count
                state = count == remaining ? .complete : .fixed(remaining: remaining - count)
            case .chunk(let remaining):
                let count = min(remaining, rest.count)
                try append(rest, count: count)
                position += count
                state = count == remaining ? .chunkEnd : .chunk(remaining: remaining - count)
            case .untilClose:
                try append(rest, count: rest.count)
                position = bytes.count
            }
        }
        return position
    }

    /// Takes the end of the connection.
    ///
    /// - Throws: ``Failure`` where the answer is not whole.
    package mutating func endOfInput() throws(Failure) {
        switch state {
        case .complete:
            return
        case .untilClose:
            state = .complete
        case .head, .fixed, .chunkSize, .chunk, .chunkEnd, .trailer:
            throw Failure(reason: isUntouched ? "it is empty" : "the connection ended in the middle of it")
        }
    }

    private mutating func append(_ bytes: UnsafeRawBufferPointer, count: Int) throws(Failure) {
        bodyBytes += count
        guard bodyBytes <= maximumBody else { throw tooLarge }
        body.append(contentsOf: bytes[..<count])
    }

    private var tooLarge: Failure {
        Failure(reason: "its body is larger than \(maximumBody) bytes", isTooLarge: true)
    }

    /// Gathers a line; acts on it when its end has come.
    private mutating func consumeLine(_ bytes: UnsafeRawBufferPointer) throws(Failure) -> Int {
        let end = bytes.firstIndex(of: UInt8(ascii: "\n"))
        let count = end.map { $0 + 1 } ?? bytes.count
        headBytes += count
        guard headBytes <= ResponseParser.maximumHead else {
            throw Failure(reason: "its head is larger than \(ResponseParser.maximumHead) bytes")
        }
        line.append(contentsOf: bytes[..<(end ?? bytes.count)])
        guard end != nil else { return count }
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        let whole = line
        line.removeAll(keepingCapacity: true)
        try finished(line: whole)
        return count
    }

    private mutating func finished(line: [UInt8]) throws(Failure) {
        switch state {
        case .head:
            if partialHead == nil {
                partialHead = try ResponseParser.statusLine(line)
            } else if line.isEmpty {
                try headEnded()
            } else {
                partialHead?.headers.append(try ResponseParser.field(line))
            }
        case .chunkSize:
            let size = try ResponseParser.chunkSize(line)
            // The lines of the chunks count against the head's bound only between two chunks.
            headBytes = 0
            if size == 0 {
                state = .trailer
            } else {
                guard size <= maximumBody - bodyBytes else { throw tooLarge }
                state = .chunk(remaining: size)
            }
        case .chunkEnd:
            guard line.isEmpty else { throw Failure(reason: "a chunk is longer than its size says") }
            state = .chunkSize
        case .trailer:
            if line.isEmpty {
                state = .complete
            } else {
                _ = try ResponseParser.field(line)
            }
        case .fixed, .chunk, .untilClose, .complete:
            preconditionFailure("A line ended in \(state), which has none.")
        }
    }

    private mutating func headEnded() throws(Failure) {
        guard let whole = partialHead else { preconditionFailure("A head ended before its status line.") }
        partialHead = nil
        headBytes = 0
        if whole.status == 101, allowsUpgrade {
            head = whole
            state = .complete
            endsWithConnection = true
            return
        }
        if (100..<200).contains(whole.status) {
            guard whole.status != 101 else { throw Failure(reason: "it switches to a protocol that was not asked for") }
            return
        }
        head = whole
        state = try framing(of: whole)
        if case .untilClose = state { endsWithConnection = true }
    }

    private func framing(of head: ResponseHead) throws(Failure) -> State {
        let lengths = head["content-length"].map { $0.split(separator: ",", omittingEmptySubsequences: false) } ?? []
        var length: Int?
        for text in lengths {
            let digits = trimmed(text)
            guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(digits)
            else {
                throw Failure(reason: "its Content-Length is \(quoted(text))")
            }
            guard length == nil || length == number else { throw Failure(reason: "it has two lengths") }
            length = number
        }
        if let coding = head["transfer-encoding"] {
            guard coding.lowercased() == "chunked" else {
                throw Failure(reason: "its Transfer-Encoding is \(quoted(coding))")
            }
            guard length == nil else { throw Failure(reason: "it has both a length and chunks") }
        }
        if method == "HEAD" || head.status == 204 || head.status == 304 { return .complete }
        if head["transfer-encoding"] != nil { return .chunkSize }
        guard let length else { return .untilClose }
        guard length <= maximumBody else { throw tooLarge }
        return length == 0 ? .complete : .fixed(remaining: length)
    }
}
