import Gaffer
import GafferModel
import GafferTestKit
import Glibc

/// A condition that did not hold, for tests that run in a process of their own.
struct Unmet: Error {
    let line: Int
}

func require(_ holds: @autoclosure () throws -> Bool, line: Int = #line) throws {
    guard try holds() else { throw Unmet(line: line) }
}

/// A real supervision, and two pipes in the file system to talk to what it starts.
final class TreeBench {
    private let supervision: Supervision
    private let folder: TestFolder
    private let numbers: Int32
    private let gateEnd: Int32

    /// Runs a test and shuts everything down after it.
    static func run(_ body: (TreeBench) async throws -> Void) async throws {
        let bench = try TreeBench()
        do {
            try await body(bench)
        } catch {
            await bench.shutDown()
            throw error
        }
        await bench.shutDown()
    }

    private init() throws {
        folder = try TestFolder()
        supervision = try Supervision()
        mkfifo("\(folder.path)/numbers", 0o600)
        mkfifo("\(folder.path)/gate", 0o600)
        numbers = Glibc.open("\(folder.path)/numbers", O_RDWR | O_CLOEXEC)
        gateEnd = Glibc.open("\(folder.path)/gate", O_RDWR | O_CLOEXEC)
        try require(numbers >= 0 && gateEnd >= 0)
    }

    private func shutDown() async {
        await supervision.shutDown()
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

    /// Waits until all are there.
    func settle() async throws {
        try await manager.command(.start, on: .job(Self.name)).settled()
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
