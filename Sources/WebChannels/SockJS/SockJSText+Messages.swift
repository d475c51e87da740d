internal import WebServer

extension SockJSText {
    /// Appends the messages as strings of JSON, with commas between them and after what is there.
    ///
    /// Bytes that are no UTF-8 are replaced in binary messages: SockJS has only text.
    static func append(_ messages: OutgoingMessages, to strings: inout [UInt8]) {
        strings.reserveCapacity(strings.count + messages.elements.reduce(0) { $0 + $1.bytes.count + 3 })
        for element in messages.elements {
            if !strings.isEmpty { strings.append(UInt8(ascii: ",")) }
            switch element {
            case .text(let bytes): appendQuoted(bytes, to: &strings)
            case .binary(let bytes): appendQuoted(Array(String(decoding: bytes, as: UTF8.self).utf8), to: &strings)
            }
        }
    }
}
