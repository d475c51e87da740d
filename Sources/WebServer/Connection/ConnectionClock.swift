internal import NIOCore

/// How long a connection may stay in the phase that it is in.
///
/// Every phase but the waiting for a job has an end, so that nobody holds a connection by being slow:
///
/// | phase | begins | ends |
/// |---|---|---|
/// | handshake | the connection is made, and is to be encrypted | it is |
/// | idle | the connection is made, or an answer is written | a byte comes |
/// | head | the first byte of a request | its last header |
/// | body | the last header | the last byte of the request |
/// | answering | the request is complete | the answer is known; as long as it takes |
/// | writing | the client does not take what is written | it does |
/// | lingering | the last answer is written | the client closes |
struct ConnectionClock {
    enum Phase: CaseIterable {
        case handshake, idle, head, body, answering, writing, lingering
    }

    private let limits: ConnectionLimits
    private(set) var phase = Phase.idle
    /// When the phase has to be over; nil: it may last.
    private(set) var deadline: NIODeadline?
    /// When the one timer fires; nil: there is none.
    private var alarm: NIODeadline?

    init(limits: ConnectionLimits, now: NIODeadline) {
        self.limits = limits
        deadline = now + limits.idle
    }

    /// Begins a phase; a phase that is begun again starts anew, except that a last one is never left.
    mutating func entered(_ phase: Phase, at now: NIODeadline) {
        guard self.phase != .lingering else { return }
        self.phase = phase
        deadline = limit(of: phase).map { now + $0 }
    }

    /// When a timer has to be set; nil: the one that is set, or none, will do.
    ///
    /// A timer that is too early is left alone, for ``timerFired(at:)`` to set it anew: so a request costs no timer.
    mutating func nextAlarm() -> NIODeadline? {
        guard let deadline else { return nil }
        if let alarm, alarm <= deadline { return nil }
        alarm = deadline
        return deadline
    }

    /// The timer fired: true where the phase's time is over.
    mutating func timerFired(at now: NIODeadline) -> Bool {
        alarm = nil
        guard let deadline else { return false }
        return deadline <= now
    }

    private func limit(of phase: Phase) -> TimeAmount? {
        switch phase {
        case .idle: limits.idle
        case .handshake, .head: limits.head
        case .body: limits.body
        case .answering: nil
        case .writing: limits.writing
        case .lingering: limits.lingering
        }
    }
}
