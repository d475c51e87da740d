package import NIOCore

/// What one client may take of an endpoint.
package struct ConnectionLimits: Sendable, Hashable {
    /// How many connections are served at a time; further ones get 503.
    package var connections = 512
    /// How many of them one address may have on TCP; further ones get 503.
    package var perAddress = 32
    /// How long a connection may be open without a request.
    package var idle: TimeAmount = .seconds(60)
    /// How long a request's head may take from its first byte to its last.
    package var head: TimeAmount = .seconds(10)
    /// How long a request's body may take.
    package var body: TimeAmount = .seconds(30)
    /// How long a client may leave an answer in our buffers.
    package var writing: TimeAmount = .seconds(60)
    /// How long we read on after a last answer, so that the client gets to see it.
    package var lingering: TimeAmount = .seconds(5)
    /// The most that is read and thrown away after a last answer, in bytes.
    package var lingeringBytes = 16 << 20
    /// The largest head of a request, in bytes.
    package var headBytes = 64 << 10
    /// How many headers a request may have.
    package var headers = 100
    /// How long running requests may go on once the endpoint is to stop.
    package var shutdown: TimeAmount = .seconds(2)

    /// How long a connection that has just come may take for its first request once the endpoint is to stop.
    package var firstRequest: TimeAmount = .seconds(1)

    /// The limits that gafferd serves with.
    package init() {}
}
