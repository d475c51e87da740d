import Gaffer
import GafferModel
import GafferSystem
import GafferTestKit
import Glibc

/// A condition that did not hold, for tests that run in a process of their own.
struct Unmet: Error {
    let line: Int
}

func require(_ holds: @autoclosure () throws -> Bool, line: Int = #line) throws {
    guard try holds() else { throw Unmet(line: line) }
}

/// How the processes of a tree are found.
enum Finder: String, Codable, CaseIterable {
    case table
    case cgroup

    static var possible: [Finder] { TestCgroup.isPossible ? allCases : [.table] }
}

/// A real supervision, and two pipes in the file system to talk to what it starts.
final class TreeBench {
    let supervision: Supervision
    let cgroup: TestCgroup?
    private let folder: TestFolder
    private let numbers: Int32
    private let gateEnd: Int32

    /// Runs a test and shuts everything down after it.
    ///
    /// - Parameter after: looks at what the supervision has left, before the cgroup ends all that is in it.
    static func run(
        _ finder: Finder = .table,
        _ body: (TreeBench) async throws -> Void,
        after: () -> Void = {}
    ) async throws {
        let bench = try TreeBench(finder)
        do {
            try await body(bench)
        } catch {
            await bench.shutDown(after: {})
            throw error
        }
        await bench.shutDown(after: after)
    }

    private init(_ finder: Finder) throws {
        folder = try TestFolder()
        cgroup = finder == .cgroup ? try TestCgroup() : nil
        try cgroup?.enter()
        supervision = try Supervision(Supervision.Options(cgroups: .auto))
        try require((supervision.cgroups.cgroups != nil) == (finder == .cgroup))
        mkfifo("\(folder.path)/numbers", 0o600)
        mkfifo("\(folder.path)/gate", 0o600)
        numbers = Glibc.open("\(folder.path)/numbers", O_RDWR | O_CLOEXEC)
        gateEnd = Glibc.open("\(folder.path)/gate", O_RDWR | O_CLOEXEC)
        try require(numbers >= 0 && gateEnd >= 0)
    }

    private func shutDown(after: () -> Void) async {
        await supervision.shutDown()
        after()
        cgroup?.leave()
        folder.remove()
    }

    /// Words of a script by which it tells its os pid.
    var tell: String { "echo $$ > \(folder.path)/numbers" }

    /// What a script reads a line from, to wait for ``open()``.
    var gate: String { "\(folder.path)/gate" }

    func open() throws {
        try require(write(gateEnd, "\n", 1) == 1)
    }

    /// The next os pid that was told.
    func next() throws -> Int32 {
        var text = ""
        var byte: UInt8 = 0
        while read(numbers, &byte, 1) == 1, byte != UInt8(ascii: "\n") { text.unicodeScalars.append(.init(byte)) }
        guard let number = Int32(text) else { throw Unmet(line: #line) }
        return number
    }

    /// Removes unused cgroups until something is as it should be: they are given back a moment after an end.
    func sweep(until holds: () -> Bool) async {
        while !holds() {
            supervision.cgroups.cgroups?.sweep()
            await Task.yield()
        }
    }

    static func isAlive(_ osPid: Int32) -> Bool {
        kill(osPid, 0) == 0
    }

    /// Loads a shell script, and waits until it runs.
    func load(_ script: String, _ change: (inout JobConfig) -> Void = { _ in }) async throws -> TreeJob {
        var config = JobConfig(cmd: script)
        config.shell = true
        config.osEnv = true
        change(&config)
        let job = TreeJob(manager: supervision.manager)
        try await supervision.manager.load(config, as: TreeJob.name).settled()
        return job
    }
}

/// The one job of a ``TreeBench``.
final class TreeJob {
    static let name = JobName.web

    private let manager: ManagerActor
    private var events: AsyncStream<Event>.Iterator

    init(manager: ManagerActor) {
        self.manager = manager
        events = manager.events.events().makeAsyncIterator()
    }

    /// Waits until such an event has come.
    func event(_ word: String) async throws {
        while let event = await events.next() {
            if event.kind.word == word { return }
        }
        throw Unmet(line: #line)
    }

    func stop() async throws {
        try await manager.command(.stop, on: .job(Self.name)).settled()
    }

    func unload() async throws {
        try await manager.unload(Self.name).settled()
    }

    /// Waits until all are there.
    func settle() async throws {
        try await manager.command(.start, on: .job(Self.name)).settled()
    }

    /// The only process.
    func process() throws -> ProcessInfo {
        let pids = try manager.pids(of: Self.name)
        guard let pid = pids.first, pids.count == 1 else { throw Unmet(line: #line) }
        return try manager.process(pid)
    }

    func osPids() throws -> [Int32] {
        try manager.info(of: Self.name).instances.map(\.osPid)
    }

    func lastExit() -> ExitStatus? {
        try? manager.info(of: Self.name).lastExit?.status
    }

    func restarts() -> Int? {
        try? manager.info(of: Self.name).restarts
    }
}
