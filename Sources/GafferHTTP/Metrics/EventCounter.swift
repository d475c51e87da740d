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

    /// Counts all events, those that were before this too; returns when there are no more, or when its task is cancelled.
    package func run() async {
        let feed = feeds.events.events(after: 0)
        defer { feed.cancel() }
        while let batch = await feed.next() {
            registry.note(batch.events, missed: batch.missed, isLoaded: isLoaded)
        }
    }

    private func isLoaded(_ job: JobName) -> Bool {
        (try? supervisor.wanted(of: job)) != nil
    }
}
