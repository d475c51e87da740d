internal import GafferSystem
internal import Glibc

/// How much CPU time this process takes.
struct Meter {
    private let start = monotonicNow()
    private let used = Meter.cpu()

    /// Since the beginning: percent of one core, with one digit, and CPU time in milliseconds.
    func read() -> (percent: Double, milliseconds: Double) {
        let cpu = Meter.cpu() - used
        return (
            (cpu / (monotonicNow() - start) * 1000).rounded() / 10, (cpu / .milliseconds(1) * 10).rounded() / 10
        )
    }

    private static func cpu() -> Duration {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
}

/// Does something so often a second, in bursts of a millisecond, for so many seconds; how often it did.
func paced(_ rate: Int, _ seconds: Int, _ body: (Int) -> Void) -> Int {
    let start = monotonicNow()
    var done = 0
    while true {
        let elapsed = (monotonicNow() - start) / .seconds(1)
        guard elapsed < Double(seconds) else { return done }
        let due = Int(elapsed * Double(rate))
        for _ in 0..<min(due - done, 10_000) {
            done += 1
            body(done)
        }
        if due - done < 10_000 { usleep(1_000) }
    }
}

/// Runs what blocks on a thread of its own.
func onThread<Value: Sendable>(_ name: String, _ body: @escaping @Sendable () -> Value) async -> Value {
    await withCheckedContinuation { continuation in
        startThread(named: name) { continuation.resume(returning: body()) }
    }
}

func pause(_ duration: Duration) async {
    await withCheckedContinuation { continuation in
        TimerThread.shared.schedule(after: duration) { continuation.resume() }
    }
}

/// The most memory that this process had, in kB.
func residentKilobytes() -> Int {
    var usage = rusage()
    getrusage(RUSAGE_SELF.rawValue, &usage)
    return usage.ru_maxrss
}
