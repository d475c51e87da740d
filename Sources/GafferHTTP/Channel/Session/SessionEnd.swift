internal import GafferAuth
internal import GafferModel
internal import WebServer

/// Why nothing more is sent to a client.
enum SessionEnd: Error, Sendable, Hashable {
    /// The client is gone, or is cut off.
    case gone
    /// The client wants it no more.
    case cancelled
    /// The key is gone, or gives the right no more.
    case revoked
}

/// Lets through what may still be sent.
struct OutgoingGate: Sendable {
    let channel: any MessageChannel
    let authority: any Authority
    /// What who gets it needs, whenever it gets something.
    let requirement: Requirement

    /// Sends messages, unless the task was cancelled or the right is gone meanwhile.
    func send(_ messages: OutgoingMessages) async throws(SessionEnd) {
        guard !Task.isCancelled else { throw .cancelled }
        guard let principal = authority.principal(), principal.meets(requirement) else { throw .revoked }
        do throws(ConnectionClosed) {
            try await channel.send(messages)
        } catch {
            throw .gone
        }
    }
}

/// The codes with which a session is closed (RFC 6455, section 7.4).
enum CloseCode {
    /// It is done.
    static let normal: UInt16 = 1000
    /// It may not go on.
    static let policy: UInt16 = 1008
}
