/// Slows down who tries keys and passwords.
///
/// After ``limit`` failures within ``window`` nothing more is looked at until the oldest of them is that long ago. What
/// is remembered is bounded: when there are too many clients, the one whose last failure is longest ago is forgotten.
package struct FailureThrottle: Sendable {
    /// How many failures are borne.
    package static let limit = 10
    /// In which time.
    package static let window = Duration.seconds(60)
    /// How many clients are remembered.
    static let maximumClients = 1024

    /// The times of each client's failures, in order.
    private var failures: [ClientIdentity: [Duration]] = [:]

    /// Nobody has failed yet.
    package init() {}

    /// How many clients it remembers.
    var clientCount: Int { failures.count }

    /// How long a client has to wait; nil: it may try.
    ///
    /// - Parameter now: on a clock that never goes back.
    package mutating func wait(for client: ClientIdentity, now: Duration) -> Duration? {
        guard let known = failures[client] else { return nil }
        let recent = known.filter { now - $0 < Self.window }
        failures[client] = recent.isEmpty ? nil : recent
        guard recent.count >= Self.limit, let oldest = recent.first else { return nil }
        return oldest + Self.window - now
    }

    /// Notes a failure.
    package mutating func failed(_ client: ClientIdentity, now: Duration) {
        if failures[client] == nil, failures.count >= Self.maximumClients { forgetOne(now: now) }
        // No more than the limit are ever of use.
        failures[client, default: []].append(now)
        if let count = failures[client]?.count, count > Self.limit {
            failures[client]?.removeFirst(count - Self.limit)
        }
    }

    private mutating func forgetOne(now: Duration) {
        failures = failures.filter { _, times in times.last.map { now - $0 < Self.window } ?? false }
        guard failures.count >= Self.maximumClients else { return }
        let quietest = failures.min { ($0.value.last ?? .zero) < ($1.value.last ?? .zero) }
        if let quietest { failures[quietest.key] = nil }
    }
}
