internal import WebServer

/// The answer to one request that receives.
struct SockJSReply: Sendable {
    let conversation: SockJSConversation
    let framing: SockJSFraming
    /// After how many bytes a streamed answer ends.
    let limit: Int

    /// The answer, which waits for what is sent.
    func answer(headers: [Response.Header]) -> Answer {
        guard let prelude = framing.prelude else {
            return .later { [self] in
                let body = await nextFrame().map(framing.encode)
                return Response(contentType: framing.contentType, body: body ?? [], headers: headers)
            }
        }
        return .now(
            Response(contentType: framing.contentType, headers: headers) { [self] writer in
                await write(prelude: prelude, to: writer)
            }
        )
    }

    /// The one frame of a polling request; nil: the client is gone.
    private func nextFrame() async -> SockJSFrame? {
        switch conversation.attach() {
        case .refused(let closing): return .close(closing)
        case .attached(let receiver):
            guard let frame = await conversation.nextFrame(for: receiver) else {
                conversation.interrupt(receiver)
                return nil
            }
            conversation.release(receiver)
            return frame
        }
    }

    private func write(prelude: [UInt8], to writer: any ResponseWriter) async {
        guard (try? await writer.write(prelude)) != nil else { return }
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
