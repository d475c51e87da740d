import Gaffer
import GafferModel
import GafferTestKit
import Glibc
import Testing

/// Real processes under the real host: what leaves no trace of itself is ended with its job.
///
/// Each test runs in a process of its own, since the host takes over whatever its children leave behind, and so must
/// not share its process with other tests' children; and each runs with both ways of finding a tree, by looks at /proc
/// and, where this machine lets a cgroup be made, by cgroups.
@Suite struct TreesTests {
    @Test(
        "A child that forks twice and leads its own session ends with its job",
        .timeLimit(.minutes(1)),
        arguments: Finder.possible
    )
    func doubleFork(finder: Finder) async {
        await #expect(processExitsWith: .success) { [finder] in
            try await TreeBench.run(finder) { bench in
                let job = try await bench.load("(setsid sh -c '\(bench.tell); exec sleep 1000' &); exec sleep 1000")
                let orphan = try bench.next()
                try require(TreeBench.isAlive(orphan))
                try await job.stop()
                try require(!TreeBench.isAlive(orphan))
            }
        }
    }

    @Test(
        "What a process leaves in its group when it dies gets the stop sequence",
        .timeLimit(.minutes(1)),
        arguments: Finder.possible
    )
    func leftInGroup(finder: Finder) async {
        await #expect(processExitsWith: .success) { [finder] in
            try await TreeBench.run(finder) { bench in
                let script = "sh -c '\(bench.tell); exec sleep 1000' & read x < \(bench.gate); exit 0"
                let job = try await bench.load(script) { $0.restart = .never }
                let child = try bench.next()
                try require(TreeBench.isAlive(child))
                try bench.open()
                try await job.event("finish")
                // Nobody asked for a stop of the job: the remnant is told to leave by itself.
                try await job.stop()
                try require(!TreeBench.isAlive(child))
            }
        }
    }

    @Test(
        "A grandchild that ignores the signal is killed when its time is over",
        .timeLimit(.minutes(1)),
        arguments: Finder.possible
    )
    func stubbornGrandchild(finder: Finder) async {
        await #expect(processExitsWith: .success) { [finder] in
            try await TreeBench.run(finder) { bench in
                let script = "sh -c 'trap \"\" TERM; \(bench.tell); while :; do sleep 1000; done' & exec sleep 1000"
                let job = try await bench.load(script) { $0.gracefulTimeout = .milliseconds(50) }
                let child = try bench.next()
                try await job.stop()
                try require(!TreeBench.isAlive(child))
            }
        }
    }

    @Test("A process that was stopped by a signal can leave", .timeLimit(.minutes(1)), arguments: Finder.possible)
    func suspended(finder: Finder) async {
        await #expect(processExitsWith: .success) { [finder] in
            try await TreeBench.run(finder) { bench in
                let job = try await bench.load(
                    "trap 'exit 7' TERM; \(bench.tell); while :; do read x < \(bench.gate); done"
                )
                let osPid = try bench.next()
                try require(kill(osPid, SIGSTOP) == 0)
                try await job.stop()
                try require(job.lastExit() == .code(7))
            }
        }
    }

    @Test("What leaves group and session before its main process dies is found afterwards", .timeLimit(.minutes(1)))
    func stray() async {
        await #expect(processExitsWith: .success) {
            // In a cgroup it would not have left.
            try await TreeBench.run(.table) { bench in
                let script = "(setsid sh -c '\(bench.tell); exec sleep 1000' &); read x < \(bench.gate); exit 0"
                let job = try await bench.load(script) { $0.restart = .never }
                let orphan = try bench.next()
                try bench.open()
                try await job.event("stray")
                try await job.stop()
                try require(!TreeBench.isAlive(orphan))
            }
        }
    }

    @Test(
        "A detached process is left alone when the manager stops",
        .timeLimit(.minutes(1)),
        arguments: Finder.possible
    )
    func detached(finder: Finder) async {
        await #expect(processExitsWith: .success) { [finder] in
            var osPid: Int32 = 0
            var isAlive = false
            try await TreeBench.run(finder) { bench in
                _ = try await bench.load("\(bench.tell); exec sleep 1000") { $0.detach = true }
                osPid = try bench.next()
            } after: {
                isAlive = TreeBench.isAlive(osPid)
                kill(osPid, SIGKILL)
            }
            try require(isAlive)
        }
    }

    @Test("Each of many processes that die at once is seen once", .timeLimit(.minutes(1)), arguments: Finder.possible)
    func crowd(finder: Finder) async {
        await #expect(processExitsWith: .success) { [finder] in
            try await TreeBench.run(finder) { bench in
                let job = try await bench.load("exec sleep 1000") { $0.numprocesses = 50 }
                let before = try job.osPids()
                for osPid in before { kill(osPid, SIGKILL) }
                for _ in before { try await job.event("exit") }
                try await job.settle()
                let after = try job.osPids()
                try require(after.count == 50)
                try require(Set(after).isDisjoint(with: before))
                try require(job.restarts() == 50)
            }
        }
    }
}
