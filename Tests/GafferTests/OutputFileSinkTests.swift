import GafferSystem
import Glibc
import Testing

@Suite("A file of output")
struct OutputFileSinkTests {
    let folder: OutputFolder
    let clock = OutputClock()
    let writer: FaultyWriter
    let reports = Recorder<SinkReport>()

    init() throws {
        folder = try OutputFolder()
        writer = try FaultyWriter()
    }

    private func sink(_ name: String = "out.log", _ rotation: FileRotation = .none) -> FileSink {
        FileSink(
            path: folder(name),
            rotation: rotation,
            writer: writer,
            now: { [clock] in clock.now },
            report: { [reports] in reports.add($0) }
        )
    }

    @Test("is appended to, as the bytes come, and made with mode 0640")
    func appends() {
        folder.write("before\n", to: "out.log")
        sink().write("a\u{0}b\r\n")
        #expect(folder.text(of: "out.log") == "before\na\u{0}b\r\n")
        sink("new.log").write("a")
        var facts = stat()
        #expect(stat(folder("new.log"), &facts) == 0)
        #expect(facts.st_mode & 0o777 & ~0o640 == 0)
    }

    @Test("never grows above its size; the rotated ones are numbered and the oldest goes")
    func rotatesBySize() {
        let sink = sink("f", FileRotation(maxSize: 8, keep: 2))
        for line in ["1111\n", "22\n", "333\n", "444\n", "5555\n", "666\n"] { sink.write(line) }
        #expect(folder.names == ["f", "f.1", "f.2"])
        #expect(folder.text(of: "f") == "666\n")
        #expect(folder.text(of: "f.1") == "5555\n")
        #expect(folder.text(of: "f.2") == "333\n444\n")
    }

    @Test("is rotated within a piece that is larger, losing nothing")
    func rotatesWithinAPiece() {
        let sink = sink("f", FileRotation(maxSize: 10, keep: 9))
        let text = "aaa\nbbb\nccc\nabcdefghijklmnopqrstuvwxyz\nd\n"
        sink.write(text)
        let names = folder.names.sorted { Int($0.dropFirst(2)) ?? 0 > Int($1.dropFirst(2)) ?? 0 }
        #expect(names.map { folder.text(of: $0) }.joined() == text)
        #expect(names.allSatisfy { folder.bytes(of: $0).count <= 10 })
        #expect(folder.text(of: names[0]) == "aaa\nbbb\n")
    }

    @Test("is rotated when it is old enough")
    func rotatesByAge() {
        let sink = sink("f", FileRotation(maxAge: .seconds(60), keep: 3))
        sink.write("a\n")
        clock.advance(by: .seconds(59))
        sink.write("b\n")
        clock.advance(by: .seconds(1))
        sink.write("c\n")
        #expect(folder.text(of: "f.1") == "a\nb\n")
        #expect(folder.text(of: "f") == "c\n")
    }

    @Test("keeps nothing where none are to be kept")
    func keepsNone() {
        let sink = sink("f", FileRotation(maxSize: 4, keep: 0))
        for line in ["aaa\n", "bbb\n", "ccc\n"] { sink.write(line) }
        #expect(folder.names == ["f"])
        #expect(folder.text(of: "f") == "ccc\n")
    }

    @Test("is not rotated where somebody else has truncated it")
    func truncatedByOthers() {
        let sink = sink("f", FileRotation(maxSize: 8, keep: 3))
        sink.write("aaaaaaa\n")
        #expect(truncate(folder("f"), 0) == 0)
        sink.write("b\n")
        #expect(folder.names == ["f"])
        #expect(folder.text(of: "f") == "b\n")
    }

    @Test("grows on where it can't be rotated, and is rotated later")
    func rotationFails() {
        let sink = sink("f", FileRotation(maxSize: 4, keep: 3))
        sink.write("aaa\n")
        writer.set { $0.renameError = EACCES }
        sink.write("bbb\n")
        sink.write("ccc\n")
        #expect(folder.text(of: "f") == "aaa\nbbb\nccc\n")
        #expect(reports.all.map(\.state) == [.notRotated(EACCES)])
        writer.set { $0.renameError = nil }
        clock.advance(by: .seconds(10))
        sink.write("ddd\n")
        #expect(folder.text(of: "f.1") == "aaa\nbbb\nccc\n")
        #expect(folder.text(of: "f") == "ddd\n")
    }

    @Test("loses nothing where the new file can't be opened in a rotation")
    func rotationFailsHalfway() {
        let sink = sink("f", FileRotation(maxSize: 4, keep: 3))
        sink.write("aaa\n")
        writer.set { $0.openError = EMFILE }
        sink.write("bbb\n")
        #expect(folder.text(of: "f.1") == "aaa\nbbb\n")
        writer.set { $0.openError = nil }
        clock.advance(by: .seconds(10))
        sink.write("ccc\n")
        #expect(folder.names == ["f", "f.1"])
        #expect(folder.text(of: "f") == "ccc\n")
        #expect(sink.droppedBytes == 0)
    }

