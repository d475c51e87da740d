internal import Glibc

/// Waiting for several descriptors at once, as a socket and the terminal.
package enum Readiness {
    /// What was waited for.
    package enum Outcome: Sendable, Hashable {
        /// The places of the descriptors that can be read, or are at their end.
        case ready([Int])
        /// The deadline came first.
        case timedOut
        /// A signal was caught.
        case interrupted
    }

    /// Waits until one of the descriptors can be read.
    ///
    /// - Parameters:
    ///   - descriptors: what is waited for; a negative one is passed over.
    ///   - watched: a descriptor that is written to, told of once nobody reads it any more; it has the place after the
    ///     others.
    ///   - deadline: how long; nil: for ever.
    package static func wait(
        for descriptors: [Int32],
        watching watched: Int32? = nil,
        until deadline: Deadline? = nil
    ) -> Outcome {
        var entries = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        if let watched { entries.append(pollfd(fd: watched, events: 0, revents: 0)) }
        let count = poll(&entries, nfds_t(entries.count), deadline?.remainingMilliseconds ?? -1)
        guard count > 0 else { return count == 0 ? .timedOut : .interrupted }
        return .ready(entries.indices.filter { entries[$0].revents != 0 })
    }
}
