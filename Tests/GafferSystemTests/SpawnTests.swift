import CGafferSystem
import Glibc
import Testing

@testable import GafferSystem

@Suite("A spawned process")
struct SpawnTests {
    @Test(
        "ends as its program says",
        arguments: [
            ("exit 0", ChildExit.Outcome.code(0)), ("exit 77", .code(77)),
            ("kill -TERM $$", .signal(SIGTERM, dumpedCore: false)),
            ("kill -KILL $$", .signal(SIGKILL, dumpedCore: false)),
        ]
    )
    func outcome(text: String, expected: ChildExit.Outcome) throws {
        #expect(try run(script(text)).exit.outcome == expected)
    }

    @Test("sees exactly the environment that it is given")
    func environment() throws {
        let environment = ["A=1", "EMPTY=", "TEXT=with spaces and = and ü"]
        let finished = try run(SpawnRequest(program: "/usr/bin/env", environment: environment))
        #expect(finished.lines.sorted() == environment.sorted())
    }

    @Test("sees its program as its first word and the arguments as they are")
    func arguments() throws {
        var request = script(#"printf '%s\n' "$0" "$@""#)
        request.arguments += ["zero", "", "two words", "*"]
        #expect(try run(request).output == "zero\n\ntwo words\n*\n")
        let comm = try run(SpawnRequest(program: "/bin/cat", arguments: ["/proc/self/cmdline"]))
        #expect(comm.output == "/bin/cat\0/proc/self/cmdline\0")
    }

    @Test("works in the folder that it is given, or in ours")
    func workingDirectory() throws {
        let folder = try TemporaryFolder()
        var request = SpawnRequest(program: "/bin/pwd")
        let own = try run(request).lines
        request.workingDirectory = folder.path
        #expect(try run(request).lines == [folder.path])
        #expect(own == [linkTarget("/proc/self/cwd")])
    }

    @Test("leads a session and a process group of its own")
    func session() throws {
        var child = try TestChild(script("echo ready; read line"))
        #expect(child.readLine() == "ready")
        let entry = try #require(ProcessTable.readOne(child.osPid))
        #expect(entry.session == child.osPid)
        #expect(entry.processGroup == child.osPid)
        #expect(entry.parent == getpid())
        _ = try child.wait()
    }

    @Test("has the score of want of memory that it is given, or ours")
    func oomScore() throws {
        var request = SpawnRequest(program: "/bin/cat", arguments: ["/proc/self/oom_score_adj"])
        let own = try run(SpawnRequest(program: "/bin/sh", arguments: ["-c", "cat /proc/$PPID/oom_score_adj"])).lines
        #expect(try run(request).lines == own)
        request.oomScoreAdjustment = 700
        #expect(try run(request).lines == ["700"])
        #expect(try run(SpawnRequest(program: "/bin/cat", arguments: ["/proc/self/oom_score_adj"])).lines == own)
    }

    @Test("is not started with a score of want of memory that there is not")
    func badOOMScore() {
        var request = SpawnRequest(program: "/bin/true")
        request.oomScoreAdjustment = 1001
        #expect(
            throws: SpawnFailure(
                step: .oomScore,
                errno: EINVAL,
                program: "/bin/true",
                subject: "oom_score_adj 1001"
            )
        ) {
            try Spawner().spawn(request).end()
        }
    }

    @Test("is gone with its group when nobody can look after it")
    func abandoned() throws {
        let out = try Pipe()
        var request = script("trap '' TERM; sleep 1000 & echo $!; exec sleep 1000")
        request.descriptors = [.init(source: out.writeEnd.rawValue, target: 1)]
        let process = try Spawner().spawn(request)
        let osPid = process.osPid
        let output = out.takeReadEnd()
        var line = [UInt8](repeating: 0, count: 32)
        #expect(read(output.rawValue, &line, line.count) > 0)
        process.end()
        #expect(kill(osPid, 0) == -1)
        // The end of the file: the child of the child has closed it too.
        #expect(read(output.rawValue, &line, line.count) == 0)
    }

