internal import WebServer

/// How the frames of a session travel in the answer to a request.
struct SockJSFraming: Sendable {
    private enum Style: Sendable {
        /// Frames end with a line.
        case lines
        /// Frames are the data of events.
        case events
        /// Frames are calls of a function that a page of ours defines for a callback.
        case page(callback: String)
        /// A frame is a call of a callback.
        case call(callback: String)
    }

    private let style: Style
    /// What the answer is.
    let contentType: Response.ContentType
    /// What comes before the first frame; nil: the answer ends after one frame.
    let prelude: [UInt8]?
    /// What the application is told.
    let transport: SockJSContext.Transport

    private init(
        _ style: Style,
        _ contentType: Response.ContentType,
        prelude: [UInt8]?,
        transport: SockJSContext.Transport
    ) {
        self.style = style
        self.contentType = contentType
        self.prelude = prelude
        self.transport = transport
    }

    static let xhr = SockJSFraming(.lines, .javaScript, prelude: nil, transport: .xhrPolling)

    /// Browsers hand out what came only after two kilobytes.
    static let xhrStreaming = SockJSFraming(
        .lines,
        .javaScript,
        prelude: Array(repeating: UInt8(ascii: "h"), count: 2048) + [0x0A],
        transport: .xhrStreaming
    )

    /// Opera's first line gets lost.
    static let eventSource = SockJSFraming(
        .events,
        .eventStreamForSockJS,
        prelude: [0x0D, 0x0A],
        transport: .eventSource
    )

    /// - Parameter callback: checked with ``SockJSRoute/isCallback(_:)``.
    static func htmlFile(callback: String) -> SockJSFraming {
        let page = Array(SockJSPages.stream(callback: callback).utf8)
        // Internet Explorer shows nothing of a page before it has a kilobyte.
        let padding = Array(repeating: UInt8(ascii: " "), count: max(0, 1024 - page.count))
        return SockJSFraming(
            .page(callback: callback),
            .html,
            prelude: page + padding + [0x0D, 0x0A, 0x0D, 0x0A],
            transport: .htmlFile
        )
    }

    /// - Parameter callback: checked with ``SockJSRoute/isCallback(_:)``.
    static func jsonp(callback: String) -> SockJSFraming {
        SockJSFraming(.call(callback: callback), .javaScript, prelude: nil, transport: .jsonpPolling)
    }

    /// A frame as it is written.
    func encode(_ frame: SockJSFrame) -> [UInt8] {
        let content = frame.bytes
        var bytes: [UInt8] = []
        bytes.reserveCapacity(content.count + 64)
        switch style {
        case .lines:
            bytes.append(contentsOf: content)
            bytes.append(0x0A)
        case .events:
            // All line ends in a frame are escaped, being within strings of JSON.
            bytes.append(contentsOf: "data: ".utf8)
            bytes.append(contentsOf: content)
            bytes.append(contentsOf: "\r\n\r\n".utf8)
        case .page:
            bytes.append(contentsOf: "<script>\np(".utf8)
            SockJSText.appendQuoted(content, escapesMarkup: true, to: &bytes)
            bytes.append(contentsOf: ");\n</script>\r\n".utf8)
        case .call(let callback):
            bytes.append(contentsOf: callback.utf8)
            bytes.append(UInt8(ascii: "("))
            SockJSText.appendQuoted(content, escapesMarkup: true, to: &bytes)
            bytes.append(contentsOf: ");\r\n".utf8)
        }
        return bytes
    }
}
