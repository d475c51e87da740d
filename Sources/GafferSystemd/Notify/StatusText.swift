package import GafferModel

/// The line about gafferd that `systemctl status` shows: pure.
package struct StatusText: Sendable {
    /// Where gafferd is in its life.
    package enum Phase: Sendable, Hashable {
        case starting, running, reloading, stopping
    }

    /// What is told of a job.
    package struct Job: Sendable {
        package var name: JobName
        package var state: JobInfo.State
        package var processes: Int

        package init(name: JobName, state: JobInfo.State, processes: Int) {
            self.name = name
            self.state = state
            self.processes = processes
        }
    }

    /// The most names that a line has.
    static let longestList = 5
    /// States that somebody should look at, worst first.
    private static let troubles: [JobInfo.State] = [.failed, .flapping, .backoff]
    /// The others, in the order in which they are told.
    private static let others: [JobInfo.State] = [.running, .starting, .stopping, .stopped, .finished, .idle]

    /// The line, as `5 jobs: 4 running, 1 flapping (shop.web); 9 processes`.
    package static func text(phase: Phase, jobs: [Job]) -> String {
        switch phase {
        case .stopping:
            let left = jobs.filter { $0.processes > 0 }.map(\.name)
            return left.isEmpty ? "Stopping" : "Stopping: waiting for \(list(left))"
        case .starting: return "Starting: " + summary(of: jobs)
        case .reloading: return "Reloading the configuration: " + summary(of: jobs)
        case .running: return summary(of: jobs)
        }
    }

    private static func summary(of jobs: [Job]) -> String {
        guard !jobs.isEmpty else { return "No jobs" }
        let byState = Dictionary(grouping: jobs, by: \.state)
        let parts =
            others.compactMap { state in byState[state].map { "\($0.count) \(state.rawValue)" } }
            + troubles.compactMap { state in
                byState[state].map { "\($0.count) \(state.rawValue) (\(list($0.map(\.name))))" }
            }
        let processes = jobs.map(\.processes).reduce(0, +)
        return "\(count(jobs.count, "job")): \(parts.joined(separator: ", ")); "
            + (processes == 1 ? "1 process" : "\(processes) processes")
    }

    private static func list(_ names: [JobName]) -> String {
        let shown = names.prefix(longestList).map(\.description).joined(separator: ", ")
        return names.count > longestList ? "\(shown) and \(names.count - longestList) more" : shown
    }

    private static func count(_ number: Int, _ word: String) -> String {
        number == 1 ? "1 \(word)" : "\(number) \(word)s"
    }
}
