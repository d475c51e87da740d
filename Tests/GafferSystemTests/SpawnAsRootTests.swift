import Glibc
import Testing

@testable import GafferSystem

@Suite("A process that is started as another user", .enabled(if: getuid() == 0, "needs root"))
struct SpawnAsRootTests {
    private let request = SpawnRequest(program: "/bin/cat", arguments: ["/proc/self/status"])

    @Test("has that user, group and supplementary groups, and no others")
    func credentials() throws {
        var request = request
        request.credentials = .init(uid: 65534, gid: 65533, groups: [7, 65533, 12])
        let status = try run(request).output
        #expect(statusLine("Uid", in: status) == "65534 65534 65534 65534")
        #expect(statusLine("Gid", in: status) == "65533 65533 65533 65533")
        #expect(statusLine("Groups", in: status) == "7 12 65533")
        #expect(statusLine("CapEff", in: status) == "0000000000000000")
    }

    @Test("has no supplementary group where none is given")
    func noGroups() throws {
        var request = request
        request.credentials = .init(uid: 65534, gid: 65533, groups: [])
        #expect(statusLine("Groups", in: try run(request).output) == "")
    }

    @Test("leaves our own credentials alone")
    func own() throws {
        var request = request
        request.credentials = .init(uid: 65534, gid: 65533, groups: [])
        _ = try run(request)
        #expect(getuid() == 0)
        #expect(geteuid() == 0)
    }

    @Test("can have its limits raised and its nice value lowered before it loses the right")
    func order() throws {
        var request = script("nice; ulimit -Hc")
        request.credentials = .init(uid: 65534, gid: 65533, groups: [])
        request.nice = -3
        request.limits = [.init(resource: 4, soft: 1 << 20, hard: 1 << 20)]
        #expect(try run(request).lines.first == "-3")
    }

    @Test("enters its working directory as that user")
    func workingDirectory() throws {
        let folder = try TemporaryFolder()
        let secret = try folder.folder("secret", mode: 0o700)
        var request = request
        request.workingDirectory = secret
        request.credentials = .init(uid: 65534, gid: 65533, groups: [])
        #expect(
            throws: SpawnFailure(
                step: .chdir,
                errno: EACCES,
                program: "/bin/cat",
                subject: "cwd \(secret)"
            )
        ) {
            try run(request)
        }
    }

    @Test("starts in the cgroup that it is given", .enabled(if: TestCgroup.isPossible, "needs a writable cgroup2"))
    func cgroup() throws {
        let cgroup = try TestCgroup()
        let finished = try run(
            SpawnRequest(program: "/bin/cat", arguments: ["/proc/self/cgroup"], cgroup: cgroup.descriptor)
        )
        #expect(finished.lines.contains { $0.hasSuffix("/\(cgroup.name)") })
    }

    @Test("can't start in a cgroup that is gone", .enabled(if: TestCgroup.isPossible, "needs a writable cgroup2"))
    func removedCgroup() throws {
        let cgroup = try TestCgroup()
        try cgroup.directory.remove()
        #expect(
            throws: SpawnFailure(step: .cgroup, errno: ENOENT, program: "/bin/true", subject: "the job's cgroup")
        ) {
            try run(SpawnRequest(program: "/bin/true", cgroup: cgroup.descriptor))
        }
    }
}

@Suite("A process that is started by an ordinary user")
struct SpawnAsUserTests {
    @Test("can't become another, and the step is told")
    func refused() async {
        await #expect(processExitsWith: .success) {
            if getuid() == 0 { try becomeNobody() }
            var request = SpawnRequest(program: "/bin/true")
            request.credentials = .init(uid: 0, gid: 0, groups: [])
            do throws(SpawnFailure) {
                _ = try Spawner().spawn(request)
                preconditionFailure("It became root.")
            } catch {
                precondition(error.step == .groups && error.errno == EPERM, "\(error)")
            }
        }
    }

    @Test("may ask for what it already is")
    func same() async {
        await #expect(processExitsWith: .success) {
            if getuid() == 0 { try becomeNobody() }
            var request = SpawnRequest(program: "/bin/true")
            request.credentials = .init(uid: getuid(), gid: getgid(), groups: [])
            let process = try Spawner().spawn(request)
            let exit = try ChildExit.wait(pidfd: process.pidfd.rawValue)
            precondition(exit?.outcome == .code(0))
        }
    }

    @Test("can't have a limit raised or a nice value lowered")
    func rights() async {
        await #expect(processExitsWith: .success) {
            if getuid() == 0 { try becomeNobody() }
            var limit = try SpawnRequest.Limit.current(SpawnRequest.Limit.openFiles)
            limit.hard += 1
            let requests: [(SpawnStep, SpawnRequest)] = [
                (.rlimit, SpawnRequest(program: "/bin/true", limits: [limit])),
                (.nice, SpawnRequest(program: "/bin/true", nice: -5)),
            ]
            for (step, request) in requests {
                do throws(SpawnFailure) {
                    _ = try Spawner().spawn(request)
                    preconditionFailure("It was allowed.")
                } catch {
                    precondition(error.step == step && [EPERM, EACCES].contains(error.errno), "\(error)")
                }
            }
        }
    }
}

/// For good, for this process.
private func becomeNobody() throws {
    try SystemError.check("setgid") { setgid(65534) }
    try SystemError.check("setuid") { setuid(65534) }
}
