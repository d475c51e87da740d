/// Decides how long the writer waits before it looks at what has come, so that it sends many records at a time.
///
/// Each wake-up of a thread costs about as much as sending a record.
///
/// | since the turn before | wait |
/// |---|---|
/// | up to ``frequentGap`` | ``pause`` |
/// | longer | not at all: a line that comes alone goes at once |
struct JournalPace {
    static let frequentGap = Duration.milliseconds(8)
    /// In nanoseconds.
    static let pause: Int64 = 16_000_000
    /// How long journald is left alone that takes no more, in nanoseconds.
    ///
    /// It would wake the writer for each record it takes.
    static let pauseWhenFull: Int64 = 4_000_000
    /// A journald that took so many at a time has room for what it takes in ``pauseWhenFull``.
    private static let manyRecords = 64

    private var lastTurn: Duration?
    private var mostAtOnce = 0

    /// Work came at this time; how long to wait before it is done.
    func pause(at now: Duration) -> Int64 {
        guard let lastTurn, now - lastTurn <= JournalPace.frequentGap else { return 0 }
        return JournalPace.pause
    }

    /// All work was done by this time.
    mutating func turnEnded(at now: Duration) {
        lastTurn = now
    }

    /// journald took so many at a time.
    mutating func sent(_ count: Int) {
        mostAtOnce = max(mostAtOnce, count)
    }

    /// How long to wait once journald, which was full, takes some again.
    var pauseAfterFull: Int64 {
        mostAtOnce >= JournalPace.manyRecords ? JournalPace.pauseWhenFull : 0
    }
}
