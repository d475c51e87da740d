import GafferModel
import GafferSystem
import GafferTestKit
import Testing

@testable import Gaffer

@Suite struct WishesTests {
    private static let web = JobName.web

    /// Of a configured job whose section is called `one`.
    private static func configured(_ change: (inout Wishes) -> Void) -> Wishes {
        var wishes = Wishes()
        wishes.configured([web: "one"])
        change(&wishes)
        return wishes
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let change: @Sendable (inout Wishes) -> Void
        let entry: Wishes.Entry?
    }

    private static let other = JobConfig(cmd: "other")
    private static let idle = {
        var config = JobConfig(cmd: "other")
        config.start = false
        return config
    }()

    @Test(
        "What is asked of a configured job is remembered",
        arguments: [
            Case(testDescription: "nothing", change: { _ in }, entry: nil),
            Case(
                testDescription: "stop",
                change: { $0.stopped(web) },
                entry: Wishes.Entry(fingerprint: "one", isStopped: true)
            ),
            Case(
                testDescription: "start",
                change: { $0.started(web) },
                entry: Wishes.Entry(fingerprint: "one", isStopped: false)
            ),
            Case(
                testDescription: "scale",
                change: { $0.scaled(web, to: 5) },
                entry: Wishes.Entry(fingerprint: "one", number: 5, isStopped: false)
            ),
            Case(
                testDescription: "scale, start: the number stays",
                change: {
                    $0.scaled(web, to: 5)
                    $0.started(web)
                },
                entry: Wishes.Entry(fingerprint: "one", number: 5, isStopped: false)
            ),
            Case(
                testDescription: "scale, stop: the number is forgotten",
                change: {
                    $0.scaled(web, to: 5)
                    $0.stopped(web)
                },
                entry: Wishes.Entry(fingerprint: "one", isStopped: true)
            ),
            Case(
                testDescription: "stop, scale: stopped, with a number for the next start",
                change: {
                    $0.stopped(web)
                    $0.scaled(web, to: 5)
                },
                entry: Wishes.Entry(fingerprint: "one", number: 5, isStopped: true)
            ),
            Case(
                testDescription: "stop, scale, stop: the number stays",
                change: {
                    $0.stopped(web)
                    $0.scaled(web, to: 5)
                    $0.stopped(web)
                },
                entry: Wishes.Entry(fingerprint: "one", number: 5, isStopped: true)
            ),
            Case(
                testDescription: "stop, scale, start: the number is in force",
                change: {
                    $0.stopped(web)
                    $0.scaled(web, to: 5)
                    $0.started(web)
                },
                entry: Wishes.Entry(fingerprint: "one", number: 5, isStopped: false)
            ),
            Case(
                testDescription: "scale, reload: the number is the configured one",
                change: {
                    $0.scaled(web, to: 5)
                    $0.reloaded(web)
                },
                entry: Wishes.Entry(fingerprint: "one", isStopped: false)
            ),
            Case(
                testDescription: "reload of a job that was merely loaded: it is started",
                change: { $0.reloaded(web) },
                entry: Wishes.Entry(fingerprint: "one", isStopped: false)
            ),
            Case(
                testDescription: "stop, reload: it stays stopped",
                change: {
                    $0.stopped(web)
                    $0.scaled(web, to: 5)
                    $0.reloaded(web)
                },
                entry: Wishes.Entry(fingerprint: "one", isStopped: true)
            ),
            Case(
                testDescription: "stop, update: it is started with the new configuration",
                change: {
                    $0.stopped(web)
                    $0.updated(web, other)
                },
                entry: Wishes.Entry(fingerprint: "one", config: other)
            ),
            Case(
                testDescription: "update without start: it is stopped",
                change: {
                    $0.scaled(web, to: 5)
                    $0.updated(web, idle)
                },
                entry: Wishes.Entry(fingerprint: "one", config: idle, isStopped: true)
            ),
            Case(
                testDescription: "unload: it stays away",
                change: {
                    $0.scaled(web, to: 5)
                    $0.unloaded(web)
                },
                entry: Wishes.Entry(fingerprint: "one", isUnloaded: true)
            ),
            Case(
                testDescription: "unload, load: it is what it was loaded with",
                change: {
                    $0.unloaded(web)
                    $0.loaded(web, other)
                },
                entry: Wishes.Entry(fingerprint: "one", config: other)
            ),
        ]
    )
    func commands(row: Case) {
        #expect(Self.configured(row.change).entries[Self.web] == row.entry)
    }

    @Test("A job that was loaded at run time is kept whole, and forgotten when it is unloaded")
    func loaded() {
        var wishes = Wishes()
        wishes.loaded(Self.web, Self.other)
        #expect(wishes.entries[Self.web] == Wishes.Entry(config: Self.other))
        wishes.scaled(Self.web, to: 2)
        wishes.configured([:])
        #expect(wishes.entries[Self.web] == Wishes.Entry(config: Self.other, number: 2, isStopped: false))
        wishes.unloaded(Self.web)
        #expect(wishes.entries.isEmpty)
    }

