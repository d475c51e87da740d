package import Gaffer
internal import GafferModel
package import WebServer

/// Answers `GET /metrics`.
package struct MetricsPage: Sendable {
    private let supervisor: any Supervisor
    private let feeds: any ProcessFeeds
    private let registry: MetricsRegistry

    /// Makes a page of what a supervisor knows and a registry has counted.
    package init(supervisor: any Supervisor, feeds: any ProcessFeeds, registry: MetricsRegistry) {
        self.supervisor = supervisor
        self.feeds = feeds
        self.registry = registry
    }

    /// Looks at everything now, and tells it.
    package func response() async -> Response {
        Response(contentType: .metrics, body: MetricsText.render(await snapshot().families))
    }

    func snapshot() async -> MetricsSnapshot {
        var snapshot = MetricsSnapshot()
        // A job may be unloaded since its name was read: then there is nothing to tell of it.
        snapshot.jobs = ((try? supervisor.jobNames(in: nil)) ?? []).compactMap { try? supervisor.info(of: $0) }
        snapshot.counts = registry.counts
        snapshot.outputBytes = feeds.outputBytes(of: snapshot.jobs.map(\.name))
        snapshot.cgroups = await feeds.cgroupUsage(of: snapshot.jobs.map(\.name))
        if snapshot.jobs.contains(where: { !$0.instances.isEmpty }) {
            // One look at all: one a job would go through all processes of the machine for each.
            for await look in feeds.stats(of: .everything, every: .seconds(3600)) {
                snapshot.stats = look
                break
            }
        }
        let osPids = snapshot.stats.map(\.osPid)
        (snapshot.daemon, snapshot.descriptors) = await DaemonUsage.look(descriptorsOf: osPids)
        return snapshot
    }
}