    @Test("stays in our session where that is asked")
    func noSession() throws {
        var request = script("echo ready; read line")
        request.leadsSession = false
        var child = try TestChild(request)
        #expect(child.readLine() == "ready")
        let entry = try #require(ProcessTable.readOne(child.osPid))
        #expect(entry.session == getsid(0))
        _ = try child.wait()
    }

    @Test("has the umask, the nice value and the limits that it is given")
    func attributes() throws {
        var request = script("umask; nice; ulimit -Sn; ulimit -Hn; ulimit -c")
        request.umask = 0o027
        request.nice = 9
        request.limits = [
            .init(resource: SpawnRequest.Limit.openFiles, soft: 50, hard: 60),
            .init(resource: try #require(SpawnRequest.Limit.resource(named: "core")), soft: 0, hard: 0),
        ]
        #expect(try run(request).lines == ["0027", "9", "50", "60", "0"])
    }

    @Test("has ours where it is given none")
    func inheritedAttributes() throws {
        let own = umask(0)
        umask(own)
        let limit = try SpawnRequest.Limit.current(SpawnRequest.Limit.openFiles)
        let lines = try run(script("umask; nice; ulimit -Sn")).lines
        #expect(lines.first.flatMap { UInt32($0, radix: 8) } == own)
        #expect(lines.dropFirst() == ["\(getpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0))", "\(limit.soft)"])
    }

    @Test("can gain no rights where that is asked", arguments: [true, false])
    func noNewPrivileges(wanted: Bool) throws {
        let request = SpawnRequest(
            program: "/bin/cat",
            arguments: ["/proc/self/status"],
            noNewPrivileges: wanted
        )
        #expect(statusLine("NoNewPrivs", in: try run(request).output) == (wanted ? "1" : "0"))
    }

    @Test("dies with the thread that started it where that is asked")
    func deathSignal() throws {
        final class Result: @unchecked Sendable {
            // @unchecked: written by the thread, read after it was joined.
            var pidfd: Int32 = -1
            var error: (any Error)?
        }
        let result = Result()
        var thread = pthread_t()
        pthread_create(
            &thread,
            nil,
            { argument in
                guard let argument else { return nil }
                let result = Unmanaged<Result>.fromOpaque(argument).takeUnretainedValue()
                do {
                    let request = SpawnRequest(program: "/bin/sleep", arguments: ["600"], deathSignal: SIGTERM)
                    result.pidfd = try Spawner().spawn(request).takePidfd()
                } catch {
                    result.error = error
                }
                return nil
            },
            Unmanaged.passUnretained(result).toOpaque()
        )
        pthread_join(thread, nil)
        #expect(result.error == nil)
        let pidfd = Descriptor(owning: result.pidfd)
        let exit = try ChildExit.wait(pidfd: pidfd.rawValue)
        #expect(exit?.outcome == .signal(SIGTERM, dumpedCore: false))
    }

    @Test("is told by number and start time, as /proc tells them; each of 300 ends once")
    func manyInARow() throws {
        var pidfds: [Int32: Int32] = [:]
        for _ in 0..<300 {
            let process = try Spawner().spawn(SpawnRequest(program: "/bin/true"))
            // Still there, for it was not reaped.
            let entry = try #require(ProcessTable.readOne(process.osPid))
            #expect(entry.startTime == process.startTime)
            pidfds[process.osPid] = process.takePidfd()
        }
        #expect(pidfds.count == 300)
        for (osPid, number) in pidfds {
            let pidfd = Descriptor(owning: number)
            let exit = try #require(try ChildExit.wait(pidfd: pidfd.rawValue))
            #expect(exit.osPid == osPid)
            #expect(exit.outcome == .code(0))
            #expect(throws: SystemError(errno: ECHILD, call: "waitid", what: "\(number)")) {
                try ChildExit.reap(pidfd: pidfd.rawValue)
            }
        }
    }

    @Test("is still running until it ends, and what it used is told")
    func reaping() throws {
        var child = try TestChild(script("echo ready; read line"))
        #expect(child.readLine() == "ready")
        #expect(try child.reapIfEnded() == nil)
        child.closeInput()
        let exit = try child.wait()
        #expect(exit.peakResidentBytes > 0)
        #expect(exit.userTime + exit.systemTime > .zero)
        #expect(ProcessTable.readOne(child.osPid)?.startTime != child.startTime)
    }
}
