internal import NIOCore
internal import Synchronization

/// Messages that a client sent and nobody has looked at yet.
///
/// It holds a few; what comes beyond stays in the socket, so that a client that sends faster than it is served waits.
final class Inbox: Sendable {
    /// How many messages may wait.
    static let room = 16

    private struct State {
        var messages = CircularBuffer<Message>(initialCapacity: 0)
        var size = 0
        var isEnded = false
        /// The event loop was told that there is no room.
        var wasFull = false
        var waiting: [(number: Int, continuation: CheckedContinuation<Message?, Never>)] = []
        var calls = 0
    }

    private let state = Mutex(State())
    private let largest: Int
    private let emptied: @Sendable () -> Void

    /// Makes an inbox.
    ///
    /// - Parameters:
    ///   - largest: how many bytes may wait before there is no room.
    ///   - emptied: told once there is room again where there was none.
    init(largest: Int, emptied: @escaping @Sendable () -> Void) {
        self.largest = largest
        self.emptied = emptied
    }

    /// Delivers a message; false where there is no room for another.
    func deliver(_ message: Message) -> Bool {
        let (waiting, hasRoom) = state.withLock { state -> (CheckedContinuation<Message?, Never>?, Bool) in
            guard !state.isEnded else { return (nil, true) }
            if !state.waiting.isEmpty { return (state.waiting.removeFirst().continuation, true) }
            state.messages.append(message)
            state.size += message.size
            state.wasFull = state.messages.count >= Inbox.room || state.size >= largest
            return (nil, !state.wasFull)
        }
        waiting?.resume(returning: message)
        return hasRoom
    }

    /// No further message will come.
    func end() {
        let waiting = state.withLock { state in
            state.isEnded = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for (_, continuation) in waiting { continuation.resume(returning: nil) }
    }

    /// The next message; nil at the end, and where the task is cancelled while there is none.
    func receive() async -> Message? {
        let number = state.withLock { state in
            state.calls += 1
            return state.calls
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let (answer, isEmptied) = state.withLock { state -> (Message??, Bool) in
                    if let message = state.messages.popFirst() {
                        state.size -= message.size
                        let isEmptied = state.wasFull && state.messages.count <= Inbox.room / 2 && state.size < largest
                        if isEmptied { state.wasFull = false }
                        return (.some(message), isEmptied)
                    }
                    guard !state.isEnded, !Task.isCancelled else { return (.some(nil), false) }
                    state.waiting.append((number, continuation))
                    return (nil, false)
                }
                if isEmptied { emptied() }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            let waiting = state.withLock { state -> CheckedContinuation<Message?, Never>? in
                guard let index = state.waiting.firstIndex(where: { $0.number == number }) else { return nil }
                return state.waiting.remove(at: index).continuation
            }
            waiting?.resume(returning: nil)
        }
    }
}

extension Message {
    /// How many bytes it has.
    var size: Int {
        switch self {
        case .text(let text): text.utf8.count
        case .binary(let bytes): bytes.count
        }
    }
}
