package import GafferModel
internal import GafferSystem

/// A job that stands in the configuration.
package struct ConfiguredJob: Sendable {
    package var name: JobName
    package var config: JobConfig
    /// Names the text of its section, to tell whether it changed.
    package var fingerprint: String

    package init(name: JobName, config: JobConfig, fingerprint: String) {
        self.name = name
        self.config = config
        self.fingerprint = fingerprint
    }
}

/// What a new configuration changed.
package struct ConfigurationChange: Sendable, Equatable {
    package var added: [JobName] = []
    package var changed: [JobName] = []
    package var removed: [JobName] = []
    package var unchanged = 0
}

extension ManagerActor {
    /// How long the changes of a new configuration are waited for: less than systemd waits for a reload
    /// (`TimeoutStartSec=`), which is done when the configuration is in force, however long old processes take to leave.
    private static let longestReload: Duration = .seconds(45)

    /// Loads and starts the configured jobs in the order of their priority, then those that were loaded at run time,
    /// each as it was wanted last.
    ///
    /// - Parameter detached: processes of detached jobs that an earlier gafferd left running.
    /// - Returns: done when each process has been started, or could not be, which is told of by itself.
    @discardableResult
    package func begin(with jobs: [ConfiguredJob], detached: [ProcessRecord] = []) async -> Change {
        wishes.configured(Dictionary(jobs.map { ($0.name, $0.fingerprint) }) { first, _ in first })
        var loaded: [(job: JobActor, entry: Wishes.Entry?)] = []
        for configured in jobs {
            let entry = wishes.entries[configured.name]
            if entry?.isUnloaded == true { continue }
            loaded.append((makeJob(entry?.config ?? configured.config, as: configured.name), entry))
        }
        for (name, entry) in wishes.entries.sorted(by: { $0.key < $1.key }) where entry.fingerprint == nil {
            guard let config = entry.config else { continue }
            loaded.append((makeJob(config, as: name), entry))
        }
        let order = loaded.map(\.job).inStartOrder
        let entries = Dictionary(loaded.map { ($0.job.name, $0.entry) }) { first, _ in first }
        for job in order {
            for record in detached where record.name == job.name {
                _ = await job.adopt(
                    osPid: record.osPid,
                    startTime: record.startTime,
                    instance: record.instance,
                    time: record.time
                )
            }
            await begin(job, as: entries[job.name] ?? nil)
        }
        var attempts: [Change] = []
        for job in order { attempts.append(await job.attempts()) }
        await save()
        return Change(all: attempts)
    }

    private func begin(_ job: JobActor, as entry: Wishes.Entry?) async {
        guard !((try? refuseWhileShuttingDown()) == nil) else { return }
        let config = job.board.withMachine { $0.config }
        switch entry?.isStopped {
        case true?:
            if let number = entry?.number { await job.restore(number: number) }
            await job.restoreStopped()
        case false?, nil:
            guard config.start || entry?.isStopped == false else { return }
            if let number = entry?.number { await job.restore(number: number) }
            _ = await job.start()
        }
    }

    /// Makes a new configuration the one in force, by difference: what did not change keeps its processes.
    ///
    /// - Parameters:
    ///   - jobs: all configured jobs; they were checked before.
    ///   - diff: which of their sections are new, gone or different.
    package func configure(_ jobs: [ConfiguredJob]) async throws(GafferError) -> ConfigurationChange {
        try refuseWhileShuttingDown()
        let before = wishes.sections
        wishes.configured(Dictionary(jobs.map { ($0.name, $0.fingerprint) }) { first, _ in first })
        var result = ConfigurationChange()
        let kept = Set(jobs.map(\.name))
        var changes: [Change] = []
        for name in before.keys.sorted() where !kept.contains(name) {
            result.removed.append(name)
            if let job = try? directory.job(name) { changes.append(await remove(job)) }
        }
        var added: [JobActor] = []
        for configured in jobs {
            guard let section = before[configured.name] else {
                result.added.append(configured.name)
                if let job = try? directory.job(configured.name) {
                    // It was loaded at run time under the same name; the configuration wins.
                    changes.append(await job.update(configured.config, relaunch: false))
                } else {
                    added.append(makeJob(configured.config, as: configured.name))
                }
                continue
            }
            guard section != configured.fingerprint else {
                result.unchanged += 1
                continue
            }
            result.changed.append(configured.name)
            if let job = try? directory.job(configured.name) {
                changes.append(await job.update(configured.config, relaunch: false))
            } else {
                added.append(makeJob(configured.config, as: configured.name))
            }
        }
        for job in added.inStartOrder {
            await waitUntilGone(job.name)
            if job.board.withMachine({ $0.config.start }) { changes.append(await job.start()) }
        }
        await save()
        // A job that can't be started is told of by itself; the configuration is in force all the same.
        let deadline = host.now + Self.longestReload
        for change in changes { try? await change.settled(within: max(.zero, deadline - host.now)) }
        return result
    }
}
