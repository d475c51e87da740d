internal import NIOCore

/// Whether the client of a websocket is still there, and takes what it is sent.
///
/// | what is seen | what follows |
/// |---|---|
/// | it says nothing for `ping` | it is asked |
/// | it does not answer for `pong`, and takes nothing either | it is cut off |
/// | it takes nothing for `pong`, although something waits to be taken | it is cut off |
/// | it does not answer to our close | it is cut off |
struct SocketClock {
    enum Action: Equatable {
        /// Nothing is to be done before.
        case wait(NIODeadline)
        /// Ask whether it is there, and look again.
        case ping(NIODeadline)
        case cutOff
    }

    private let limits: WebSocketLimits
    private let closing: TimeAmount
    private var lastHeard: NIODeadline
    /// When it was asked, or has last taken something since; nil: it need not answer.
    private var askedAt: NIODeadline?
    /// Since when it takes nothing; nil: nothing waits to be taken.
    private var stuckSince: NIODeadline?
    /// How many bytes it had taken by then.
    private var taken = 0
    private var closedAt: NIODeadline?

    /// Makes a clock.
    ///
    /// - Parameter closing: how long an answer to our close may take.
    init(limits: WebSocketLimits, closing: TimeAmount, now: NIODeadline) {
        self.limits = limits
        self.closing = closing
        lastHeard = now
    }

    /// Something came.
    mutating func heard(at now: NIODeadline) {
        lastHeard = now
        askedAt = nil
    }

    /// The last frame is taken, the one that closes.
    mutating func closed(at now: NIODeadline) {
        closedAt = now
    }

    /// What is to be done now.
    ///
    /// - Parameters:
    ///   - written: how many bytes were written for the client since the beginning.
    ///   - waiting: how many of them it has yet to take.
    ///   - isReading: false while it is we who do not look at what it says.
    mutating func look(at now: NIODeadline, written: Int, waiting: Int, isReading: Bool) -> Action {
        if let closedAt {
            return now - closedAt >= closing ? .cutOff : .wait(closedAt + closing)
        }
        if !isReading { heard(at: now) }
        noteWhatIsTaken(at: now, written: written, waiting: waiting)
        if let stuckSince, now - stuckSince >= limits.pong { return .cutOff }
        if let askedAt, now - askedAt >= limits.pong { return .cutOff }
        var next = askedAt.map { $0 + limits.pong } ?? lastHeard + limits.ping
        let isAsking = askedAt == nil && next <= now
        if isAsking {
            askedAt = now
            next = now + limits.pong
        }
        if let stuckSince { next = min(next, stuckSince + limits.pong) }
        return isAsking ? .ping(next) : .wait(next)
    }

    private mutating func noteWhatIsTaken(at now: NIODeadline, written: Int, waiting: Int) {
        let taken = written - waiting
        let hasTaken = taken > self.taken
        self.taken = max(taken, self.taken)
        if waiting == 0 {
            stuckSince = nil
        } else if hasTaken || stuckSince == nil {
            stuckSince = now
        }
        // The question may stand behind much else that it takes before.
        if hasTaken, askedAt != nil, waiting > 0 { askedAt = now }
    }
}
