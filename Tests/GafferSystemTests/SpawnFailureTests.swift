import CGafferSystem
import Glibc
import Testing

@testable import GafferSystem

@Suite("A spawn that fails")
struct SpawnFailureTests {
    private func failure(of request: SpawnRequest) -> SpawnFailure? {
        do throws(SpawnFailure) {
            _ = try Spawner().spawn(request)
            return nil
        } catch {
            return error
        }
    }

    @Test(
        "tells that the program is",
        arguments: [
            ("/nowhere/at/all", ENOENT), ("/tmp", EACCES), ("/etc/passwd", EACCES), ("/etc/passwd/x", ENOTDIR),
            ("", ENOENT), ("no-such-program-of-gaffer", ENOENT),
        ]
    )
    func program(program: String, errno: Int32) {
        #expect(
            failure(of: SpawnRequest(program: program)) == SpawnFailure(step: .exec, errno: errno, program: program)
        )
    }

    @Test("tells that a file is no program")
    func noProgram() throws {
        let folder = try TemporaryFolder()
        let file = try folder.program("text", "no program\n")
        #expect(failure(of: SpawnRequest(program: file))?.errno == ENOEXEC)
        let script = try folder.program("script", "#!/nowhere/interpreter\n")
        #expect(failure(of: SpawnRequest(program: script))?.errno == ENOENT)
    }

    @Test("tells the folder", arguments: [("/nowhere", ENOENT), ("/etc/passwd", ENOTDIR)])
    func workingDirectory(folder: String, errno: Int32) {
        let failure = failure(of: SpawnRequest(program: "/bin/true", workingDirectory: folder))
        #expect(failure?.step == .chdir)
        #expect(failure?.errno == errno)
        #expect(failure?.subject == "cwd \(folder)")
    }

    @Test("tells the limit")
    func limit() {
        let unknown = SpawnRequest(program: "/bin/true", limits: [.init(resource: 99, soft: 1, hard: 1)])
        #expect(failure(of: unknown)?.step == .rlimit)
        #expect(failure(of: unknown)?.errno == EINVAL)
        let upsideDown = SpawnRequest(program: "/bin/true", limits: [.init(resource: 7, soft: 10, hard: 5)])
        #expect(failure(of: upsideDown)?.subject == "limit NOFILE")
    }

    @Test("tells the descriptor")
    func descriptor() {
        let request = SpawnRequest(program: "/bin/true", descriptors: [.init(source: 1_000_000, target: 5)])
        #expect(failure(of: request)?.step == .descriptors)
        #expect(failure(of: request)?.errno == EBADF)
        #expect(failure(of: request)?.subject == "descriptor 5")
    }

    @Test("tells the cgroup")
    func cgroup() throws {
        // A folder, but of no cgroup.
        let folder = Descriptor(
            owning: try SystemError.check("open") { open("/tmp", O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
        )
        let failure = failure(of: SpawnRequest(program: "/bin/true", cgroup: folder.rawValue))
        #expect(failure?.step == .cgroup)
        // ENOENT: a kernel that bears no child in a cgroup has it look for the file to join by.
        #expect(failure?.errno == EBADF || failure?.errno == ENOENT)
    }

    @Test(
        "refuses a NUL in a word, which would cut it short",
        arguments: ["program", "argument", "environment", "folder"]
    )
    func nul(place: String) {
        var request = SpawnRequest(program: "/bin/true")
        switch place {
        case "program": request.program = "/bin/true\0x"
        case "argument": request.arguments = ["a\0b"]
        case "environment": request.environment = ["A=\0"]
        default: request.workingDirectory = "/\0x"
        }
        #expect(failure(of: request)?.errno == EINVAL)
    }

    @Test("refuses more arguments than the kernel takes")
    func tooLong() {
        let word = String(repeating: "x", count: 100_000)
        let request = SpawnRequest(program: "/bin/true", arguments: Array(repeating: word, count: 100))
        #expect(failure(of: request)?.errno == E2BIG)
    }

    @Test(
        "says so in a sentence",
        arguments: [
            (
                SpawnFailure(step: .exec, errno: ENOENT, program: "/srv/x"),
                "/srv/x: can't be started: no such file or directory (exec)"
            ),
            (
                SpawnFailure(step: .chdir, errno: EACCES, program: "web", subject: "cwd /srv"),
                "web: can't be started: cwd /srv: permission denied (chdir)"
            ),
            (
                SpawnFailure(step: .clone, errno: EMFILE, program: "web"),
                "web: can't be started: too many open files (clone)"
            ),
        ]
    )
    func message(failure: SpawnFailure, expected: String) {
        #expect(failure.message == expected)
    }

    @Test("leaves neither a child nor a descriptor")
    func leavesNothing() async {
        await #expect(processExitsWith: .success) {
            func attempt(_ request: SpawnRequest) -> Bool {
                do {
                    _ = try Spawner().spawn(request)
                    return true
                } catch {
                    return false
                }
            }
            let before = openDescriptors().count
            let held = gaffer_eventfd()
            // The counter counts.
            precondition(openDescriptors()[held] != nil)
            close(held)
            for _ in 0..<50 {
                precondition(!attempt(SpawnRequest(program: "/nowhere")))
                precondition(!attempt(SpawnRequest(program: "/bin/true", workingDirectory: "/nowhere")))
            }
            // libdispatch opens some of its own meanwhile, but not one for each of these.
            precondition(openDescriptors().count < before + 20)
            var found = gaffer_exit()
            precondition(gaffer_wait(GAFFER_WAIT_ANY, 0, 0, &found) < 0 && errno == ECHILD)
        }
    }

    @Test("for want of a descriptor says so, leaves nothing behind, and works again once there is one")
    func noDescriptorLeft() async {
        await #expect(processExitsWith: .success) {
            // libdispatch opens what it needs for timers once, and ends the process where it can't.
            try await Task.sleep(for: .milliseconds(1))
            let highest = UInt64(openDescriptors().keys.max() ?? 2)
            let limit = SpawnRequest.Limit(
                resource: SpawnRequest.Limit.openFiles,
                soft: highest + 20,
                hard: highest + 20
            )
            try limit.apply()
            var held: [Int32] = []
            func takeAll() {
                while case let number = gaffer_eventfd(), number >= 0 { held.append(number) }
                precondition(errno == EMFILE)
            }
            var failures = 0
            while failures < 20 {
                // Again each time: another thread of the test's runner may have closed one.
                takeAll()
                do throws(SpawnFailure) {
                    let process = try Spawner().spawn(SpawnRequest(program: "/bin/true"))
                    _ = try? ChildExit.wait(pidfd: process.pidfd.rawValue)
                } catch {
                    precondition([.clone, .descriptors].contains(error.step) && error.errno == EMFILE, "\(error)")
                    failures += 1
                }
            }
            // Fewer than starts, so that they would not suffice if one start kept one.
            for _ in 0..<8 { close(held.removeLast()) }
            for _ in 0..<20 {
                let process = try Spawner().spawn(SpawnRequest(program: "/bin/true"))
                let exit = try ChildExit.wait(pidfd: process.pidfd.rawValue)
                precondition(exit?.outcome == .code(0))
            }
        }
    }
}
