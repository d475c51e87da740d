import Glibc
import Testing

@testable import GafferSystem

@Suite("Watched usage")
struct WatchedUsageTests {
    private func sample(ticks: UInt64, started: UInt64 = 1000, osPid: Int32 = 7) -> WatchedUsage.Sample {
        WatchedUsage.Sample(
            usage: ProcessUsage(
                osPid: osPid,
                startTime: started,
                residentBytes: 0,
                virtualBytes: 0,
                cpuPercent: 0,
                memoryPercent: 0,
                cpuSeconds: 0,
                username: nil,
                nice: 0,
                commandLine: nil,
                children: []
            ),
            cpuTicks: ticks
        )
    }

    private func percent(_ cpu: inout WatchedCPU, _ sample: WatchedUsage.Sample, at now: Duration) -> Double? {
        var samples = [sample]
        cpu.fill(&samples, at: now)
        return samples.first?.usage.cpuPercent
    }

    @Test("tells each watcher the CPU use since its own look before, and first that since the start")
    func percent() {
        var quick = WatchedCPU(ticksPerSecond: 100)
        var slow = WatchedCPU(ticksPerSecond: 100)
        #expect(percent(&quick, sample(ticks: 500), at: .seconds(20)) == 50)
        #expect(percent(&slow, sample(ticks: 500), at: .seconds(20)) == 50)
        #expect(percent(&quick, sample(ticks: 600), at: .seconds(21)) == 100)
        #expect(percent(&quick, sample(ticks: 600), at: .seconds(22)) == 0)
        #expect(percent(&slow, sample(ticks: 600), at: .seconds(22)) == 50)
    }

    @Test("tells the same for looks that are close, and starts anew for another process of the number")
    func anew() {
        var cpu = WatchedCPU(ticksPerSecond: 100)
        _ = percent(&cpu, sample(ticks: 0), at: .seconds(20))
        #expect(percent(&cpu, sample(ticks: 50), at: .seconds(21)) == 50)
        #expect(percent(&cpu, sample(ticks: 54), at: .seconds(21) + .milliseconds(49)) == 50)
        #expect(percent(&cpu, sample(ticks: 60), at: .seconds(21) + .milliseconds(100)) == 100)
        #expect(percent(&cpu, sample(ticks: 100, started: 2100), at: .seconds(22)) == 100)
        var none: [WatchedUsage.Sample] = []
        cpu.fill(&none, at: .seconds(23))
        #expect(cpu.count == 0)
    }

    @Test("reads what seldom changes anew when the program is another one, and after a while")
    func keeping() throws {
        var child = try TestChild(script("echo ready; read line; exec sleep 600"))
        #expect(child.readLine() == "ready")
        var watched = try WatchedUsage(
            accounts: FakeAccounts(users: [.init(name: "me", uid: getuid(), gid: 1, home: "/")])
        )
        let looked = watched.look(at: [child.osPid], now: .seconds(100))
        let first = try #require(looked[child.osPid])
        #expect(first.usage.commandLine == "/bin/sh -c echo ready; read line; exec sleep 600")
        #expect(first.usage.username == "me")
        #expect(first.usage.residentBytes > 0)
        #expect(first.usage.startTime == child.startTime)
        child.closeInput()
        // No time passes but the machine's.
        let now = Duration.seconds(100)
        let end = monotonicNow() + .seconds(30)
        var line: String?
        while line != "sleep 600", monotonicNow() < end {
            line = watched.look(at: [child.osPid], now: now)[child.osPid]?.usage.commandLine
            sched_yield()
        }
        #expect(line == "sleep 600")
        kill(child.osPid, SIGKILL)
        _ = try child.wait()
        #expect(watched.look(at: [child.osPid], now: now).count == 0)
        let keptCount = watched.keptCount
        #expect(keptCount == 0)
    }
}