    @Test("goes on after the disk was full, and tells in a line what is missing")
    func diskFull() {
        let sink = sink()
        sink.write("aaa\n")
        writer.set {
            $0.writeError = ENOSPC
            $0.room = 2
        }
        sink.write("bbbb\n")
        sink.write("cccc\n")
        #expect(writer.tries == 3)
        #expect(sink.droppedBytes == 8)
        #expect(reports.all.map(\.state) == [.dropping(.write(ENOSPC))])
        writer.set { $0.writeError = nil }
        // It is not tried again before its time.
        sink.write("dddd\n")
        #expect(writer.tries == 3)
        clock.advance(by: .milliseconds(100))
        sink.write("eeee\n")
        #expect(
            folder.text(of: "out.log") == "aaa\nbb\n[gaffer: 13 bytes dropped: No space left on device]\neeee\n"
        )
        #expect(reports.all.map(\.state) == [.dropping(.write(ENOSPC)), .recovered])
        #expect(reports.all.last?.droppedBytes == 13)
    }

    @Test("in a folder that is not there is told of at once, and written as soon as it can be")
    func missingFolder() throws {
        let sink = sink("later/out.log")
        #expect(sink.open()?.errno == ENOENT)
        #expect(
            reports.all.first?.description
                == "\(folder("later/out.log")) can't be opened: No such file or directory; 0 bytes dropped so far."
        )
        sink.write("a\n")
        #expect(mkdir(folder("later"), 0o755) == 0)
        clock.advance(by: .milliseconds(100))
        sink.write("b\n")
        #expect(folder.text(of: "later/out.log") == "[gaffer: 2 bytes dropped: No such file or directory]\nb\n")
        #expect(unlink(folder("later/out.log")) == 0)
        #expect(rmdir(folder("later")) == 0)
    }

    @Test("is opened anew on request, and kept where that fails")
    func reopening() {
        let sink = sink()
        sink.write("a\n")
        #expect(rename(folder("out.log"), folder("moved")) == 0)
        writer.set { $0.openError = EMFILE }
        sink.reopen()
        sink.write("b\n")
        #expect(folder.text(of: "moved") == "a\nb\n")
        #expect(reports.all.map(\.state) == [.notReopened(EMFILE)])
        writer.set { $0.openError = nil }
        sink.reopen()
        sink.write("c\n")
        #expect(folder.text(of: "moved") == "a\nb\n")
        #expect(folder.text(of: "out.log") == "c\n")
    }

    @Test("may be a FIFO: without a reader, and where it is full, bytes are dropped")
    func fifo() throws {
        #expect(mkfifo(folder("fifo"), 0o600) == 0)
        let sink = sink("fifo", FileRotation(maxSize: 4))
        sink.write("lost\n")
        #expect(reports.all.map(\.state) == [.dropping(.open(ENXIO))])
        let reader = open(folder("fifo"), O_RDONLY | O_NONBLOCK)
        defer { close(reader) }
        clock.advance(by: .milliseconds(100))
        sink.write("heard\n")
        var buffer = [UInt8](repeating: 0, count: 100_000)
        var count = read(reader, &buffer, buffer.count)
        #expect(
            String(decoding: buffer[..<max(0, count)], as: UTF8.self)
                == "[gaffer: 5 bytes dropped: No such device or address]\nheard\n"
        )
        sink.write(String(repeating: "x", count: 70_000))
        #expect(sink.droppedBytes == 5 + 70_000 - 65_536)
        count = read(reader, &buffer, buffer.count)
        #expect(count == 65_536)
        sink.write("again\n")
        count = read(reader, &buffer, buffer.count)
        #expect(
            String(decoding: buffer[..<max(0, count)], as: UTF8.self)
                == "\n[gaffer: 4464 bytes dropped: Resource temporarily unavailable]\nagain\n"
        )
    }

    @Test("may be a symbolic link of our own user")
    func ownLink() {
        #expect(symlink("target", folder("link")) == 0)
        sink("link").write("a\n")
        #expect(folder.text(of: "target") == "a\n")
    }

    @Test("is no symbolic link of somebody else", .enabled(if: geteuid() == 0))
    func foreignLink() {
        #expect(symlink("target", folder("link")) == 0)
        #expect(lchown(folder("link"), 65_534, 65_534) == 0)
        sink("link").write("a\n")
        #expect(folder.names == ["link"])
        #expect(reports.all.map(\.state) == [.dropping(.open(ELOOP))])
    }

    @Test("is no endless chain of links")
    func endlessLink() {
        #expect(symlink("link", folder("link")) == 0)
        #expect(sink("link").open()?.errno == ELOOP)
    }

    @Test("a folder is none")
    func isFolder() {
        let sink = FileSink(path: folder.path)
        #expect(sink.open()?.errno == EISDIR)
    }
}
