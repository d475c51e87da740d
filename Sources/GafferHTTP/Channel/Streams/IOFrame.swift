package import GafferModel

/// A message of the IO channel: `V1 <type> <id>`, a zero byte, the body.
struct IOFrame: Sendable, Hashable {
    /// What a frame of the server is.
    enum Kind: String, Sendable {
        /// Output.
        case message
        /// The answer to a frame that was carried out.
        case response
        /// The answer to one that was not; with the id `gaffer_error`, the reason why the channel is closed.
        case error
        /// Output is missing here, since the client was too slow; new.
        case gap
    }

    /// The longest id that is taken, in bytes.
    static let maximumId = 256

    /// What the sender knows the answer by, one word.
    var id: [UInt8]
    /// The rest.
    var body: [UInt8]

    /// Reads a frame of a client, whose type is not looked at; nil: it is none.
    init?(parsing bytes: [UInt8]) {
        guard let zero = bytes.firstIndex(of: 0) else { return nil }
        let words = bytes[..<zero].split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        guard words.count == 3, words[0].elementsEqual("V1".utf8), words.allSatisfy({ !$0.isEmpty }) else { return nil }
        guard words[2].count <= IOFrame.maximumId, String(validating: words[2], as: UTF8.self) != nil else {
            return nil
        }
        id = Array(words[2])
        body = Array(bytes[(zero + 1)...])
    }
}

/// Why a frame, or the whole channel, is refused.
struct IOFault: Error, Sendable, Hashable {
    let word: String
    let errno: Int

    /// The stream can't be read, or written to, in this way.
    static let notPermitted = IOFault(word: "EPERM", errno: 403)
    /// The process took nothing, or is gone.
    static let failed = IOFault(word: "EIO", errno: 500)
    /// There is no such stream.
    static let noStream = IOFault(word: "ENOENT", errno: 404)
    /// There is no such process.
    static let notFound = IOFault(word: "not_found", errno: 404)
    /// No key was given, or one that nobody has.
    static let authenticationRequired = IOFault(word: "AUTH_REQUIRED", errno: 403)
    /// The key gives no right to it.
    static let forbidden = IOFault(word: "FORBIDDEN", errno: 403)
    /// The frame is none; new.
    static let badFrame = IOFault(word: "bad_frame", errno: 400)
    /// The key has too many streams open; new.
    static let tooManyStreams = IOFault(word: "too_many_streams", errno: 429)

    /// The id of an error that closes the channel.
    static let channelId = Array("gaffer_error".utf8)

    /// As it stands in a frame: the blanks are those of the original.
    var body: [UInt8] {
        Array(#"{"error": "\#(word)", "errno": \#(errno)}"#.utf8)
    }
}

/// In which directions an IO channel is used, `?mode=`.
package struct IOMode: OptionSet, Sendable, Hashable {
    package let rawValue: Int

    package init(rawValue: Int) {
        self.rawValue = rawValue
    }

    /// Output is read.
    package static let readable = IOMode(rawValue: 1)
    /// Input is written.
    package static let writable = IOMode(rawValue: 2)

    /// Reads the parameter; both directions where it is absent.
    ///
    /// Bits that mean nothing are left alone.
    ///
    /// - Throws: `bad_request` where it is no number.
    package init(parsing text: String?) throws(GafferError) {
        guard let text else {
            self = [.readable, .writable]
            return
        }
        guard let number = Int(text), number >= 0 else {
            throw GafferError(
                .badRequest,
                "mode is 1 to read, 2 to write or 3 for both, not \(JSON.string(text.shortened))."
            )
        }
        self.init(rawValue: number)
    }
}
