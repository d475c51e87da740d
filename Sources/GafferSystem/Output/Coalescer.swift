/// Decides how long the output thread waits before it looks again, so that a child that writes line by line is not read
/// line by line.
///
/// A write to a pipe somebody sleeps on costs a wake-up, and the reader a turn of its loop; for a child that writes 100
/// bytes at a time these are most of the cost. So where turn follows turn and the reads are short, the thread sleeps
/// before the next one, long enough for some tens of KiB, short enough that no pipe fills and no line is late by more
/// than ``longestPause``. A child that writes now and then is read at once, and nobody is woken who would not be anyway.
///
/// | the last turns | the next pause |
/// |---|---|
/// | not at least ``frequentTurns``, each within 1 ms of the one before | none |
/// | a pipe was found at least half full | half as long |
/// | the mean read was below 32 KiB | twice as long, from 100 µs to 1 ms |
/// | else | the same |
struct Coalescer: Sendable {
    static let frequentTurns = 16
    static let shortestPause: Int64 = 100_000
    /// In nanoseconds.
    static let longestPause: Int64 = 1_000_000
    /// A turn that comes later than this after the one before is not frequent, in nanoseconds.
    static let frequentGap: Int64 = 1_000_000
    private static let shortRead = 32 << 10

    private(set) var pause: Int64 = 0
    private var turns = 0
    private var bytes = 0
    private var reads = 0
    private var foundHalfFull = false

    /// Bytes were read from a pipe that holds so many.
    mutating func read(_ count: Int, ofPipe size: Int) {
        bytes += count
        reads += 1
        if count * 2 >= size { foundHalfFull = true }
    }

    /// A turn of the loop is over, for which the thread had slept so long on its own accord.
    ///
    /// - Returns: how long to wait before the next one, in nanoseconds.
    mutating func turnEnded(afterSleepOf sleep: Int64) -> Int64 {
        defer {
            bytes = 0
            reads = 0
            foundHalfFull = false
        }
        guard sleep < Coalescer.frequentGap else {
            turns = 0
            pause = 0
            return 0
        }
        guard reads > 0 else { return 0 }
        turns += 1
        guard turns >= Coalescer.frequentTurns else { return 0 }
        turns = Coalescer.frequentTurns
        if foundHalfFull {
            pause = pause / 2 < Coalescer.shortestPause ? 0 : pause / 2
        } else if bytes < Coalescer.shortRead * reads {
            pause = min(max(pause * 2, Coalescer.shortestPause), Coalescer.longestPause)
        }
        return pause
    }
}
