import Glibc
import Testing

@testable import GafferSystem

@Suite("CPU use")
struct CPUHistoryTests {
    private func entry(ticks: UInt64, started: UInt64 = 1000) -> ProcessEntry {
        ProcessEntry(osPid: 7, parent: 1, processGroup: 7, session: 7, userTicks: ticks, startTime: started)
    }

    @Test("is that since the start at first, then that since the previous look")
    func percent() {
        var history = CPUHistory(ticksPerSecond: 100)
        // Started 10 s after boot, seen at 20 s.
        #expect(history.percent(of: entry(ticks: 500), at: .seconds(20)) == 50)
        #expect(history.percent(of: entry(ticks: 700), at: .seconds(21)) == 200)
        #expect(history.percent(of: entry(ticks: 700), at: .seconds(22)) == 0)
    }

    @Test("is the same for looks that follow each other closely, and no CPU time is lost by that")
    func close() {
        var history = CPUHistory(ticksPerSecond: 100)
        _ = history.percent(of: entry(ticks: 0), at: .seconds(20))
        #expect(history.percent(of: entry(ticks: 50), at: .seconds(21)) == 50)
        #expect(history.percent(of: entry(ticks: 51), at: .seconds(21) + .milliseconds(99)) == 50)
        #expect(history.percent(of: entry(ticks: 70), at: .seconds(21) + .milliseconds(200)) == 100)
    }

    @Test("starts anew for another process with the same number")
    func reused() {
        var history = CPUHistory(ticksPerSecond: 100)
        _ = history.percent(of: entry(ticks: 5000), at: .seconds(20))
        #expect(history.percent(of: entry(ticks: 100, started: 2000), at: .seconds(21)) == 100)
    }

    @Test("of one that has only just started is bounded")
    func young() {
        var history = CPUHistory(ticksPerSecond: 100)
        #expect(history.percent(of: entry(ticks: 1), at: .seconds(10)) == 0)
        history = CPUHistory(ticksPerSecond: 100)
        #expect(history.percent(of: entry(ticks: 1), at: .seconds(10) + .microseconds(1)) == 100)
    }

    @Test("is forgotten for those that are gone and those that nobody looks at")
    func forgets() {
        var history = CPUHistory(ticksPerSecond: 100)
        _ = history.percent(of: entry(ticks: 1), at: .seconds(20))
        history.forget(at: .seconds(21), table: ProcessTable([entry(ticks: 2)]))
        #expect(history.count == 1)
        history.forget(at: .seconds(21), table: ProcessTable([entry(ticks: 2, started: 2000)]))
        #expect(history.count == 0)
        _ = history.percent(of: entry(ticks: 1), at: .seconds(30))
        history.forget(at: .seconds(31), table: nil)
        #expect(history.count == 1)
        history.forget(at: .seconds(30) + CPUHistory.memory, table: nil)
        #expect(history.count == 0)
    }
}

@Suite("The statistics of processes")
struct StatsReaderTests {
    @Test("tell memory, user, nice value and command line, and the children's")
    func tree() throws {
        var request = script("sleep 600 & echo $!; wait")
        request.nice = 4
        var child = try TestChild(request)
        let grandchild = try #require(Int32(child.readLine()))
        var reader = try StatsReader(
            accounts: FakeAccounts(users: [.init(name: "me", uid: getuid(), gid: 1, home: "/")])
        )
        let usage = try #require(try reader.look(at: [child.osPid])[child.osPid])
        #expect(usage.startTime == child.startTime)
        #expect(usage.residentBytes > 0)
        #expect(usage.virtualBytes > usage.residentBytes)
        #expect(usage.memoryPercent > 0 && usage.memoryPercent < 100)
        #expect(usage.username == "me")
        #expect(usage.nice == 4)
        #expect(usage.commandLine == "/bin/sh -c sleep 600 & echo $!; wait")
        #expect(usage.children.map(\.osPid) == [grandchild])
        #expect(try reader.look(at: [child.osPid], withChildren: false)[child.osPid]?.children == [])
        kill(grandchild, SIGKILL)
        _ = try child.wait()
    }

