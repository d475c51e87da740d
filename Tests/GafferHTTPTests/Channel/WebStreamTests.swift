import Gaffer
import GafferAuth
import GafferHTTP
import GafferModel
import GafferTestKit
import Testing
import WebServer

@Suite(.timeLimit(.minutes(1))) struct WebStreamTests {
    private let bench: ChannelBench

    init() throws {
        bench = try ChannelBench()
    }

    /// Waits until what was said before was taken.
    private func untilWritten(_ count: Int) async {
        while bench.feeds.writes.count < count { await Task.yield() }
    }

    @Test("The first output comes as it is, what is said goes to stdin")
    func bothWays() async throws {
        let stream = bench.webStream(1)
        stream.client.say("hello\n")
        stream.client.say([0xFF])
        await untilWritten(2)
        #expect(bench.feeds.writes.map(\.bytes) == [Array("hello\n".utf8), [0xFF]])
        bench.feeds.emit(1, "stderr", "no\n")
        bench.feeds.emit(1, "stdout", "out\n")
        #expect(await stream.client.next() == .text(Array("out\n".utf8)))
        bench.feeds.emit(1, "stdout", [0xFF, 0x0A])
        #expect(await stream.client.next() == .binary([0xFF, 0x0A]))
        await stream.hangUp()
        #expect(bench.context.openTopics == 0)
        #expect(bench.context.quota.openStreams == 0)
    }

    @Test("It may begin with the last lines")
    func tail() async throws {
        bench.feeds.emit(1, "stdout", "one\ntwo\n")
        let stream = bench.webStream(1, tail: 1)
        #expect(await stream.client.next() == .text(Array("two\n".utf8)))
        await stream.hangUp()
    }

    @Test(
        "What can't be had is told, and the stream is closed",
        arguments: [
            (77, Permissions.admin, "not_found", 1000), (77, .none, "forbidden", 1008), (1, .none, "forbidden", 1008),
            (1, .only(.manage, "blog"), "forbidden", 1008),
        ] as [(Int, Permissions, String, UInt16)]
    )
    func refused(pid: Int, permissions: Permissions, word: String, code: UInt16) async throws {
        let stream = bench.webStream(pid, as: RevocableAuthority(permissions))
        #expect(try await stream.client.nextText() == #"{"error":"\#(word)"}"#)
        await stream.end()
        #expect(stream.client.closeCode == code)
    }

    @Test("Nobody gets anything")
    func anonymous() async throws {
        let stream = bench.webStream(1, as: nil)
        #expect(try await stream.client.nextText() == #"{"error":"forbidden"}"#)
        await stream.end()
    }

    @Test("Who may only read, and who writes to a process without stdin, is told at the first write")
    func noWrite() async throws {
        let reader = bench.webStream(1, as: RevocableAuthority(.only(.read, "shop.web")))
        let admin = bench.webStream(2)
        for stream in [reader, admin] {
            stream.client.say("x")
            #expect(try await stream.client.nextText() == #"{"error":"forbidden_write"}"#)
            await stream.end()
            #expect(stream.client.closeCode == 1008)
        }
        #expect(bench.feeds.writes == [])
    }

    @Test("A process that takes nothing is told by its word")
    func failedWrite() async throws {
        bench.feeds.failWrites(with: GafferError(.timedOut, "It took nothing."))
        let stream = bench.webStream(1)
        stream.client.say("x")
        #expect(try await stream.client.nextText() == #"{"error":"timed_out"}"#)
        await stream.end()
    }

    @Test("It is closed when the process has ended, also where nothing is captured of it")
    func processEnd() async throws {
        let stream = bench.webStream(1)
        let silent = bench.webStream(3)
        stream.client.say("x")
        await untilWritten(1)
        // The other one has its place too.
        while bench.context.quota.openStreams < 2 { await Task.yield() }
        bench.feeds.emit(1, "stdout", "last")
        bench.exit(1, of: bench.web)
        #expect(await stream.client.next() == .text(Array("last".utf8)))
        #expect(await stream.client.next() == nil)
        await stream.end()
        #expect(stream.client.closeCode == 1000)
        while bench.context.openTopics < 1 { await Task.yield() }
        bench.exit(3, of: bench.blog)
        await silent.end()
        #expect(silent.client.closeCode == 1000)
    }
}
