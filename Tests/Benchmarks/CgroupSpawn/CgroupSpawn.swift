internal import GafferSystem
internal import Glibc

/// How much a cgroup of its own adds to the start of a process: both kinds in turn, so that the machine's moods are the
/// same for both.
///
/// `GAFFER_BENCHMARKS=1 swift run -c release cgroup-spawn [COUNT]`, as root where cgroups can be made.
@main struct CgroupSpawn {
    static func main() throws {
        let count = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 500
        guard let tree = CgroupTree.find() else { return print("This machine has no cgroups of the second version.") }
        let home = CgroupTree.ownPath() ?? "/"
        let path = "/gaffer-benchmark-\(getpid())"
        let unit = tree.directory(path)
        try unit.make()
        defer {
            try? tree.directory(home).write("0", to: "cgroup.procs")
            if !unit.removeAll() { print("\(unit.path) could not be removed.") }
        }
        try unit.write("0", to: "cgroup.procs")
        guard let cgroups = CgroupSupport.take(path, in: tree, isTrusted: true).cgroups else {
            return print("The cgroup could not be taken over.")
        }
        print("controllers: \(cgroups.controllers.map(\.rawValue).sorted())")
        var plain = Samples()
        var inLeaf = Samples()
        for number in 0..<count {
            try measure(&plain) { try spawn(in: nil) }
            var leaf: ProcessCgroup?
            try measure(&inLeaf) {
                leaf = try cgroups.makeLeaf(ofJob: "a.b", pid: number, limits: [], isRequired: true).leaf
                return try spawn(in: leaf)
            }
            if let leaf { cgroups.release(leaf) }
            // As gafferd does, a while later and for many at once.
            if number % 100 == 99 { cgroups.sweep() }
        }
        cgroups.sweep()
        cgroups.removeUnused()
        print("milliseconds      median    p90    mean CPU of the starting thread")
        print("without a cgroup  \(plain.text)")
        print("with a leaf       \(inLeaf.text)")
        print("difference        \(Samples.format(inLeaf.median - plain.median))")
    }

    private static func spawn(in leaf: ProcessCgroup?) throws -> SpawnedProcess {
        let directory = try leaf?.directory.open()
        defer { if let directory { close(directory) } }
        return try Spawner().spawn(SpawnRequest(program: "/bin/true", cgroup: directory))
    }

    private static func measure(_ samples: inout Samples, _ body: () throws -> SpawnedProcess) throws {
        let (start, cpu) = (time(CLOCK_MONOTONIC), time(CLOCK_THREAD_CPUTIME_ID))
        let process = try body()
        samples.add(wall: time(CLOCK_MONOTONIC) - start, cpu: time(CLOCK_THREAD_CPUTIME_ID) - cpu)
        _ = try ChildExit.wait(pidfd: process.pidfd.rawValue)
    }

    private static func time(_ clock: clockid_t) -> Double {
        var now = timespec()
        clock_gettime(clock, &now)
        return Double(now.tv_sec) * 1e3 + Double(now.tv_nsec) / 1e6
    }
}

/// Times in milliseconds.
private struct Samples {
    private var wall: [Double] = []
    private var cpu = 0.0

    mutating func add(wall: Double, cpu: Double) {
        self.wall.append(wall)
        self.cpu += cpu
    }

    var median: Double { wall.sorted()[wall.count / 2] }

    var text: String {
        let sorted = wall.sorted()
        return [median, sorted[sorted.count * 9 / 10], cpu / Double(max(1, wall.count))]
            .map(Self.format).joined(separator: "   ")
    }

    static func format(_ value: Double) -> String {
        let text = String(Int((value * 1000).rounded()))
        return "0.\(String(repeating: "0", count: max(0, 3 - text.count)))\(text)"
    }
}
