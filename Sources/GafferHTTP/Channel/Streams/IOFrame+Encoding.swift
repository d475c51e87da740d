internal import WebServer

extension IOFrame {
    /// A frame of the server: of text, unless the body is none.
    static func encoded(
        _ kind: Kind,
        id: some Collection<UInt8>,
        body: some Collection<UInt8>,
        isText: Bool = true
    ) -> OutgoingMessages.Element {
        var bytes = Array("V1 \(kind.rawValue) ".utf8)
        bytes.reserveCapacity(bytes.count + id.count + 1 + body.count)
        bytes += id
        bytes.append(0)
        bytes += body
        return isText ? .text(bytes) : .binary(bytes)
    }
}
