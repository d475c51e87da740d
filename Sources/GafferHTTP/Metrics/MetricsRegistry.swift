internal import GafferModel
internal import Synchronization

/// What is counted while the daemon runs, for `GET /metrics`: requests, subscribers and events.
///
/// Counting costs well under a microsecond and makes nothing: a lock that nobody holds for longer, and a place in an array.
/// Only a look at all of it, once in a scrape, copies it.
package final class MetricsRegistry: Sendable {
    private struct Live: Sendable {
        var subscribers = [Int](repeating: 0, count: SubscriberKind.allCases.count)
        var gaps = [UInt64](repeating: 0, count: SubscriberKind.allCases.count)
    }

    private let requests = Mutex(RequestCounts())
    private let live = Mutex(Live())
    private let events = Mutex(EventCounts())

    /// Makes a registry in which nothing was counted.
    package init() {}

    /// Counts a request, when its answer is written; a stream and a websocket count when they begin.
    ///
    /// - Parameters:
    ///   - route: the shape of the path; nil: no route has it.
    ///   - method: as it came; any that no route knows counts as `other`.
    ///   - status: of the answer.
    ///   - seconds: from the request's head to the answer; nil, and for a status below 200: it is no duration to compare, as
    ///     a stream's.
    package func counted(_ route: RouteTemplate?, method: String, status: Int, seconds: Double?) {
        requests.withLock { $0.count(route, method: method, status: status, seconds: seconds) }
    }

    /// Somebody watches from now on.
    package func subscribed(_ kind: SubscriberKind) {
        live.withLock { $0.subscribers[kind.index] += 1 }
    }

    /// Somebody watches no more.
    package func unsubscribed(_ kind: SubscriberKind) {
        live.withLock { $0.subscribers[kind.index] -= 1 }
    }

    /// A gap was marked to somebody who fell behind.
    package func missed(_ kind: SubscriberKind) {
        live.withLock { $0.gaps[kind.index] += 1 }
    }

    /// Counts events.
    ///
    /// - Parameters:
    ///   - missed: how many there were before these that nobody told us of.
    ///   - isLoaded: whether there is a job of that name now.
    func note(_ batch: [Event], missed: UInt64 = 0, isLoaded: (JobName) -> Bool) {
        events.withLock { events in
            for event in batch { events.note(event, isLoaded: isLoaded) }
            if missed > 0 { events.miss(missed, isLoaded: isLoaded) }
        }
    }

    /// What was counted so far.
    var counts: MetricsCounts {
        let live = live.withLock { $0 }
        var counts = MetricsCounts(requests: requests.withLock { $0 }, events: events.withLock { $0 })
        for kind in SubscriberKind.allCases {
            counts.subscribers.append((kind, live.subscribers[kind.index], live.gaps[kind.index]))
        }
        return counts
    }
}

/// What somebody watches.
package enum SubscriberKind: String, Sendable, CaseIterable {
    /// What processes write.
    case stream
    /// What happens.
    case events
    /// What processes use.
    case stats
    /// A session of the channel protocol, over a websocket or SockJS.
    case channel

    fileprivate var index: Int {
        switch self {
        case .stream: 0
        case .events: 1
        case .stats: 2
        case .channel: 3
        }
    }
}

/// What a registry has counted at one moment.
struct MetricsCounts: Sendable {
    var requests = RequestCounts()
    var events = EventCounts()
    var subscribers: [(kind: SubscriberKind, now: Int, gaps: UInt64)] = []
}
