internal import Gaffer
internal import GafferModel
internal import GafferSystem
internal import Glibc

/// What it costs to hand events, output and statistics to those who watch.
///
/// `GAFFER_BENCHMARKS=1 swift run -c release feeds-benchmark [events|output|stats [SECONDS]]`
@main struct FeedsBenchmark {
    static func main() async throws {
        let arguments = Array(CommandLine.arguments.dropFirst())
        let seconds = arguments.count > 1 ? Int(arguments[1]) ?? 5 : 5
        // Every task on the executor of the daemon, whose threads are few.
        try await Task(executorPreference: ThreadExecutor.shared) {
            switch arguments.first {
            case "events": await events(seconds)
            case "output": await output(seconds)
            case "stats": try await stats(seconds)
            default:
                await events(seconds)
                await output(seconds)
                try await stats(seconds)
            }
        }.value
    }

    // MARK: Events

    /// 100,000 events a second, from one thread, to ten listeners that look at each.
    private static func events(_ seconds: Int) async {
        for rate in [100_000, 10_000_000] {
            let time = TimerThread.shared
            let bus = EventBus(later: { time.schedule(after: .milliseconds(2), $0) })
            let listeners = (0..<10).map { _ in
                let feed = bus.feed()
                return Task(executorPreference: ThreadExecutor.shared) {
                    var count = 0
                    var missed: UInt64 = 0
                    for await batch in feed {
                        missed += batch.missed
                        for event in batch.events where event.kind.pid != nil { count += 1 }
                    }
                    return (count: count, missed: missed)
                }
            }
            guard let job = try? JobName(parsing: "shop.web") else { return }
            let meter = Meter()
            let published = await onThread("events") {
                paced(rate, seconds) { number in
                    bus.publish(.spawn(pid: number, osPid: 1, isCommit: false, isDetached: false), of: job, time: 0)
                }
            }
            bus.finish()
            var received = 0
            var missed: UInt64 = 0
            for listener in listeners {
                let result = await listener.value
                received += result.count
                missed += result.missed
            }
            let spent = meter.read()
            print(
                "events: \(published / seconds) a second published, \(received / 10 / seconds) a second received by each "
                    + "of 10 listeners, \(missed) missed by all; \(spent.percent) % of a core"
            )
        }
    }

    // MARK: Output

    /// 10,000 lines a second of 100 bytes, to 1,000 readers.
    private static func output(_ seconds: Int) async {
        for (rate, count) in [(10_000, 1), (10_000, 1_000)] {
            let stream = OutputStream(label: "stdout")
            let hub = OutputHub<[UInt8]>()
            let readers = (0..<count).map { _ in
                let feed = hub.reader(of: stream, key: "bytes") {
                    $0.bytes
                } cost: {
                    $0.count
                }
                return Task(executorPreference: ThreadExecutor.shared) {
                    var bytes = 0
                    var pieces = 0
                    var missed: UInt64 = 0
                    while let batch = await feed.next() {
                        missed += batch.missed
                        pieces += batch.elements.count
                        for element in batch.elements { bytes += element.count }
                    }
                    return (bytes: bytes, pieces: pieces, missed: missed)
                }
            }
            let line = [UInt8](repeating: 0x78, count: 99) + [10]
            let meter = Meter()
            let written = await onThread("chatty") { paced(rate, seconds) { _ in stream.append(line) } }
            stream.finish()
            var bytes = 0
            var pieces = 0
            var missed: UInt64 = 0
            for reader in readers {
                let result = await reader.value
                bytes += result.bytes
                pieces += result.pieces
                missed += result.missed
            }
            let spent = meter.read()
            print(
                "output: \(written / seconds) lines a second to \(count) readers, "
                    + "\(bytes / count / 100 / seconds) received by each in \(pieces / count / seconds) pieces, "
                    + "\(missed) bytes missed by all; \(spent.percent) % of a core, \(residentKilobytes()) kB"
            )
        }
    }

    // MARK: Statistics

    /// The statistics of 1,000 processes, once a second.
    private static func stats(_ seconds: Int) async throws {
        let supervision = try Supervision(Supervision.Options(adoptsOrphans: false))
        let job = try JobName(parsing: "shop.sleeper")
        var config = JobConfig(cmd: "/bin/sleep 600")
        config.numprocesses = 1_000
        config.redirectOutput = []
        let change = try await supervision.manager.load(config, as: job)
        try await change.settled(within: .seconds(120))
        await pause(.seconds(1))
        let idle = Meter()
        await pause(.seconds(2))
        let idlePercent = idle.read().percent
        let looks = supervision.manager.stats(of: .job(job), every: .seconds(1))
        var meter = Meter()
        var count = 0
        var processes = 0
        for await look in looks {
            // The first reads the command lines and users too.
            if count == 0 { print("stats: first look \(meter.read().milliseconds) ms") }
            if count == 0 { meter = Meter() }
            processes = look.count
            count += 1
            if count > seconds { break }
        }
        let spent = meter.read()
        print(
            "stats: \(processes) processes, \(count - 1) looks, one a second; \(spent.percent) % of a core "
                + "(without a watcher \(idlePercent) %)"
        )
        await supervision.manager.hurry()
        await supervision.shutDown()
    }
}
