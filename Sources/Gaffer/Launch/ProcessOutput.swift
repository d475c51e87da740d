package import GafferSystem
internal import Glibc
internal import Synchronization

/// Our ends of a process's streams.
package final class ProcessOutput: Sendable {
    /// stdout and stderr as they are labelled, then the custom streams.
    package let streams: [OutputStream]
    /// The pipe to stdin, until the process has ended.
    private let input: Mutex<Int32?>

    /// Makes an output; the descriptor becomes its own.
    package init(streams: [OutputStream], input: Int32? = nil) {
        self.streams = streams
        self.input = Mutex(input)
    }

    deinit {
        closeInput()
    }

    /// The last lines of each stream, or of the one with that label.
    func tails(lines: Int, label: String?) -> [(label: String, bytes: [UInt8])] {
        streams.filter { label == nil || $0.label == label }.map { (label: $0.label, bytes: $0.tail(lines: lines)) }
    }

    /// Nobody reads stdin any more.
    ///
    /// The outputs stay open: what the process left behind may still write.
    func mainProcessEnded() {
        closeInput()
    }

    /// The process was never started.
    func abandon() {
        closeInput()
        for stream in streams { stream.abandon() }
    }

    private func closeInput() {
        let descriptor = input.withLock { input in
            defer { input = nil }
            return input
        }
        if let descriptor { close(descriptor) }
    }
}
