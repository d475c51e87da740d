/// Where a body goes that is written bit by bit.
package protocol ResponseWriter: Sendable {
    /// Writes a piece and returns once the client takes more, or ``ConnectionClosed`` where it is gone.
    ///
    /// A client that takes nothing for ``ConnectionLimits/writing`` is cut off.
    func write(_ bytes: [UInt8]) async throws(ConnectionClosed)
}

/// The client is gone, or is cut off.
package struct ConnectionClosed: Error {
    package init() {}
}
