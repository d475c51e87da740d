/// One frame of the IO channel: `V1 <type> <id>\0<body>`.
package struct IOFrame: Sendable, Hashable {
    /// What a frame is.
    package enum Kind: String, Sendable {
        /// Output, or what is to be written.
        case message
        /// What was written was taken.
        case response
        /// It was refused.
        case error
        /// Output that came too fast is missing here: `{"lost": 82, "offset": 90}`.
        case gap
    }

    /// The id of an error of the whole connection.
    package static let connectionID = "gaffer_error"

    /// What it is.
    package var kind: Kind
    /// What names it, a word.
    package var id: String
    /// What it carries.
    package var body: [UInt8]

    /// Makes a frame.
    package init(_ kind: Kind, id: String, body: [UInt8]) {
        self.kind = kind
        self.id = id
        self.body = body
    }

    /// Reads a frame; nil where it is none.
    package init?(parsing bytes: [UInt8]) {
        guard let end = bytes.firstIndex(of: 0) else { return nil }
        let words = bytes[..<end].split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        guard words.count == 3, words[0].elementsEqual("V1".utf8), !words[2].isEmpty,
            let kind = Kind(rawValue: String(decoding: words[1], as: UTF8.self))
        else { return nil }
        self.kind = kind
        id = String(decoding: words[2], as: UTF8.self)
        body = Array(bytes[(end + 1)...])
    }

    /// As it is sent.
    package var encoded: [UInt8] {
        Array("V1 \(kind.rawValue) \(id)".utf8) + [0] + body
    }
}
