internal import GafferModel
internal import WebServer

extension Operation {
    static let ofStreams: [Operation] = [
        Operation(
            .get,
            .stream,
            "readStream",
            "What a process writes",
            .streams,
            [
                Answer(status: 200, type: .bytes, schema: .string)
                    .with(header: "X-Gaffer-Position", "What to give as `since` to get what comes next."),
                Answer(status: 200, type: .octets, schema: .anything),
                Answer(status: 200, type: .eventStream, schema: .anything),
            ]
        ).taking(.feed, .heartbeat, .tail, .since, .lastEventID).explained(
            """
            A stream, or all (`.`), of a process that runs, or that has ended and whose output is still kept.

            `longpoll`: the next piece, as text/plain. `continuous`: bytes as they come, as application/octet-stream. \
            `eventsource`: events `<label>` with the text as data, the position as id and, where the bytes are no UTF-8, \
            these in the field `data_b64`; `gap` where the reader fell behind, with `from`, `to` and `lost`; `end` at the \
            end.

            `error` is `io_not_redirected` (400) where nothing of the process is captured, `io_not_found` (404) where it \
            has no such stream.
            """
        ),
        Operation(.post, .stream, "writeStream", "Write to a process", .streams, [.json(.written)])
            .sending(.octets, .anything).taking(.endOfInput).failing(500, 504)
            .explained(
                "To `stdin` or to a custom stream, all of it in one piece. 403 with `forbidden_write` where its stdin is "
                    + "not redirected; 504 where it does not read in time; 503 where too much waits already."
            ),
        Operation(
            .get,
            .webStream,
            "openWebStream",
            "The websocket of a process",
            .streams,
            [.empty(101)]
        ).taking(.tail).failing(426).withoutHead.explained(
            """
            A websocket: what the process writes to its first output comes as text (as binary where it is no UTF-8), and \
            what is sent is written to its stdin. An error is a text, `{"error": "not_found"}` or \
            `{"error": "forbidden_write"}`, after which the server closes.
            """
        ),
        channel(.ioChannel, "openChannel", "The IO channel of a process"),
        channel(.ioChannelOfStream, "openChannelOfStream", "The IO channel of a stream"),
    ]

    private static func channel(_ template: RouteTemplate, _ id: String, _ summary: String) -> Operation {
        Operation(.get, template, id, summary, .streams, [.empty(101)]).taking(.mode).failing(426).withoutHead
            .explained(
                """
                A websocket. A frame is `V1 <type> <id>`, a zero byte and a body; types are `message`, `response`, `error` and \
                `gap`. A client's message is written to stdin or to the stream and answered by a response `OK` or by an error \
                with its id; output comes as messages with ids of the server.

                Without a key in the request, the first message has to be `AUTH:<key>`.
                """
            )
    }

    static let ofEvents: [Operation] = [
        Operation(
            .get,
            .events,
            "readEvents",
            "What happens",
            .events,
            [
                .json(.events), Answer(status: 200, type: .jsonLines, schema: .any(.named(.event), .named(.gap))),
                Answer(status: 200, type: .eventStream, schema: .anything),
            ]
        ).taking(.feed, .heartbeat, .pattern, .sinceEvent, .lastEventID).explained(
            """
            Only what happens to jobs that the key may read.

            `longpoll`: the next events. `continuous`: an event a line. `eventsource`: the name of the event, its number as \
            id and the event as data. A gap, where the reader fell behind, is told as `gap`.
            """
        ),
        watch("/watch", "watch"), watch("/watch/{a}", "watchA"), watch("/watch/{a}/{b}", "watchB"),
        watch("/watch/{a}/{b}/{c}", "watchC"),
    ]

    private static func watch(_ path: String, _ id: String) -> Operation {
        Operation(
            .get,
            .watch,
            path: path,
            id,
            "What happens, as 0.4 told it",
            .legacy,
            [
                .json(.event), Answer(status: 200, type: .jsonLines, schema: .any(.named(.event), .named(.gap))),
                Answer(status: 200, type: .eventStream, schema: .anything),
            ]
        ).taking(.feed, .heartbeat, .sinceEvent, .lastEventID).explained(
            "`longpoll` answers with one event. `error` is `bad_event_type` (404) where there is no event of that name."
        )
    }
}
