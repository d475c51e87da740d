import Gaffer
import GafferModel
import GafferSystem
import GafferTestKit
import Glibc
import Testing

/// Real processes in cgroups of their own; each test runs in a process of its own, which moves to a cgroup.
@Suite(.enabled(if: TestCgroup.isPossible, "needs root and a writable cgroup2"))
struct CgroupTreesTests {
    @Test("A process is in a leaf of its own, which is told, and which goes with it", .timeLimit(.minutes(1)))
    func leaf() async {
        await #expect(processExitsWith: .success) {
            try await TreeBench.run(.cgroup) { bench in
                let job = try await bench.load("\(bench.tell); exec sleep 1000")
                let osPid = try bench.next()
                let process = try job.process()
                let path = "\(bench.cgroup?.path ?? "")/jobs/shop.web.job/\(process.pid)"
                try require(process.cgroup == path)
                try require(CgroupTree.path(of: osPid) == path)
                try require(CgroupTree.ownPath() == "\(bench.cgroup?.path ?? "")/supervisor")
                let stats = try await bench.supervision.manager.stats(of: process.pid)
                try require(stats.cgroup?.cpuUsage != nil)
                let all = try await bench.supervision.manager.stats(of: TreeJob.name)
                try require(all.cgroup?.cpuUsage != nil)
                try await job.stop()
                try await job.unload()
                await bench.sweep { bench.supervision.cgroups.cgroups?.jobs.children == [] }
            }
        }
    }

    @Test("A daemon that hides from parent, session and environment ends with its job", .timeLimit(.minutes(1)))
    func hidden() async {
        await #expect(processExitsWith: .success) {
            try await TreeBench.run(.cgroup) { bench in
                let hidden = "(setsid env -i sh -c '\(bench.tell); exec sleep 1000' &)"
                let job = try await bench.load("\(hidden); exec sleep 1000")
                let osPid = try bench.next()
                try await job.stop()
                try require(!TreeBench.isAlive(osPid))
            }
        }
    }

    @Test("What a killed process leaves hidden is a remnant at once, and no replacement waits for it")
    func remnant() async {
        await #expect(processExitsWith: .success) {
            try await TreeBench.run(.cgroup) { bench in
                let script = """
                    (setsid env -i sh -c 'trap "" TERM; \(bench.tell); while :; do sleep 1000; done' &)
                    exec sleep 1000
                    """
                let job = try await bench.load(script) { $0.gracefulTimeout = .milliseconds(200) }
                let hidden = try bench.next()
                let main = try job.osPids()[0]
                kill(main, SIGKILL)
                // The replacement starts its own while the first one's is still being told to leave.
                let second = try bench.next()
                try require(second != hidden)
                try await job.event("exit")
                try await job.stop()
                try require(!TreeBench.isAlive(hidden))
                try require(!TreeBench.isAlive(second))
            }
        }
    }

    @Test("A tree that makes processes faster than it can be looked at is killed at once", .timeLimit(.minutes(1)))
    func bomb() async {
        await #expect(processExitsWith: .success) {
            try await TreeBench.run(.cgroup) { bench in
                let script = """
                    trap '' TERM
                    \(bench.tell)
                    f() { sleep 0.01; f & f2=; exit 0; }
                    for i in 1 2 3 4 5; do f & done
                    while :; do sleep 1000; done
                    """
                let job = try await bench.load(script) { $0.gracefulTimeout = .milliseconds(100) }
                _ = try bench.next()
                let leaf = try bench.supervision.cgroups.cgroups.map {
                    $0.tree.directory(try job.process().cgroup ?? "")
                }
                try await job.stop()
                try require(leaf?.isPopulated != true)
            }
        }
    }

    @Test("Processes in a cgroup of the job's own making end with it", .timeLimit(.minutes(1)))
    func nested() async {
        await #expect(processExitsWith: .success) {
            try await TreeBench.run(.cgroup) { bench in
                let mount = bench.cgroup?.tree.mountPoint ?? ""
                let script = """
                    own=\(mount)$(sed -n 's/^0:://p' /proc/self/cgroup)
                    mkdir $own/inner
                    (setsid env -i sh -c "echo 0 > $own/inner/cgroup.procs; \(bench.tell.escaped); exec sleep 1000" &)
                    exec sleep 1000
                    """
                let job = try await bench.load(script)
                let inner = try bench.next()
                let leaf = bench.cgroup?.tree.directory(try job.process().cgroup ?? "")
                try require(leaf?.child("inner").isPopulated == true)
                try await job.stop()
                try require(!TreeBench.isAlive(inner))
                await bench.sweep { leaf?.exists == false }
            }
        }
    }

    @Test("A process that left its cgroup is found a moment after its job's process has ended", .timeLimit(.minutes(1)))
    func left() async {
        await #expect(processExitsWith: .success) {
            try await TreeBench.run(.cgroup) { bench in
                let elsewhere =
                    "\(bench.cgroup?.tree.mountPoint ?? "")\(bench.cgroup?.path ?? "")/supervisor/cgroup.procs"
                let script = """
                    (setsid sh -c 'echo 0 > \(elsewhere); \(bench.tell); exec sleep 1000' &)
                    read x < \(bench.gate)
                    exit 0
                    """
                let job = try await bench.load(script) { $0.restart = .never }
                let osPid = try bench.next()
                try bench.open()
                try await job.event("stray")
                try await job.stop()
                try require(!TreeBench.isAlive(osPid))
            }
        }
    }

    @Test("A job that asks for a controller that is missing is refused; where it may, it runs", .timeLimit(.minutes(1)))
    func limits() async {
        await #expect(processExitsWith: .success) {
            try await TreeBench.run(.cgroup) { bench in
                // The tests' cgroup is below the root of a tree whose controllers nobody has handed down.
                guard bench.supervision.cgroups.lack(of: .memory) != nil else { return }
                do throws(GafferError) {
                    var config = JobConfig(cmd: "sleep 1000")
                    config.cgroupLimits.memoryMax = 1 << 20
                    _ = try await bench.supervision.manager.load(config, as: TreeJob.name)
                    throw GafferError(.failed, "It was loaded.")
                } catch {
                    try require(error.code == .badRequest)
                    try require(error.message.contains("memory_max needs the memory controller"))
                }
                _ = try await bench.load("\(bench.tell); exec sleep 1000") {
                    $0.cgroupLimits.memoryMax = 1 << 20
                    $0.cgroupLimits.isRequired = false
                }
                _ = try bench.next()
            }
        }
    }
}

extension String {
    /// Within double quotes of a shell.
    fileprivate var escaped: String { replacing("$", with: "\\$") }
}
