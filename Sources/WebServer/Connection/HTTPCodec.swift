internal import NIOCore
internal import NIOHTTP1

/// The handlers that make requests of bytes and bytes of answers, and hold back a request until the last is answered.
struct HTTPCodec {
    private let encoder = HTTPResponseEncoder()
    private let decoder: ByteToMessageHandler<HTTPRequestDecoder>
    private let pipeline = HTTPServerPipelineHandler()

    init(limits: ConnectionLimits) {
        var decoder = NIOHTTPDecoderLimitConfiguration()
        decoder.maxHeaderFieldSize = limits.headBytes
        decoder.maxHeaderListSize = limits.headBytes
        decoder.maxHeaderFieldCount = limits.headers
        // What a client sends behind a handshake belongs to the websocket.
        self.decoder = ByteToMessageHandler(
            HTTPRequestDecoder(leftOverBytesStrategy: .forwardBytes, limitConfiguration: decoder)
        )
    }

    func add(to pipeline: ChannelPipeline.SynchronousOperations) throws {
        try pipeline.addHandler(encoder)
        try pipeline.addHandler(decoder)
        try pipeline.addHandler(self.pipeline)
    }

    /// Leaves the connection to another protocol; the next handler gets the bytes that no request was made of.
    func remove(from pipeline: ChannelPipeline.SynchronousOperations) {
        pipeline.removeHandler(self.pipeline, promise: nil)
        pipeline.removeHandler(encoder, promise: nil)
        pipeline.removeHandler(decoder, promise: nil)
    }
}
