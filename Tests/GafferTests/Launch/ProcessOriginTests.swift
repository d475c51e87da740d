import Gaffer
import GafferModel
import GafferSystem
import GafferTestKit
import Glibc
import Synchronization
import Testing

@Suite struct ProcessOriginTests {
    @Test("Whoever follows an output knows its process, and gets all of its bytes", .timeLimit(.minutes(1)))
    func follow() async throws {
        let followed = Followed()
        let supervision = try Supervision(
            Supervision.Options(adoptsOrphans: false),
            follow: { origin, stream in followed.add(origin, stream) }
        )
        var config = JobConfig(cmd: "printf one; printf two >&2; exec sleep 1000")
        config.shell = true
        try await supervision.manager.load(config, as: .web).settled()
        let process = try #require(try supervision.manager.info(of: .web).instances.first)
        for stream in followed.all { await stream.subscription.firstBytes() }
        await supervision.shutDown()
        #expect(followed.all.map(\.label) == ["stdout", "stderr"])
        for stream in followed.all {
            #expect(stream.origin.name == .web)
            #expect(stream.origin.pid == process.pid)
            #expect(stream.origin.osPid == process.osPid)
            #expect(stream.origin.instance == process.instance)
            #expect(!stream.origin.isCommit)
            #expect(stream.origin.config == config)
            #expect(stream.bytesBefore == 0)
        }
        #expect(followed.all.map(\.tail) == ["one", "two"])
    }
}

/// What was handed over for following.
private final class Followed: Sendable {
    struct Entry {
        let origin: ProcessOrigin
        let stream: OutputStream
        let bytesBefore: UInt64
        let subscription: OutputSubscription

        var label: String { stream.label }
        var tail: String { String(decoding: stream.tail(bytes: 100), as: UTF8.self) }
    }

    private let entries = Mutex<[Entry]>([])

    var all: [Entry] { entries.withLock { $0 } }

    func add(_ origin: ProcessOrigin, _ stream: OutputStream) {
        let entry = Entry(
            origin: origin,
            stream: stream,
            bytesBefore: stream.totalBytes,
            subscription: stream.subscribe()
        )
        entries.withLock { $0.append(entry) }
    }
}

extension OutputSubscription {
    fileprivate func firstBytes() async {
        for await _ in self { return }
    }
}
