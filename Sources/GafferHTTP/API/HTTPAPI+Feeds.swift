internal import Gaffer
internal import GafferAuth
internal import GafferModel
internal import WebChannels
internal import WebServer

/// The feeds, and what is written to processes.
extension HTTPAPI {
    /// Answers `GET /streams/…`, `/events` and `/watch`.
    func feed(_ call: APICall) -> Answer {
        do {
            var request = try FeedRequest(call)
            // Without a body there is nothing to wait for.
            if call.method == .head, request.form == .longpoll { request.form = .continuous }
            guard let seat = seat(for: call) else { return .now(.tooManyStreams) }
            switch call.route {
            case .stream(let pid, let label):
                return try streamFeed(pid, label, request, call, seat)
            case .events:
                let pattern = try EventPattern(call.query["pattern"] ?? ".")
                return try eventsFeed(pattern, .today, request, call, seat)
            case .watch(let parts):
                let pattern = try EventPattern(parts.isEmpty ? "." : parts.joined(separator: "."))
                guard pattern.isKnown else {
                    return .now(.json(["error": "bad_event_type", "reason": "not_found"], status: 404))
                }
                return try eventsFeed(pattern, .legacy, request, call, seat)
            default:
                preconditionFailure("\(call.route) is no feed")
            }
        } catch {
            return .now(.error(error))
        }
    }

    private func streamFeed(
        _ pid: Int,
        _ label: String,
        _ request: FeedRequest,
        _ call: APICall,
        _ seat: FeedSeat
    ) throws(GafferError) -> Answer {
        let streams = try feeds.streams(of: pid)
        guard !streams.isEmpty else { return .now(.streamError(400, "io_not_redirected", pid, label)) }
        let feed = try StreamFeed(
            of: streams,
            label: label,
            request,
            life: feeds.events.life,
            hub: hub,
            mayGoOn: mayGoOn(call)
        )
        guard !feed.isEmpty else { return .now(.streamError(404, "io_not_found", pid, label)) }
        switch request.form {
        case .longpoll:
            return .later {
                defer { seat.leave() }
                return await feed.next()
            }
        case .eventsource:
            return .now(
                EventStream.response { writer in
                    defer { seat.leave() }
                    await feed.write(to: writer)
                }
            )
        case .continuous:
            let headers: [Response.Header] = [.init("cache-control", "no-store"), .init("x-accel-buffering", "no")]
            return .now(
                Response(contentType: .octets, headers: headers) { writer in
                    defer { seat.leave() }
                    await feed.write(to: writer)
                }
            )
        }
    }

    private func eventsFeed(
        _ pattern: EventPattern,
        _ style: EventsFeed.Style,
        _ request: FeedRequest,
        _ call: APICall,
        _ seat: FeedSeat
    ) throws(GafferError) -> Answer {
        let mayGoOn = mayGoOn(call)
        let authority = authority(of: call)
        let feed = EventsFeed(
            events: feeds.events,
            pattern: pattern,
            style: style,
            request: request,
            maySee: { authority?.principal()?.permissions.allow(.read, .job($0)) ?? false },
            mayGoOn: mayGoOn
        )
        guard request.form == .longpoll else {
            var response = try feed.response()
            response = response.ending { seat.leave() }
            return .now(response)
        }
        return .later {
            defer { seat.leave() }
            return await feed.next()
        }
    }

    /// Answers `GET /stats…?feed=…`: as often as the parameter `interval` says, every second where it is left out.
    func statsFeed(_ route: LegacyRoute, _ call: APICall) -> Answer {
        do {
            let request = try FeedRequest(call)
            guard request.form != .longpoll else { return try read(route, call) }
            let interval = try call.query.interval()
            let target = try statsTarget(route)
            guard let seat = seat(for: call) else { return .now(.tooManyStreams) }
            let authority = authority(of: call)
            let isEvents = request.form == .eventsource
            let write: @Sendable (any ResponseWriter) async -> Void = { [feeds] writer in
                defer { seat.leave() }
                let samples = feeds.stats(of: target, every: interval)
                for await sample in samples {
                    guard let principal = authority?.principal() else { return }
                    let seen = sample.filter { stats in
                        guard let pid = stats.pid, let job = try? feeds.job(of: pid) else { return false }
                        return principal.permissions.allow(.read, .job(job))
                    }
                    let data = JSON.array(seen.map(\.legacyJSON)).encoded()
                    let bytes = isEvents ? EventStreamEncoder.event(name: .init("STATS"), data: data) : data + [0x0A]
                    guard (try? await writer.write(bytes)) != nil else { return }
                }
            }
            guard !isEvents else { return .now(EventStream.response(write: write)) }
            return .now(
                Response(contentType: .jsonLines, headers: [.init("cache-control", "no-store")], write: write)
            )
        } catch {
            return .now(.error(error))
        }
    }

