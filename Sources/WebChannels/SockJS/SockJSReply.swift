internal import WebServer

/// The answer to one request that receives.
struct SockJSReply: Sendable {
    let conversation: SockJSConversation
    let framing: SockJSFraming
    /// After how many bytes a streamed answer ends.
    let limit: Int

    /// The answer, which waits for what is sent.
    ///
    /// Even one that ends after a frame is written as a stream where it has to wait, since only of a stream's client we
    /// hear at once when it goes; and then its session is not to take it for one that still receives.
    func answer(headers: [Response.Header]) -> Answer {
        if framing.prelude == nil, let frame = conversation.takeFrameAtOnce() {
            return .now(Response(contentType: framing.contentType, body: framing.encode(frame), headers: headers))
        }
        return .now(
            Response(contentType: framing.contentType, headers: headers) { [self] writer in
                await write(to: writer)
            }
        )
    }

    private func write(to writer: any ResponseWriter) async {
        if let prelude = framing.prelude {
            guard (try? await writer.write(prelude)) != nil else { return }
        }
        switch conversation.attach() {
        case .refused(let closing): try? await writer.write(framing.encode(.close(closing)))
        case .attached(let receiver):
            if await writeFrames(of: receiver, to: writer) {
                conversation.release(receiver)
            } else {
                conversation.interrupt(receiver)
            }
        }
    }

    /// Writes frames until the answer is long enough; false: the client is gone before that.
    private func writeFrames(of receiver: Int, to writer: any ResponseWriter) async -> Bool {
        // A polling request has its first frame and no more.
        let limit = framing.prelude == nil ? 1 : limit
        var written = 0
        while written < limit {
            guard let frame = await conversation.nextFrame(for: receiver) else { return false }
            let bytes = framing.encode(frame)
            guard (try? await writer.write(bytes)) != nil else { return false }
            if frame.isLast { return true }
            written += bytes.count
        }
        return true
    }
}