    @Test("leave out what is gone, and forget it")
    func gone() throws {
        var child = try TestChild(script("echo ready; read line"))
        #expect(child.readLine() == "ready")
        var reader = try StatsReader(accounts: FakeAccounts())
        #expect(try reader.look(at: [child.osPid, child.osPid]).count == 1)
        #expect(reader.rememberedCount == 1)
        #expect(try reader.look(at: [child.osPid])[child.osPid]?.username == String(getuid()))
        _ = try child.wait()
        #expect(try reader.look(at: [child.osPid]).isEmpty)
        #expect(reader.rememberedCount == 0)
    }

    @Test("of a very deep tree are made flat")
    func deep() throws {
        // Each shell starts the next and waits for it.
        let depth = StatsReader.maximumDepth + 8
        var request = script(
            #"if [ "$1" = 0 ]; then echo ready; read line; else sh -c "$0" "$0" $(($1 - 1)); true; fi"#
        )
        request.arguments = ["-c", request.arguments[1], request.arguments[1], "\(depth)"]
        var child = try TestChild(request)
        #expect(child.readLine() == "ready")
        var reader = try StatsReader(accounts: FakeAccounts())
        let usage = try #require(try reader.look(at: [child.osPid])[child.osPid])
        var levels = 1
        var count = 1
        var level = usage.children
        while !level.isEmpty {
            levels += 1
            count += level.count
            level = level.flatMap(\.children)
        }
        #expect(count == depth + 1)
        #expect(levels == StatsReader.maximumDepth + 1)
        _ = try child.wait()
    }

    @Test("of a zombie have its name in brackets")
    func zombie() throws {
        var child = try TestChild(SpawnRequest(program: "/bin/true"))
        _ = child.readToEnd()
        while ProcessTable.readOne(child.osPid)?.isZombie == false { sched_yield() }
        var reader = try StatsReader(accounts: FakeAccounts())
        #expect(try reader.look(at: [child.osPid])[child.osPid]?.commandLine == "[true]")
        _ = try child.wait()
    }
}

@Suite("The files of /proc/PID")
struct ProcessFilesTests {
    @Test(
        "give a command line of words",
        arguments: [
            ("", ""), ("a\0", "a"), ("a\0b c\0", "a b c"), ("a\0\0b\0", "a  b"),
            ("title with no end", "title with no end"),
            ("padded\0\0\0\0", "padded"),
        ]
    )
    func commandLine(bytes: String, expected: String) {
        #expect(ProcessFiles.commandLine(from: Array(bytes.utf8)) == expected)
    }

    @Test(
        "give a variable of the environment",
        arguments: [
            ("GAFFER_PID=5\0", "5"), ("A=1\0GAFFER_PID=6\0B=2\0", "6"), ("GAFFER_PID=\0", ""), ("XGAFFER_PID=5\0", nil),
            ("A=GAFFER_PID=5\0", nil), ("GAFFER_PID\0", nil), ("", nil), ("A=1\0GAFFER_PID=7", "7"),
        ]
    )
    func variable(bytes: String, expected: String?) {
        #expect(ProcessFiles.variable("GAFFER_PID", in: Array(bytes.utf8)[...]) == expected)
    }

    @Test("are read from a living process, bounded, even where its environment is long")
    func real() throws {
        var request = script("echo ready; read line")
        request.environment = ["LONG=" + String(repeating: "x", count: 100_000), "GAFFER_PID=17"]
        request.arguments.append(String(repeating: "y", count: 10_000))
        var child = try TestChild(request)
        #expect(child.readLine() == "ready")
        let files = try ProcessFiles()
        #expect(files.gafferPid(of: child.osPid) == 17)
        #expect(files.commandLine(of: child.osPid)?.utf8.count == 4096)
        #expect(files.owner(of: child.osPid) == getuid())
        _ = try child.wait()
        #expect(files.gafferPid(of: child.osPid) == nil)
    }
}

@Suite("The machine")
struct MachineTests {
    @Test("tells its clock, pages, memory and boot")
    func values() {
        #expect(Machine.clockTicksPerSecond == 100)
        #expect([4096, 16384, 65536].contains(Machine.pageSize))
        #expect(Machine.memoryBytes > 16 << 20)
        #expect(Machine.bootID?.count == 36)
    }
}
