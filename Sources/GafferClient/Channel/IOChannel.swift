internal import GafferModel
internal import WebClient

/// The websocket of one process: its output, and what is written to it.
package final class IOChannel {
    /// What a channel is for; both by default.
    package struct Mode: OptionSet, Sendable {
        /// The bits of the parameter `mode`.
        package let rawValue: Int

        /// Takes bits.
        package init(rawValue: Int) { self.rawValue = rawValue }

        /// Output comes.
        package static let readable = Mode(rawValue: 1)
        /// Something can be written.
        package static let writable = Mode(rawValue: 2)
    }

    /// What came.
    package enum Item: Sendable, Hashable {
        /// Output.
        case output([UInt8])
        /// So many bytes of output are missing here: they came too fast.
        case gap(lost: Int)
        /// What was written with that id was taken.
        case accepted(String)
        /// What was written with that id was refused.
        case refused(String, ClientError)
        /// The server closed the channel.
        case end
        /// Nothing came in time.
        case nothing
    }

    private let socket: WebSocket
    private var count = 0

    init(_ socket: WebSocket) {
        self.socket = socket
    }

    /// The socket's descriptor, to be waited for beside others; ``isReadable`` is asked first.
    package var descriptor: Int32 { socket.descriptor }

    /// Whether ``next(waiting:)`` has something to give without reading the socket.
    package var isReadable: Bool { socket.isReadable }

    /// Writes bytes; whether they were taken comes as an item with the id.
    ///
    /// - Returns: the id.
    /// - Throws: ``ClientError``.
    @discardableResult
    package func write(_ bytes: [UInt8]) throws(ClientError) -> String {
        count += 1
        let frame = IOFrame(.message, id: "\(count)", body: bytes)
        do throws(WebError) {
            try socket.send(bytes: frame.encoded)
        } catch {
            throw ClientError(error)
        }
        return frame.id
    }

    /// Waits for the next thing.
    ///
    /// - Throws: ``ClientError`` where the connection breaks off or the channel can't be had.
    package func next(waiting duration: Duration?) throws(ClientError) -> Item {
        let message: WebSocket.Message
        do throws(WebError) {
            message = try socket.next(waiting: duration)
        } catch {
            throw ClientError(error)
        }
        switch message {
        case .nothing, .pong: return .nothing
        case .closed: return .end
        case .text(let text): return try item(Array(text.utf8))
        case .binary(let bytes): return try item(bytes)
        }
    }

    /// Says goodbye.
    package func close() { socket.close() }

    private func item(_ bytes: [UInt8]) throws(ClientError) -> Item {
        guard let frame = IOFrame(parsing: bytes) else { throw .unexpected("a frame of the channel is none") }
        switch frame.kind {
        case .message: return .output(frame.body)
        case .response: return .accepted(frame.id)
        case .gap:
            guard let lost = (try? JSON(parsing: frame.body))?["lost"]?.intValue else {
                throw .unexpected("a gap of the channel tells no lost")
            }
            return .gap(lost: lost)
        case .error:
            let error = ClientError(channel: (try? JSON(parsing: frame.body)) ?? .null)
            guard frame.id != IOFrame.connectionID else { throw error }
            return .refused(frame.id, error)
        }
    }
}

extension GafferClient {
    /// `/<pid>/channel[/<stream>]`: the websocket of one process.
    ///
    /// - Parameter stream: the stream; nil: the first output, and the standard input.
    /// - Throws: ``ClientError``.
    package func ioChannel(
        _ pid: Int,
        stream: String? = nil,
        mode: IOChannel.Mode = [.readable, .writable]
    ) throws(ClientError) -> IOChannel {
        let label = stream.map { "/" + WebRequest.percentEncoded($0) } ?? ""
        return IOChannel(try webSocket("/\(pid)/channel\(label)?mode=\(mode.rawValue)"))
    }

    /// Opens a WebSocket, with the key.
    func webSocket(_ target: String) throws(ClientError) -> WebSocket {
        do throws(WebError) {
            return try WebSocket(
                to: endpoint,
                target,
                headers: keyHeader.map { [$0] } ?? [],
                limits: limits,
                tls: access.tls
            )
        } catch {
            throw ClientError(error)
        }
    }
}
