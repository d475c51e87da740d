import Testing

@testable import GafferSystem

@Suite("What waits to be written to a process")
struct InputQueueTests {
    private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    @Test("goes out in order, each write as a whole")
    func order() {
        var queue = InputQueue(limit: 100)
        #expect(queue.add(1, bytes("abc"), deadline: .seconds(1)) == true)
        #expect(queue.add(2, bytes("de"), deadline: .seconds(2)) == true)
        #expect(queue.waitingBytes == 5)
        #expect(Array(queue.next) == bytes("abc"))
        #expect(queue.took(2) == nil)
        #expect(Array(queue.next) == bytes("c"))
        #expect(queue.waitingBytes == 3)
        #expect(queue.took(1) == 1)
        #expect(Array(queue.next) == bytes("de"))
        #expect(queue.took(2) == 2)
        #expect(queue.isEmpty)
        #expect(queue.waitingBytes == 0)
        #expect(queue.next.isEmpty)
        #expect(queue.took(0) == nil)
    }

    @Test("is bounded, by what waits and not by what was taken")
    func limit() {
        var queue = InputQueue(limit: 4)
        #expect(queue.add(1, bytes("abc"), deadline: .seconds(1)) == true)
        #expect(queue.add(2, bytes("de"), deadline: .seconds(1)) == false)
        #expect(queue.waitingBytes == 3)
        #expect(queue.took(1) == nil)
        #expect(queue.add(3, bytes("de"), deadline: .seconds(1)) == true)
        #expect(queue.waitingBytes == 4)
        #expect(queue.add(4, bytes("abcde"), deadline: .seconds(1)) == false)
    }

    @Test("is dropped when it has waited for too long, the rest of a write that was begun too")
    func expiry() {
        var queue = InputQueue(limit: 100)
        for (number, deadline) in [(1, 1), (2, 3), (3, 2)] as [(UInt64, Int)] {
            #expect(queue.add(number, bytes("abc"), deadline: .seconds(deadline)) == true)
        }
        #expect(queue.nextDeadline == .seconds(1))
        #expect(queue.expire(at: .milliseconds(999)) == [])
        _ = queue.took(2)
        #expect(queue.expire(at: .seconds(2)) == [.init(number: 1, taken: 2), .init(number: 3, taken: 0)])
        #expect(queue.waitingBytes == 3)
        #expect(Array(queue.next) == bytes("abc"))
        #expect(queue.nextDeadline == .seconds(3))
        #expect(queue.took(3) == 2)
        #expect(queue.nextDeadline == nil)
    }

    @Test("is told of when all is dropped")
    func removal() {
        var queue = InputQueue(limit: 100)
        #expect(queue.add(1, bytes("abc"), deadline: .seconds(1)) == true)
        #expect(queue.add(2, bytes("de"), deadline: .seconds(1)) == true)
        _ = queue.took(1)
        #expect(queue.removeAll() == [.init(number: 1, taken: 1), .init(number: 2, taken: 0)])
        #expect(queue.isEmpty)
        #expect(queue.waitingBytes == 0)
    }
}
