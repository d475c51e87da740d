internal import GafferModel
internal import WebServer

/// The channel protocol, over a websocket or over SockJS 0.3.3.
extension Operation {
    static let ofChannel: [Operation] =
        [
            Operation(
                .get,
                .channel,
                path: "/channel/websocket",
                "openSocket",
                "The channel protocol over a websocket",
                .channel,
                [.empty(101)]
            ).failing(426).withoutHead.explained(protocolText),
            Operation(.get, .channel, path: "/channel", "greetSocket", "The greeting of SockJS", .channel, [greeting]),
            Operation(
                .get,
                .channel,
                path: "/channel/",
                "greetSocketToo",
                "The greeting of SockJS",
                .channel,
                [greeting]
            ),
            Operation(
                .get,
                .channel,
                path: "/channel/info",
                "socketInfo",
                "What the SockJS service can do",
                .channel,
                [.json(.socketInfo)]
            ),
            Operation(
                .get,
                .channel,
                path: "/channel/{frame}",
                "socketFrame",
                "The page of old browsers",
                .channel,
                [.text(.string, .html), .empty(304)]
            ).taking(.ifNoneMatch),
        ] + transports

    private static let greeting = Answer.text(.constant("Welcome to SockJS!\n"))

    private static let transports: [Operation] = [
        transport(.get, "websocket", "Messages in frames over a websocket", [.empty(101)]).failing(426),
        transport(.post, "xhr", "Wait for the next messages", [.text(.string, .javaScript)]),
        transport(.post, "xhr_streaming", "Messages as they come", [.text(.string, .javaScript)]),
        transport(.get, "eventsource", "Messages as server-sent events", [.text(.anything, .eventStream)]),
        transport(.get, "htmlfile", "Messages as a page of scripts", [.text(.string, .html)]).taking(.callback).failing(
            500
        ),
        transport(.get, "jsonp", "The next messages as a script", [.text(.string, .javaScript)]).taking(.callback)
            .failing(500),
        transport(.post, "xhr_send", "Send messages", [.empty(204)]).failing(500)
            .sending(.json, .any(.string, .array(of: .string))),
        transport(.post, "jsonp_send", "Send messages", [.text(.constant("ok"))]).failing(500)
            .sending(.json, .any(.string, .array(of: .string))),
    ]

    private static func transport(
        _ method: Method,
        _ name: String,
        _ summary: String,
        _ answers: [Answer]
    ) -> Operation {
        let words = name.split(separator: "_").map { $0.prefix(1).uppercased() + $0.dropFirst() }
        return Operation(
            method,
            .channel,
            path: "/channel/{server}/{id}/\(name)",
            "socket" + words.joined(),
            "SockJS: \(summary)",
            .channel,
            answers
        ).withoutHead
    }

    private static let protocolText = """
        A websocket of one JSON document a message. Without a key in the request the first message is the plain text \
        `AUTH:<key>`.

        The client sends `{"event": "SUB", "data": {"topic": T}}`, `{"event": "UNSUB", "data": {"topic": T}}`, \
        `{"event": "CMD", "data": {"identity": I, "name": N, "args": [], "kwargs": {}}}` and `{"event": "NOP"}`. Topics are \
        `EVENTS`, `EVENTS:<pattern>`, `JOB:<session.job>`, `PROCESS:<pid>`, `STATS:<pid or session.job>` and \
        `STREAM:<pid>[.<label>]`.

        The server sends `gaffer:subscription_success` with `topic`, `subscription_error` with `reason`, `gaffer:event` with \
        `data.topic` and `data.event`, `gaffer:command_success` with `data.id` and `data.result`, `gaffer:command_error` \
        with `data.id` and `data.error`, and `gaffer:error`.

        Commands: sessions, jobs, pids, load, unload, reload, update, start_job, stop_job, stopall, scale, info, stats, \
        killall, commit, process_info, process_stats, stop_process, send, kill.
        """
}
