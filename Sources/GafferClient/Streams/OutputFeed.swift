package import WebClient

/// The bytes of a stream of a process, as they come.
package final class OutputFeed {
    private let stream: WebStream

    init(_ stream: WebStream) {
        self.stream = stream
    }

    /// The socket's descriptor, to be waited for beside others; ``isReadable`` is asked first.
    package var descriptor: Int32 { stream.descriptor }

    /// Whether ``next(waiting:)`` has something to give without reading the socket.
    package var isReadable: Bool { stream.isReadable }

    /// Waits for the next bytes; the end is that of the stream, as when the process exits.
    ///
    /// - Parameter duration: how long; nil: for ever.
    /// - Throws: ``ClientError`` where the connection breaks off.
    package func next(waiting duration: Duration?) throws(ClientError) -> WebStream.Piece {
        do throws(WebError) {
            return try stream.next(waiting: duration)
        } catch {
            throw ClientError(error)
        }
    }
}
