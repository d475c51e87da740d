import Synchronization
import Testing

@testable import GafferSystem

@Suite("A subscription")
struct OutputSubscriptionTests {
    @Test("joins small pieces, and gives them in order to its end")
    func order() async {
        let subscription = OutputSubscription(bufferBytes: 100)
        for (offset, text) in ["a", "bc", "def"].enumerated() {
            Array(text.utf8).withByteView { subscription.received($0, at: UInt64([0, 1, 3][offset])) }
        }
        subscription.ended()
        var chunks: [OutputChunk] = []
        for await chunk in subscription { chunks.append(chunk) }
        #expect(chunks == [OutputChunk(bytes: Array("abcdef".utf8), offset: 0)])
    }

    @Test("drops the oldest and tells how much, when nobody takes")
    func dropsOldest() async {
        let subscription = OutputSubscription(bufferBytes: 40_000)
        for index in 0..<10 {
            [UInt8](repeating: UInt8(index), count: 20_000).withByteView {
                subscription.received($0, at: UInt64(index * 20_000))
            }
            #expect(subscription.bufferedBytes <= 40_000)
        }
        let first = await subscription.next()
        let second = await subscription.next()
        #expect(first?.gap == 160_000)
        #expect(first?.offset == 160_000)
        #expect(first?.bytes == Array(repeating: 8, count: 20_000))
        #expect(second?.gap == 0)
        #expect(second?.bytes == Array(repeating: 9, count: 20_000))
    }

    @Test("keeps the end of a piece that is larger than its buffer")
    func largePiece() async {
        let subscription = OutputSubscription(bufferBytes: 3)
        Array("abcdefgh".utf8).withByteView { subscription.received($0, at: 0) }
        #expect(await subscription.next() == OutputChunk(bytes: Array("fgh".utf8), offset: 5, gap: 5))
    }

    @Test("hands a piece to a task that waits for it")
    func waits() async {
        let subscription = OutputSubscription(bufferBytes: 100)
        async let chunk = subscription.next()
        while !subscription.hasWaiter { await Task.yield() }
        Array("abc".utf8).withByteView { subscription.received($0, at: 7) }
        #expect(await chunk == OutputChunk(bytes: Array("abc".utf8), offset: 7))
    }

    @Test("ends when its task is cancelled")
    func cancellation() async {
        let subscription = OutputSubscription(bufferBytes: 100)
        let task = Task { await subscription.collect() }
        while !subscription.hasWaiter { await Task.yield() }
        task.cancel()
        #expect(await task.value.isEmpty)
        Array("abc".utf8).withByteView { subscription.received($0, at: 0) }
        #expect(subscription.bufferedBytes == 0)
    }

    @Test("begins with what the ring has kept, and tells what it has not")
    func replay() async {
        let stream = OutputStream(label: "stdout", ringSize: 4)
        stream.state.withLock { state in Array("abcdef".utf8).withByteView { state.ring.append($0) } }
        let subscription = stream.subscribe(from: 1)
        #expect(await subscription.next() == OutputChunk(bytes: Array("cdef".utf8), offset: 2, gap: 1))
    }

    @Test("that was cancelled is forgotten when the next one comes")
    func forgotten() {
        let stream = OutputStream(label: "stdout")
        for _ in 0..<10 { stream.subscribe().cancel() }
        #expect(stream.state.withLock { $0.observers.count } == 1)
    }
}
