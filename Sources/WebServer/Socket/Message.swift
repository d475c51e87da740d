/// What a client sent.
package enum Message: Sendable, Hashable {
    /// UTF-8.
    case text(String)
    /// Bytes.
    case binary([UInt8])

    /// The bytes of either.
    package var bytes: [UInt8] {
        switch self {
        case .text(let text): Array(text.utf8)
        case .binary(let bytes): bytes
        }
    }
}