    @Test("A wish holds until the job's own section changes or goes", arguments: ["one", "two", nil])
    func sections(fingerprint: String?) {
        var wishes = Self.configured { $0.stopped(Self.web) }
        wishes.configured(fingerprint.map { [Self.web: $0] } ?? [:])
        #expect((wishes.entries[Self.web] != nil) == (fingerprint == "one"))
    }

    @Test("Another job's section does not matter")
    func otherSection() {
        var wishes = Self.configured { $0.unloaded(Self.web) }
        wishes.configured([Self.web: "one", .named("shop.db"): "new"])
        #expect(wishes.entries[Self.web]?.isUnloaded == true)
    }

    @Test("A section of the name of a job that was loaded at run time wins")
    func takenOver() {
        var wishes = Wishes()
        wishes.loaded(Self.web, Self.other)
        wishes.configured([Self.web: "one"])
        #expect(wishes.entries.isEmpty)
    }

    // MARK: The file

    private static func everything() -> Wishes {
        var config = JobConfig(cmd: "other --x 'a b'")
        config.args = ["$HOME", "ä"]
        config.env = ["KEY": "välue\n"]
        config.numprocesses = 3
        config.start = false
        config.backoff = BackoffRule.none
        config.flapping = FlappingRule(attempts: 3)
        config.gracefulTimeout = .milliseconds(1500)
        config.stopSignal = .hangup
        config.successExit = SuccessExit(codes: [0, 3], signals: [.interrupt])
        config.stdoutFile = OutputFile(path: "/var/log/$GAFFER_INSTANCE")
        config.rlimits = ["core": ResourceLimit(soft: 0, hard: nil)]
        return Wishes(entries: [
            .web: Wishes.Entry(fingerprint: "one", config: config, number: 0, isStopped: false),
            .named("a.b"): Wishes.Entry(fingerprint: "two", isUnloaded: true),
            .named("c.d"): Wishes.Entry(config: JobConfig(cmd: "x"), number: 7, isStopped: true),
        ])
    }

    @Test("What is written is what is read")
    func roundTrip() throws {
        let wishes = Self.everything()
        let read = try Wishes(json: JSON(parsing: wishes.json.encoded()))
        #expect(read == wishes)
        #expect(read.json == wishes.json)
    }

    @Test(
        "What is no file of wishes is refused",
        arguments: [
            "{}", "[]", "{\"version\":2,\"jobs\":{}}", "{\"version\":1}", "{\"version\":1,\"jobs\":[]}",
            "{\"version\":1,\"jobs\":{\"a b\":{}}}", "{\"version\":1,\"jobs\":{\"a\":{\"config\":{}}}}",
        ]
    )
    func badFile(text: String) throws {
        let json = try JSON(parsing: Array(text.utf8))
        #expect(throws: GafferError.self) { try Wishes(json: json) }
    }

    @Test("Wishes are kept in a file, and a file that can't be read is put aside")
    func file() async throws {
        let folder = try TestFolder()
        defer { folder.remove() }
        let worker = WorkerThread(name: "test-wishes")
        defer { worker.stop() }
        let path = folder.path + "/wishes.json"
        let log = LineRecorder()

        let file = WishFile(path: path, worker: worker, log: { log.append($0) })
        #expect(file.load() == Wishes())
        await file.keep(Self.everything())
        #expect(WishFile(path: path, worker: worker, log: { log.append($0) }).load() == Self.everything())
        #expect(log.lines.isEmpty)

        try FileContent.replace(path, with: Array("{".utf8), mode: 0o600)
        #expect(WishFile(path: path, worker: worker, log: { log.append($0) }).load() == Wishes())
        #expect(log.lines.count == 1)
        #expect(try FileContent.read(path + ".bad", limit: 10) == Array("{".utf8))
    }

    @Test("Where wishes can't be kept, that is told, and tried again with the next ones")
    func unwritable() async throws {
        let folder = try TestFolder()
        defer { folder.remove() }
        let worker = WorkerThread(name: "test-wishes")
        defer { worker.stop() }
        let log = LineRecorder()
        let path = folder.path + "/missing/wishes.json"
        let file = WishFile(path: path, worker: worker, log: { log.append($0) })
        await file.keep(Self.everything())
        await file.keep(Self.everything())
        #expect(log.lines.count == 2)
        #expect(log.lines[0].contains(path))
    }
}

extension WishFile {
    /// Saves, and returns when that is done.
    fileprivate func keep(_ wishes: Wishes) async {
        await withCheckedContinuation { continuation in
            save(wishes) { continuation.resume() }
        }
    }
}