    private func statsTarget(_ route: LegacyRoute) throws(GafferError) -> StatsTarget {
        switch route {
        case .statsOfJob(let job):
            _ = try supervisor.info(of: job)
            return .job(job)
        case .statsOfProcess(let job, let pid):
            guard try supervisor.process(pid).name == job else {
                throw GafferError(.notFound, "The job \(job) has no process \(pid).")
            }
            return .process(pid)
        default:
            return .everything
        }
    }

    private func seat(for call: APICall) -> FeedSeat? {
        let kind: SubscriberKind =
            switch call.route {
            case .stream: .stream
            case .events, .watch: .events
            default: .stats
            }
        return quota.seat(for: call.principal).map { FeedSeat(seat: $0, kind: kind, metrics: metrics) }
    }

    /// Whether a principal is still somebody: a key can be removed while a feed is open.
    private func mayGoOn(_ call: APICall) -> @Sendable () -> Bool {
        let authority = authority(of: call)
        return { authority?.principal() != nil }
    }

    /// Answers `POST /streams/<pid>/<label>`: all of the body is written, or an error says what became of it.
    func write(_ bytes: [UInt8], to label: String, of pid: Int, _ call: APICall) async -> Response {
        await HTTPAPI.answering { () async throws(GafferError) in
            // 0.5's manual has this name beside `stdin`.
            let label = label == "ttin" ? "stdin" : label
            let endsInput = try call.query.flag("eof")
            do throws(GafferError) {
                if !bytes.isEmpty { try await feeds.write(bytes, to: label, of: pid) }
                if endsInput { try await feeds.closeInput(label, of: pid) }
            } catch {
                guard error.code == .forbidden else { throw error }
                return .json(
                    ["error": "forbidden_write", "reason": "forbidden", "message": .string(error.message)],
                    status: 403
                )
            }
            return .json(["ok": true, "bytes": .integer(Int64(bytes.count))])
        }
    }
}

extension Query {
    /// How often stats are told; a second where the parameter `interval` is absent.
    ///
    /// - Throws: `bad_request` where it is no number of seconds from 0.1 to 3600.
    fileprivate func interval() throws(GafferError) -> Duration {
        guard let text = self["interval"] else { return .seconds(1) }
        guard let seconds = Query.decimal(text), (0.1...3600).contains(seconds) else {
            throw GafferError(
                .badRequest,
                "interval is a number of seconds from 0.1 to 3600, not \(JSON.string(text))."
            )
        }
        return .milliseconds(Int64((seconds * 1000).rounded()))
    }
}

extension Response {
    /// Who asks has too many streams open.
    static let tooManyStreams: Response = {
        var response = failure(
            429,
            "too_many_streams",
            "Too many streams are open with this key; close one, or use another key."
        )
        response.headers = [.init("retry-after", "1")]
        return response
    }()

    /// The original's words for a stream that can't be read.
    fileprivate static func streamError(_ status: Int, _ word: String, _ pid: Int, _ label: String) -> Response {
        .json(
            [
                "error": .string(word), "reason": .string(status == 404 ? "not_found" : "bad_request"),
                "message": .string(
                    status == 404
                        ? "Process \(pid) has no stream \(JSON.string(label))."
                        : "The output of process \(pid) is not captured: its job says so, or it is detached."
                ),
            ],
            status: status
        )
    }

    /// The same, and `end` when its stream is at its end.
    fileprivate func ending(_ end: @escaping @Sendable () -> Void) -> Response {
        guard let stream else { return self }
        return Response(status: status, contentType: contentType, headers: headers) { writer in
            defer { end() }
            await stream.write(writer)
        }
    }
}

/// A feed that is counted as long as it is open.
private final class FeedSeat: Sendable {
    private let seat: StreamQuota.Seat
    private let kind: SubscriberKind
    private let metrics: MetricsRegistry

    init(seat: StreamQuota.Seat, kind: SubscriberKind, metrics: MetricsRegistry) {
        self.seat = seat
        self.kind = kind
        self.metrics = metrics
        metrics.subscribed(kind)
    }

    deinit {
        metrics.unsubscribed(kind)
    }

    /// The feed is at its end.
    func leave() { seat.leave() }
}
