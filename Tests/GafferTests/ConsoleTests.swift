import Gaffer
import GafferModel
import GafferSystem
import Glibc
import Synchronization
import Testing

@Suite("The console", .timeLimit(.minutes(1)))
struct ConsoleTests {
    private let job: JobName
    private let target = Terminal()
    private let formatter = ConsoleFormatter(level: .everything, hasColors: false) { _ in "12:00:00" }

    init() throws {
        job = try JobName(job: "web")
    }

    private func event(_ sequence: UInt64) -> Event {
        Event(sequence: sequence, time: 0, job: job, kind: .start)
    }

    @Test("shows events and output, whole lines in order")
    func shows() {
        let console = Console(formatter: formatter, target: target)
        let output = console.observer(of: job)
        console.show(event(1))
        Array("one\ntw".utf8).withByteView { output.received($0, at: 0) }
        Array("o\nthree".utf8).withByteView { output.received($0, at: 6) }
        output.ended()
        #expect(console.finish())
        #expect(
            target.text
                == "12:00:00 web | start web\n12:00:00 web | one\n12:00:00 web | two\n12:00:00 web | three\n"
        )
    }

    @Test("follows a stream with -vv only", arguments: [(ConsoleLevel.events, 0), (.everything, 1)])
    func follows(level: ConsoleLevel, observers: Int) async throws {
        let console = Console(
            formatter: ConsoleFormatter(level: level, hasColors: false) { _ in "12:00:00" },
            target: target
        )
        let reader = try OutputReader(stallLimit: nil)
        reader.start()
        let stream = OutputStream(label: "stdout")
        console.follow(stream, of: job)
        let end = stream.subscribe()
        let (readEnd, writeEnd) = try makePipe()
        try reader.add(descriptor: readEnd, stream: stream)
        writeAll(Array("hi\n".utf8), to: writeEnd)
        Glibc.close(writeEnd)
        _ = await end.collect()
        await reader.stop()
        console.finish()
        #expect(target.text == (level == .everything ? "12:00:00 web | hi\n" : ""))
    }

    @Test("is not held up by a terminal that hangs, and says what was dropped")
    func blockedTerminal() {
        let console = Console(formatter: formatter, target: target, capacity: 100)
        target.hang()
        console.show(event(1))
        target.isHanging.wait()
        // 25 bytes a line: four fit, the others are dropped.
        for sequence in UInt64(2)...20 { console.show(event(sequence)) }
        #expect(!console.finish(within: .zero))
        target.release()
        target.wrote.wait()
        while target.lines.count < 6 {}
        #expect(target.lines.count == 6)
        #expect(target.lines.last == "12:00:00 gafferd | 15 lines dropped")
    }

    @Test("writes what waits by one write")
    func batches() {
        let console = Console(formatter: formatter, target: target)
        target.hang()
        console.show(event(1))
        target.isHanging.wait()
        for sequence in UInt64(2)...20 { console.show(event(sequence)) }
        target.release()
        #expect(console.finish(within: .seconds(60)))
        #expect(target.writes.count == 2)
        #expect(target.lines.count == 20)
    }
}

@Suite("The log", .timeLimit(.minutes(1)))
struct ConsoleLogTests {
    @Test(
        "has one line a message, whatever stands in it",
        arguments: [
            ("process exited", [("pid", "7"), ("job", "web")], "process exited job=web pid=7"),
            ("a\nb", [], "a\\x0ab"),
            ("m", [("status", "exit code 1")], "m status=\"exit code 1\""),
            ("m", [("k", "")], "m k=\"\""),
            ("m", [("k", "a=b")], "m k=\"a=b\""),
            ("m", [("k", "say \"hi\" \\")], "m k=\"say \\\"hi\\\" \\\\\""),
            ("m", [("k", "a\u{1B}\nb")], "m k=\"a\\x1b\\x0ab\""),
        ] as [(String, [(String, String)], String)]
    )
    func lines(message: String, metadata: [(String, String)], expected: String) {
        let line = LogLine(
            time: 1_795_313_925.1234,
            level: "info",
            label: "gafferd",
            message: message,
            metadata: metadata.map { (key: $0.0, value: $0.1) }
        )
        #expect(line.text == "2026-11-22T02:18:45.123Z info gafferd: \(expected)")
    }

    @Test("goes to a file, which is opened anew on request")
    func file() throws {
        let folder = try OutputFolder()
        let log = try LogWriter(path: folder("gafferd.log"))
        log.write("one")
        while folder.text(of: "gafferd.log").isEmpty {}
        #expect(rename(folder("gafferd.log"), folder("old.log")) == 0)
        log.reopen()
        log.write("two")
        #expect(log.finish())
        #expect(folder.text(of: "old.log") == "one\n")
        #expect(folder.text(of: "gafferd.log") == "two\n")
    }

    @Test("in a file that can't be opened is an error that names it")
    func missingFolder() throws {
        let folder = try OutputFolder()
        let path = folder("missing/gafferd.log")
        #expect(throws: SystemError(errno: ENOENT, call: "open", what: path)) { try LogWriter(path: path) }
    }

    @Test("that nobody used ends at once")
    func unused() {
        #expect(LogWriter(target: Terminal()).finish())
    }
}

/// Keeps what is written, and can hang.
private final class Terminal: ByteTarget {
    let isHanging = Wakeup()
    let wrote = Wakeup()
    private let released = Wakeup()
    private let state = Mutex((writes: [[UInt8]](), hangs: false))

    var writes: [[UInt8]] { state.withLock { $0.writes } }
    var text: String { String(decoding: writes.joined(), as: UTF8.self) }
    var lines: [Substring] { text.split(separator: "\n") }

    func hang() { state.withLock { $0.hangs = true } }

    func release() {
        state.withLock { $0.hangs = false }
        released.set()
    }

    func write(_ bytes: ByteView) {
        if state.withLock({ $0.hangs }) {
            isHanging.set()
            released.wait()
        }
        state.withLock { $0.writes.append(bytes.array) }
        wrote.set()
    }
}
