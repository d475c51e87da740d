import Gaffer
import GafferAuth
import GafferHTTP
import GafferModel
import GafferTestKit
import Testing
import WebServer

@Suite(.timeLimit(.minutes(1))) struct IOChannelTests {
    private let bench: ChannelBench

    init() throws {
        bench = try ChannelBench()
    }

    private func frame(_ id: String, _ body: String) -> String { "V1 message \(id)\0\(body)" }

    /// What follows the id of a message of the server.
    private func output(_ element: OutgoingMessages.Element?) throws -> [UInt8] {
        let bytes = try #require(element).bytes
        let zero = try #require(bytes.firstIndex(of: 0))
        let words = String(decoding: bytes[..<zero], as: UTF8.self).split(separator: " ")
        #expect(words.count == 3 && words[0] == "V1" && words[1] == "message" && words[2].count == 32)
        return Array(bytes[(zero + 1)...])
    }

    @Test("What the process writes comes as messages, what is said goes to its stdin")
    func bothWays() async throws {
        let channel = bench.ioChannel(1)
        channel.client.say(frame("a1", "hello"))
        #expect(try await channel.client.nextText() == "V1 response a1\0OK")
        bench.feeds.emit(1, "stdout", "one\n")
        #expect(try output(await channel.client.next()) == Array("one\n".utf8))
        bench.feeds.emit(1, "stderr", "not asked for\n")
        channel.client.say(Array("V1 message a2\0".utf8) + [0, 0xFF])
        #expect(try await channel.client.nextText() == "V1 response a2\0OK")
        #expect(
            bench.feeds.writes == [
                .init(pid: 1, label: "stdin", bytes: Array("hello".utf8)),
                .init(pid: 1, label: "stdin", bytes: [0, 0xFF]),
            ]
        )
        await channel.hangUp()
        #expect(bench.context.openTopics == 0)
        #expect(bench.context.quota.openStreams == 0)
    }

    @Test("What is no UTF-8 comes as bytes, characters that come in parts as one")
    func bytes() async throws {
        let channel = bench.ioChannel(1, mode: .readable)
        channel.client.say(frame("a1", "is it open?"))
        #expect(try await channel.client.nextText() == "V1 error a1\0{\"error\": \"EPERM\", \"errno\": 403}")
        bench.feeds.emit(1, "stdout", [0xFF, 0x0A])
        let element = try #require(await channel.client.next())
        guard case .binary = element else { throw FakeChannel.NoText(element: element) }
        #expect(try output(element) == [0xFF, 0x0A])
        bench.feeds.emit(1, "stdout", [0xC3])
        bench.feeds.emit(1, "stdout", [0xA9])
        let whole = try #require(await channel.client.next())
        guard case .text = whole else { throw FakeChannel.NoText(element: whole) }
        #expect(try output(whole) == [0xC3, 0xA9])
        await channel.hangUp()
    }

    @Test(
        "A stream that is named is read and written to as the table says",
        arguments: [
            (nil, 3, "stdout", "stdin"), (nil, 1, "stdout", nil), (nil, 2, nil, "stdin"), (nil, 0, nil, nil),
            (nil, 4, nil, nil), (nil, 7, "stdout", "stdin"), ("stderr", 3, "stderr", "stdin"),
            ("stderr", 2, nil, "stdin"), ("Chat", 3, "Chat", "Chat"), ("Chat", 1, "Chat", nil),
            ("Chat", 2, "Chat", "Chat"), ("Chat", 0, "Chat", nil),
        ] as [(String?, Int, String?, String?)]
    )
    func modes(stream: String?, mode: Int, read: String?, written: String?) async throws {
        let channel = bench.ioChannel(1, stream, mode: IOMode(rawValue: mode))
        channel.client.say(frame("x", "in"))
        let answer = try await channel.client.nextText()
        #expect(answer == (written == nil ? "V1 error x\0{\"error\": \"EPERM\", \"errno\": 403}" : "V1 response x\0OK"))
        #expect(bench.feeds.writes.map(\.label) == (written.map { [$0] } ?? []))
        for label in ["stdout", "stderr", "Chat"] { bench.feeds.emit(1, label, label) }
        if let read { #expect(try output(await channel.client.next()) == Array(read.utf8)) }
        channel.client.say(frame("AUTH", "AUTH:x"))
        #expect(try await channel.client.nextText().hasPrefix("V1 error AUTH\0"), "nothing else was delivered")
        await channel.hangUp()
    }

    @Test(
        "What can't be opened is told, and the channel is closed",
        arguments: [
            (77, nil, 3, "not_found", 404), (1, "nope", 3, "ENOENT", 404), (1, "chat", 3, "ENOENT", 404),
            (1, "stdin", 2, "ENOENT", 404), (2, nil, 3, "EPERM", 403), (2, nil, 2, "EPERM", 403),
            (2, "stderr", 3, "EPERM", 403), (3, nil, 1, "EPERM", 403), (3, nil, 3, "EPERM", 403),
        ] as [(Int, String?, Int, String, Int)]
    )
    func refused(pid: Int, stream: String?, mode: Int, word: String, errno: Int) async throws {
        let channel = bench.ioChannel(pid, stream, mode: IOMode(rawValue: mode))
        #expect(
            try await channel.client.nextText()
                == "V1 error gaffer_error\0{\"error\": \"\(word)\", \"errno\": \(errno)}"
        )
        await channel.end()
        #expect(channel.client.closeCode == 1000)
        #expect(bench.context.openTopics == 0)
        #expect(bench.context.quota.openStreams == 0)
    }

    @Test(
        "Reading needs the right to read, writing that to write, whether a stream is named or not",
        arguments: ChannelPermissionTests.Role.allCases,
        [nil, "stderr", "Chat"]
    )
    func permissions(role: ChannelPermissionTests.Role, stream: String?) async throws {
        let readers: Set<ChannelPermissionTests.Role> = [
            .admin, .manageAll, .manageSession, .manageJob, .operate, .write, .read, .readAll, .readSession,
        ]
        let writers: Set<ChannelPermissionTests.Role> = [.admin, .manageAll, .manageSession, .manageJob, .write]
        for (mode, allowed) in [(1, readers), (2, writers), (3, writers), (0, readers)] {
            let authority = RevocableAuthority(role.permissions)
            let channel = bench.ioChannel(1, stream, mode: IOMode(rawValue: mode), as: authority)
            channel.client.say(frame("x", "AUTH:any"))
            let answer = try await channel.client.nextText()
            if allowed.contains(role) {
                #expect(answer == "V1 response x\0OK", "\(mode)")
            } else {
                #expect(answer == "V1 error gaffer_error\0{\"error\": \"FORBIDDEN\", \"errno\": 403}", "\(mode)")
            }
            await channel.hangUp()
            #expect(channel.client.closeCode == (allowed.contains(role) ? 1000 : 1008))
        }
        #expect(bench.feeds.writes == [])
    }

    @Test("Whether there is a process is told to whoever has any right")
    func unknownProcess() async throws {
        let stranger = bench.ioChannel(77, as: RevocableAuthority(.none))
        #expect(try await stranger.client.nextText().contains("FORBIDDEN"))
        let other = bench.ioChannel(77, as: RevocableAuthority(.only(.read, "blog.web")))
        #expect(try await other.client.nextText().contains("not_found"))
        await stranger.end()
        await other.end()
    }

    @Test("Who has no key yet sends it first; the process never sees it")
    func login() async throws {
        let channel = bench.ioChannel(1, as: nil)
        channel.client.say(frame("k", "AUTH:secret"))
        #expect(try await channel.client.nextText() == "V1 response k\0OK")
        channel.client.say(frame("a", "AUTH:secret"))
        #expect(try await channel.client.nextText().hasPrefix("V1 error a\0"))
        channel.client.say(frame("b", "text"))
        #expect(try await channel.client.nextText() == "V1 response b\0OK")
        #expect(bench.feeds.writes.map(\.bytes) == [Array("text".utf8)])
        await channel.hangUp()
    }

    @Test(
        "A key that nobody has, or none at all, closes the channel",
        arguments: ["AUTH:guess", "text", "auth:secret"]
    )
    func badLogin(body: String) async throws {
        let channel = bench.ioChannel(1, as: nil)
        channel.client.say(frame("k", body))
        channel.client.say(frame("l", "more"))
        #expect(
            try await channel.client.nextText()
                == "V1 error gaffer_error\0{\"error\": \"AUTH_REQUIRED\", \"errno\": 403}"
        )
        await channel.end()
        #expect(channel.client.closeCode == 1008)
        #expect(bench.feeds.writes == [])
    }

    @Test("Who does not log in within ten seconds is sent away")
    func loginTimeout() async throws {
        let channel = bench.ioChannel(1, as: nil)
        while bench.time.timerCount < 1 { await Task.yield() }
        bench.time.pass(.seconds(10))
        #expect(try await channel.client.nextText().contains("AUTH_REQUIRED"))
        await channel.end()
        #expect(channel.client.closeCode == 1008)
    }

    @Test(
        "A frame that is none closes the channel",
        arguments: [
            "", "hello", "V1 message x", "V2 message x\0y", "V1 message\0y", "V1  x\0y", "V1 message a b\0y", "\0",
        ]
    )
    func badFrame(text: String) async throws {
        let channel = bench.ioChannel(1)
        channel.client.say(text)
        #expect(
            try await channel.client.nextText() == "V1 error gaffer_error\0{\"error\": \"bad_frame\", \"errno\": 400}"
        )
        await channel.end()
        #expect(bench.feeds.writes == [])
    }

    @Test("The type of a frame is not looked at, and its body may hold zeros")
    func anyType() async throws {
        let channel = bench.ioChannel(1)
        channel.client.say("V1 whatever ü1\0a\0b")
        #expect(try await channel.client.nextText() == "V1 response ü1\0OK")
        #expect(bench.feeds.writes.map(\.bytes) == [Array("a\0b".utf8)])
        await channel.hangUp()
    }

    @Test(
        "A write that fails is told, and the channel stays",
        arguments: [GafferError.Code.timedOut, .failed, .notFound]
    )
    func failedWrite(code: GafferError.Code) async throws {
        bench.feeds.failWrites(with: GafferError(code, "It took nothing."))
        let channel = bench.ioChannel(1)
        channel.client.say(frame("a", "x"))
        #expect(try await channel.client.nextText() == "V1 error a\0{\"error\": \"EIO\", \"errno\": 500}")
        bench.feeds.failWrites(with: nil)
        channel.client.say(frame("b", "x"))
        #expect(try await channel.client.nextText() == "V1 response b\0OK")
        await channel.hangUp()
    }

    @Test("The channel is closed when the process has ended and all that it wrote was delivered")
    func processEnd() async throws {
        let channel = bench.ioChannel(1, mode: .readable)
        channel.client.say(frame("a", "is it open?"))
        _ = await channel.client.next()
        bench.feeds.emit(1, "stdout", "last")
        bench.exit(1, of: bench.web)
        #expect(try output(await channel.client.next()) == Array("last".utf8))
        #expect(await channel.client.next() == nil)
        await channel.end()
        #expect(channel.client.closeCode == 1000)
    }

    @Test("A channel that only writes is closed with the process, and one whose output ended stays till then")
    func writingEnd() async throws {
        let writer = bench.ioChannel(1, mode: .writable)
        let both = bench.ioChannel(1)
        for channel in [writer, both] {
            channel.client.say(frame("a", "x"))
            _ = await channel.client.next()
        }
        bench.feeds.end(1)
        for channel in [writer, both] {
            channel.client.say(frame("b", "x"))
            #expect(try await channel.client.nextText() == "V1 response b\0OK")
        }
        bench.exit(1, of: bench.web)
        await writer.end()
        await both.end()
        #expect(writer.client.closeCode == 1000)
        #expect(both.client.closeCode == 1000)
    }

    @Test("A pipe that another process holds does not keep the channel open for ever")
    func heldPipe() async throws {
        let channel = bench.ioChannel(1, mode: .readable)
        channel.client.say(frame("a", "is it open?"))
        _ = await channel.client.next()
        bench.feeds.publish(.exit(pid: 1, osPid: 1000, status: .code(0), isCommit: false), of: bench.web)
        while bench.time.timerCount < 1 { await Task.yield() }
        #expect(channel.client.closeCode == nil)
        bench.time.pass(.seconds(2))
        await channel.end()
        #expect(channel.client.closeCode == 1000)
    }

    @Test("A key that is taken away writes nothing more, and reads nothing more")
    func revoked() async throws {
        let writing = RevocableAuthority(.admin)
        let writer = bench.ioChannel(1, as: writing)
        writer.client.say(frame("a", "x"))
        _ = await writer.client.next()
        writing.revoke()
        writer.client.say(frame("b", "y"))
        #expect(try await writer.client.nextText().contains("FORBIDDEN"))
        await writer.end()
        #expect(bench.feeds.writes.count == 1)

        let reading = RevocableAuthority(.admin)
        let reader = bench.ioChannel(1, as: reading)
        reader.client.say(frame("a", "x"))
        _ = await reader.client.next()
        reading.revoke()
        bench.feeds.emit(1, "stdout", "secret")
        #expect(try await reader.client.nextText().contains("FORBIDDEN"))
        await reader.end()
        #expect(reader.client.closeCode == 1008)
    }

    @Test("A key with too many streams gets no further one")
    func quota() async throws {
        var bench = bench
        bench.context.quota = StreamQuota(perKey: 1)
        let first = bench.ioChannel(1)
        first.client.say(frame("a", "x"))
        _ = await first.client.next()
        let second = bench.ioChannel(1)
        #expect(try await second.client.nextText().contains("too_many_streams"))
        await second.end()
        await first.hangUp()
        #expect(bench.context.quota.openStreams == 0)
    }

    @Test("Who falls behind is told by a frame of its own kind")
    func gap() async throws {
        let channel = bench.ioChannel(1, mode: .readable)
        channel.client.say(frame("a", "x"))
        _ = await channel.client.next()
        channel.client.hold()
        bench.feeds.emit(1, "stdout", "first\n")
        await channel.client.untilHeld()
        let quick = bench.ioChannel(1, mode: .readable)
        quick.client.say(frame("a", "x"))
        _ = await quick.client.next()
        var written = 0
        var read = 0
        while written < 4 << 20 {
            let line = String(repeating: "x", count: 60_000) + "\n"
            bench.feeds.emit(1, "stdout", line)
            written += line.utf8.count
            while read < written { read += try output(await quick.client.next()).count }
        }
        channel.client.release()
        var lost = 0
        var got = 0
        while got + lost < written + 6 {
            let bytes = try #require(await channel.client.next()).bytes
            guard bytes.starts(with: "V1 gap ".utf8) else {
                got += try output(.text(bytes)).count
                continue
            }
            let body = try #require(bytes.firstIndex(of: 0))
            let json = try JSON(parsing: Array(bytes[(body + 1)...]))
            lost += json["lost"]?.intValue ?? 0
            #expect(json["offset"]?.intValue == got + lost)
        }
        #expect(lost > 0)
        await channel.hangUp()
        await quick.hangUp()
    }

    @Test(
        "mode is a number",
        arguments: [(nil, 3), ("1", 1), ("2", 2), ("3", 3), ("0", 0), ("12", 12)] as [(String?, Int)]
    )
    func mode(text: String?, value: Int) throws {
        #expect(try IOMode(parsing: text).rawValue == value)
    }

    @Test(
        "What is no mode is refused before anything is opened",
        arguments: ["", "x", "-1", "1.5", "99999999999999999999"]
    )
    func badMode(text: String) {
        let error = #expect(throws: GafferError.self) { try IOMode(parsing: text) }
        #expect(error?.code == .badRequest)
    }
}
