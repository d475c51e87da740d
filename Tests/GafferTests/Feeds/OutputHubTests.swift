import GafferSystem
import GafferTestKit
import Synchronization
import Testing

@testable import Gaffer

/// A hub on a clock that stands still, and a stream that a test fills.
struct HubBench: Sendable {
    let time = ManualTime()
    let stream: OutputStream
    let hub: OutputHub<String>
    let encodings = Counter()

    init(ringSize: Int = 65_536, limit: Int = 1 << 20) {
        stream = OutputStream(label: "stdout", ringSize: ringSize)
        hub = OutputHub(limit: limit, time: time)
    }

    /// A reader that gets pieces as `offset:text`, with `+gap` before them.
    func reader(_ start: OutputStart = .now, key: String = "text") -> OutputFeed<String> {
        let encodings = encodings
        return hub.reader(of: stream, key: key, from: start) { chunk in
            encodings.increment()
            let gap = chunk.gap > 0 ? "+\(chunk.gap) " : ""
            return "\(gap)\(chunk.offset):\(String(decoding: chunk.bytes, as: UTF8.self))"
        } cost: {
            $0.utf8.count
        }
    }

    func write(_ text: String) {
        stream.append(Array(text.utf8))
        time.settle()
    }
}

final class Counter: Sendable {
    private let number = Mutex(0)
    var value: Int { number.withLock { $0 } }
    func increment() { number.withLock { $0 += 1 } }
}

extension OutputFeed where Element == String {
    /// What is there.
    func taken() async -> [String]? { await next()?.elements }
}

@Suite("A hub of output", .timeLimit(.minutes(1)))
struct OutputHubTests {
    @Test("hands the first bytes on at once, and collects what follows")
    func pacing() async {
        let bench = HubBench()
        let reader = bench.reader()
        bench.write("a\n")
        #expect(await reader.taken() == ["0:a\n"])
        for word in ["b\n", "c\n", "d\n"] { bench.write(word) }
        #expect(bench.encodings.value == 1)
        bench.time.pass(.milliseconds(1))
        #expect(await reader.taken() == ["2:b\nc\nd\n"])
        #expect(bench.encodings.value == 2)
        bench.time.pass(.milliseconds(1))
        bench.write("e\n")
        #expect(await reader.taken() == ["8:e\n"])
    }

    @Test("arms no timer while nothing comes")
    func idle() async {
        let bench = HubBench()
        let reader = bench.reader()
        #expect(bench.time.timerCount == 0)
        bench.write("a\n")
        bench.write("b\n")
        bench.time.pass(.seconds(1))
        #expect(await reader.taken() == ["0:a\n", "2:b\n"])
        #expect(bench.time.timerCount == 0)
    }

