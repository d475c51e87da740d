internal import CGafferSystem
internal import Glibc
internal import Synchronization

// What the reader does with a stream; all but `opened` on the output thread.
extension OutputStream {
    /// What one read of the pipe gave.
    enum Received {
        /// So many bytes stand in the buffer, the first of this offset.
        case bytes(Int, offset: UInt64, observers: [any OutputObserver], pipeSize: Int, mayGrow: Bool)
        /// Nothing is there at the moment.
        case nothing
        /// All writers are gone.
        case end
    }

    /// How many reads that find the pipe half full tell of a child that is chatty.
    private static let readsToGrow = 4

    func opened(_ source: Source) -> Bool {
        state.withLock { state in
            guard case .new = state.phase else { return false }
            state.phase = .open(source)
            return true
        }
    }

    /// Reads once, into the buffer and the ring.
    func receive(into buffer: UnsafeMutableRawBufferPointer) -> Received {
        let target = ByteTargetBuffer(buffer)
        return state.withLock { state in
            guard case .open(var source) = state.phase else { return .nothing }
            if source.pipeSize == 0 {
                let size = Int(gaffer_pipe_size(source.descriptor))
                // A socket or a terminal has none; the usual size serves.
                source.pipeSize = size > 0 ? size : 65_536
            }
            var count: Int
            repeat {
                count = read(source.descriptor, target.base, min(target.count, source.pipeSize))
            } while count < 0 && errno == EINTR
            guard count > 0 else { return count < 0 && errno == EAGAIN ? .nothing : .end }
            if count * 2 >= source.pipeSize { source.fullReads += 1 }
            state.phase = .open(source)
            let offset = state.ring.end
            state.ring.append(target.view(count))
            state.counter?.add(count)
            return .bytes(
                count,
                offset: offset,
                observers: state.observers,
                pipeSize: source.pipeSize,
                mayGrow: source.fullReads == OutputStream.readsToGrow && source.enlargedBy == 0
            )
        }
    }

    /// Tries to make the pipe larger; by how much it did.
    func growPipe(to size: Int) -> Int {
        state.withLock { state in
            guard case .open(var source) = state.phase else { return 0 }
            // Asked for once only: an ordinary user is refused when all pipes of his are large.
            source.fullReads += 1
            let granted = Int(gaffer_set_pipe_size(source.descriptor, Int32(size)))
            if granted > source.pipeSize {
                source.enlargedBy = granted - source.pipeSize
                source.pipeSize = granted
            }
            state.phase = .open(source)
            return source.enlargedBy
        }
    }

    /// Marks it as ended; who has to be told, and the source, which is the caller's to close.
    func closed() -> (source: Source, observers: [any OutputObserver])? {
        state.withLock { state in
            guard case .open(let source) = state.phase else { return nil }
            state.phase = .ended
            defer { state.observers = [] }
            return (source, state.observers)
        }
    }
}

/// The read buffer, handed into a lock.
private struct ByteTargetBuffer: @unchecked Sendable {
    // @unchecked: it is the output thread's own, and does not leave the call.
    let base: UnsafeMutableRawPointer?
    let count: Int

    init(_ buffer: UnsafeMutableRawBufferPointer) {
        base = buffer.baseAddress
        count = buffer.count
    }

    func view(_ length: Int) -> ByteView {
        ByteView(UnsafeRawBufferPointer(start: base, count: length))
    }
}
