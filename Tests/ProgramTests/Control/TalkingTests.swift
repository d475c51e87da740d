import GafferModel
import Glibc
import ProgramTestKit
import Testing

@Suite("gafferctl's talking commands", .oneSlot, .timeLimit(.minutes(2)))
struct TalkingTests {
    private static let sections = """
        [process:echo]
        cmd = /bin/cat
        redirect_input = true
        redirect_output = out

        [process:deaf]
        cmd = /bin/sleep 1000
        redirect_output = out

        """

    /// What `echo` has written, once it is as long as what is waited for.
    private func echoed(_ daemon: Daemon, _ count: Int) async throws -> [UInt8] {
        try await daemon.eventually("the echo") {
            let tail = try await daemon.curl("GET", "/jobs/default/echo/tail?format=text&n=10000")
            return tail.bytes.count >= count ? tail.bytes : nil
        }
    }

    @Test("send writes words as a line, and what comes on stdin as it is, and closes the input where it is told to")
    func send() async throws {
        try await withGafferd(Self.sections) { daemon in
            #expect(try await daemon.ctl("send", "echo", "hello", "world").code == 0)
            #expect(try await echoed(daemon, 12) == Array("hello world\n".utf8))
            let piped = try await daemon.ctl(["send", "echo", "-", "--json"], input: "a\u{0}b")
            #expect(try parseJSON(piped.outputBytes) == ["ok": true, "bytes": 3])
            #expect(try await echoed(daemon, 15) == Array("hello world\na\u{0}b".utf8))

            let deaf = try await daemon.ctl("send", "deaf", "x")
            #expect(deaf.code == 6, "\(deaf.all)")
            #expect(deaf.error.contains("redirect_input") || deaf.error.contains("deaf"), "\(deaf.error)")
            #expect(try await daemon.ctl("send", "none", "x").code == 4)
            #expect(try await daemon.ctl("send", "echo").code == 2)

            // Without its input cat ends, and gafferd starts another.
            let before = try await daemon.osPid("default/echo")
            #expect(try await daemon.ctl("send", "--eof", "echo").code == 0)
            try await daemon.eventually("another process") {
                let osPids = try await daemon.osPids("default/echo")
                return osPids.count == 1 && osPids != [before] ? osPids : nil
            }
        }
    }

    @Test("recv passes on what a process writes from now on, until it ends")
    func recv() async throws {
        try await withGafferd(Self.sections) { daemon in
            #expect(try await daemon.ctl("send", "echo", "before").code == 0)
            _ = try await echoed(daemon, 7)
            let pid = try await daemon.pid("default/echo")
            async let received = daemon.ctl("recv", "\(pid)", "out")
            try await daemon.watched(.stream)
            for word in ["one", "two\u{1B}[2J"] { #expect(try await daemon.ctl("send", "\(pid)", word).code == 0) }
            #expect(try await daemon.ctl("send", "--eof", "\(pid)").code == 0)
            let run = try await received
            #expect(run.code == 0, "\(run.all)")
            #expect(run.output == "one\ntwo\u{1B}[2J\n")
            #expect(try await daemon.ctl("recv", "echo", "none").code == 4)
        }
    }

    @Test("attach passes stdin on to its end, and shows what comes back until the process ends")
    func attachPipe() async throws {
        try await withGafferd(Self.sections) { daemon in
            let run = try await daemon.ctl(["attach", "echo"], input: "one\ntwo\n")
            #expect(run.code == 0, "\(run.all)")
            #expect(run.output == "one\ntwo\n")
        }
    }

    @Test("On a terminal lines go to the process; Ctrl-C detaches and leaves it alone, Ctrl-D closes its input")
    func attachTerminal() async throws {
        try await withGafferd(Self.sections) { daemon in
            let osPid = try await daemon.osPid("default/echo")
            for key in ["\u{3}", "\u{1D}"] {
                let detached = try await daemon.ctl(
                    onTerminal: ["attach", "echo"],
                    [("detaches.\n", "hello\n"), ("hello\nhello\n", key)]
                )
                #expect(detached.code == 0, "\(detached.all)")
                #expect(detached.output.contains("goes on"), "\(detached.all)")
                #expect(try await daemon.osPid("default/echo") == osPid)
            }
            let closed = try await daemon.ctl(
                onTerminal: ["attach", "echo"],
                [("detaches.\n", "bye\n"), ("bye\nbye\n", "\u{4}")]
            )
            #expect(closed.code == 0, "\(closed.all)")
            #expect(closed.output.contains("has ended its output"), "\(closed.all)")
            try await ProcessTable.end(of: osPid)
        }
    }
}

/// What a client can watch, in the words of the metrics.
enum Watched: String {
    case stream, events, stats, channel
}

extension Daemon {
    /// Waits until so many watch this.
    func watched(_ kind: Watched, by count: Int = 1) async throws {
        try await eventually("\(count) who watch \(kind)") {
            let metrics = try await curl("GET", "/metrics")
            return metrics.text.contains(#"gaffer_stream_subscribers{kind="\#(kind.rawValue)"} \#(count)"#) ? true : nil
        }
    }
}