    @Test("encodes each piece once for all readers of a form, and again for another form")
    func sharing() async {
        let bench = HubBench()
        let readers = (1...100).map { _ in bench.reader() }
        bench.write("a\n")
        for reader in readers { #expect(await reader.taken() == ["0:a\n"]) }
        #expect(bench.encodings.value == 1)
        let other = bench.reader(key: "other")
        bench.time.pass(.seconds(1))
        bench.write("b\n")
        #expect(await other.taken() == ["2:b\n"])
        #expect(bench.encodings.value == 3)
        #expect(bench.hub.pumpCount == 2)
    }

    @Test(
        "collects for longer the more readers there are",
        arguments: [(1, 1.0), (2, 1.049), (500, 25.451), (1_001, 50.0), (9_000, 50.0)]
    )
    func pauses(readers: Int, milliseconds: Double) {
        #expect(OutputPieces.pause(readers: readers) == .microseconds(Int64((milliseconds * 1000).rounded())))
    }

    @Test("does not cut lines where there are whole ones, and lets the beginning of one wait for a moment only")
    func lines() async {
        let bench = HubBench()
        let reader = bench.reader()
        bench.write("one\ntw")
        #expect(await reader.taken() == ["0:one\n"])
        bench.write("o\nthree")
        bench.time.pass(.milliseconds(1))
        #expect(await reader.taken() == ["4:two\n"])
        bench.time.pass(.milliseconds(1))
        #expect(await reader.taken() == ["8:three"])
    }

    @Test("shows a prompt at once")
    func prompt() async {
        let bench = HubBench()
        let reader = bench.reader()
        bench.write("Name: ")
        #expect(await reader.taken() == ["0:Name: "])
    }

    @Test("does not cut a character, unless its rest does not come")
    func characters() async {
        let bench = HubBench()
        let reader = bench.reader()
        bench.stream.append([0x61, 0xE2, 0x82])
        bench.time.settle()
        #expect(await reader.taken() == ["0:a"])
        bench.stream.append([0xAC])
        bench.time.pass(.milliseconds(1))
        #expect(await reader.taken() == ["1:€"])
        bench.time.pass(.milliseconds(1))
        bench.stream.append([0xE2, 0x82])
        bench.time.settle()
        #expect(bench.encodings.value == 2)
        bench.time.pass(.milliseconds(1))
        #expect(await reader.taken() == ["4:\u{FFFD}"])
    }

    @Test("ends its readers with the stream, after all that came")
    func ending() async {
        let bench = HubBench()
        let reader = bench.reader()
        bench.write("a\n")
        bench.write("b\nrest")
        bench.stream.finish()
        bench.time.settle()
        #expect(await reader.taken() == ["0:a\n", "2:b\n", "4:rest"])
        #expect(await reader.next() == nil)
        let late = bench.reader(.lines(2))
        bench.time.settle()
        #expect(await late.taken() == ["2:b\nrest"])
        #expect(await late.next() == nil)
    }

    @Test("gives a late reader the last lines that are kept, then what comes")
    func tail() async {
        let bench = HubBench()
        bench.write("a\nb\nc\n")
        let first = bench.reader()
        let late = bench.reader(.lines(2))
        #expect(await late.taken() == ["2:b\nc\n"])
        bench.write("d\n")
        #expect(await late.taken() == ["6:d\n"])
        #expect(await first.taken() == ["6:d\n"])
        // Lines that were not handed on yet count.
        bench.write("e\nf\n")
        let later = bench.reader(.lines(1))
        bench.time.pass(.milliseconds(2))
        let batch = await later.next()
        #expect(batch?.elements == ["10:f\n"])
        #expect(batch?.missed == 0)
        #expect(await first.taken() == ["8:e\nf\n"])
    }

    @Test("resumes at any offset without a gap or a byte twice", arguments: 0...12)
    func resuming(offset: UInt64) async {
        let bench = HubBench()
        let first = bench.reader()
        bench.write("ab\ncd\n")
        bench.write("ef\ng")
        let reader = bench.reader(.offset(offset))
        bench.write("h\n")
        bench.time.pass(.milliseconds(5))
        bench.write("ij\n")
        bench.stream.finish()
        bench.time.settle()
        var text = ""
        var end: UInt64 = 0
        while let batch = await reader.next() {
            #expect(batch.missed == 0)
            for element in batch.elements {
                let parts = element.split(separator: ":", maxSplits: 1)
                #expect(parts[0] == "\(min(offset, 10) + UInt64(text.utf8.count))")
                text += parts[1]
            }
            end = batch.end
        }
        #expect(text == String("ab\ncd\nef\ngh\nij\n".dropFirst(Int(min(offset, 10)))))
        #expect(end == 15)
        _ = first
    }

    @Test("tells who resumes too late how many bytes are gone")
    func tooLate() async {
        let bench = HubBench(ringSize: 4)
        let first = bench.reader()
        bench.write("ab\ncd\nef\n")
        let reader = bench.reader(.offset(2))
        let batch = await reader.next()
        #expect(batch?.missed == 3)
        #expect(batch?.elements == ["5:\nef\n"])
        _ = first
    }

    @Test("tells a reader that fell behind how many bytes it lost, whatever the others do")
    func behind() async {
        let bench = HubBench(limit: 300)
        let slow = bench.reader()
        let quick = bench.reader()
        var pieces: [String] = []
        for number in 10...29 {
            bench.write("line \(number)\n")
            bench.time.pass(.milliseconds(10))
            pieces += await quick.taken() ?? []
        }
        #expect(pieces.count == 20)
        let batch = await slow.next()
        #expect(batch?.elements == Array(pieces.suffix(3)))
        #expect(batch?.missed == 17 * 8)
        #expect(batch?.end == 160)
    }

    @Test("keeps no more than its bound of what comes too fast, and marks what is lost")
    func flood() async {
        let bench = HubBench(ringSize: 1_024)
        let reader = bench.reader()
        bench.write("first\n")
        #expect(await reader.taken() == ["0:first\n"])
        let line = String(repeating: "x", count: 1_023) + "\n"
        for _ in 0..<1_000 { bench.stream.append(Array(line.utf8)) }
        bench.time.pass(.milliseconds(5))
        let batch = await reader.next()
        let gap = batch?.elements.first.flatMap { $0.split(separator: " ").first }
        let bytes = batch?.elements.reduce(0) { $0 + $1.utf8.filter { $0 == UInt8(ascii: "x") || $0 == 10 }.count } ?? 0
        #expect(gap == "+\(1_024_000 - bytes)")
        #expect(bytes <= 256 << 10)
        #expect(bytes >= 128 << 10)
        #expect(batch?.missed == 0)
    }

    @Test("does not wait for the pause while much comes")
    func hurry() async {
        let bench = HubBench()
        let reader = bench.reader()
        bench.write("first\n")
        _ = await reader.next()
        for _ in 0..<128 { bench.write(String(repeating: "x", count: 1_023) + "\n") }
        #expect(await reader.next()?.elements.count == 2)
        bench.time.pass(.seconds(1))
        #expect(bench.time.timerCount == 0)
    }

    @Test("keeps to the pause after a hurry, whatever was planned before it")
    func planned() async {
        let bench = HubBench()
        let reader = bench.reader()
        bench.write("first\n")
        bench.write("second\n")
        bench.time.pass(.microseconds(500))
        bench.write(String(repeating: "x", count: 140_000) + "\nrest")
        let before = bench.encodings.value
        #expect(before == 5)
        bench.time.pass(.microseconds(600))
        #expect(bench.encodings.value == before)
        bench.time.pass(.microseconds(400))
        #expect(await reader.next()?.elements.last == "140014:rest")
    }

    @Test("cuts what has no lines at 64 KiB")
    func pieces() async {
        let bench = HubBench()
        let reader = bench.reader()
        bench.stream.append([UInt8](repeating: 0x78, count: 150_000))
        bench.time.settle()
        #expect(await reader.next()?.elements.map(\.utf8.count) == [65_538, 65_542])
        bench.time.pass(.milliseconds(1))
        #expect(await reader.next()?.elements.map(\.utf8.count) == [18_935])
    }

    @Test("leaves the stream when its last reader does")
    func leaving() async {
        let bench = HubBench()
        var reader: OutputFeed<String>? = bench.reader()
        let other = bench.reader()
        #expect(bench.hub.pumpCount == 1)
        reader = nil
        #expect(reader == nil)
        #expect(bench.hub.pumpCount == 1)
        other.cancel()
        other.cancel()
        #expect(await other.next() == nil)
        #expect(bench.hub.pumpCount == 0)
        bench.write("a\n")
        #expect(bench.encodings.value == 0)
    }

    @Test("loses and doubles nothing, however it is read", arguments: [1, 7, 50])
    func real(readers count: Int) async {
        let stream = OutputStream(label: "stdout")
        let hub = OutputHub<OutputChunk>()
        await withTaskGroup(of: UInt64?.self) { group in
            for number in 0..<count {
                group.addTask {
                    if number % 2 == 1 { await Task.yield() }
                    let reader = hub.reader(of: stream, key: "", from: .offset(0)) {
                        $0
                    } cost: {
                        $0.bytes.count
                    }
                    var next: UInt64 = 0
                    while let batch = await reader.next() {
                        next += batch.missed
                        for chunk in batch.elements {
                            next += chunk.gap
                            guard chunk.offset == next else { return nil }
                            for byte in chunk.bytes {
                                guard byte == UInt8(truncatingIfNeeded: next % 251) else { return nil }
                                next += 1
                            }
                        }
                    }
                    return next
                }
            }
            var sent: UInt64 = 0
            for round in 0..<300 {
                let size = (round * 37) % 900 + 1
                stream.append((0..<size).map { UInt8(truncatingIfNeeded: (sent + UInt64($0)) % 251) })
                sent += UInt64(size)
                if round % 10 == 0 { await Task.yield() }
            }
            stream.finish()
            for await end in group { #expect(end == sent) }
        }
    }
}
