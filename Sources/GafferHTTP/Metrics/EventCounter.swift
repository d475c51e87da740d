package import Gaffer
internal import GafferModel

/// Counts what happens, as long as the daemon runs; it wakes with an event and with nothing else.
package struct EventCounter: Sendable {
    private let feeds: any ProcessFeeds
    private let supervisor: any Supervisor
    private let registry: MetricsRegistry

    /// Makes a counter, which counts nothing until ``run()``.
    package init(feeds: any ProcessFeeds, supervisor: any Supervisor, registry: MetricsRegistry) {
        self.feeds = feeds
        self.supervisor = supervisor
        self.registry = registry
    }

    /// Counts all events from now on; returns when there are no more, or when its task is cancelled.
    package func run() async {
        var last: UInt64?
        for await event in feeds.events.events() {
            let missed = last.map { event.sequence - $0 - 1 } ?? 0
            last = event.sequence
            registry.note([event], missed: missed, isLoaded: isLoaded)
        }
    }

    private func isLoaded(_ job: JobName) -> Bool {
        (try? supervisor.wanted(of: job)) != nil
    }
}
