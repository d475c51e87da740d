import GafferSystem
import Testing

@testable import GafferSystemd

@Suite struct RingTests {
    @Test("Bytes go round, and a full ring takes no more")
    func round() {
        let ring = JournalRing(capacity: 4096)
        for start in stride(from: 0, to: 100_000, by: 1000) {
            let bytes = (0..<3000).map { UInt8(truncatingIfNeeded: $0 + start) }
            let offset = ring.tail
            #expect(bytes.withByteView { ring.append($0) })
            #expect(!bytes.withByteView { ring.append($0) })
            // One byte stays behind, so that the ring is never empty and begins elsewhere each time.
            let (first, second) = ring.views(at: offset, count: 3000)
            #expect(first.array + second.array == bytes)
            ring.remove(ring.count - 1)
        }
    }

    @Test("An empty ring gives its memory back")
    func memory() {
        let ring = JournalRing(capacity: 8 << 20)
        let ones = [UInt8](repeating: 1, count: 1 << 20)
        for _ in 0..<5 { #expect(ones.withByteView { ring.append($0) }) }
        #expect(ring.views(at: 4 << 20, count: 3).0.array == [1, 1, 1])
        ring.remove(5 << 20)
        // Memory that was given back is zero when it is looked at.
        #expect(ring.views(at: 4 << 20, count: 3).0.array == [0, 0, 0])
        #expect(ones.withByteView { ring.append($0) })
        #expect(ring.views(at: 0, count: 3).0.array == [1, 1, 1])
    }
}
