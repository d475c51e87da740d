package import GafferSystem
internal import Glibc
internal import Synchronization

/// Our ends of a process's streams.
package final class ProcessOutput: Sendable {
    /// What can be done with a stream of that label.
    enum Direction: Sendable {
        /// It can be written to: stdin, and the custom streams.
        case input
        /// It can be read only.
        case output
        /// There is none such.
        case unknown
    }

    private struct Inputs {
        /// The pipe to stdin, until somebody writes to it.
        var stdin: Int32?
        /// Those that somebody has written to.
        var writers: [String: InputWriter] = [:]
        var hasEnded = false
    }

    /// stdout and stderr as they are labelled, then the custom streams.
    package let streams: [OutputStream]
    private let inputLabels: Set<String>
    private let inputs: Mutex<Inputs>

    /// Makes an output; the descriptor becomes its own.
    ///
    /// - Parameters:
    ///   - input: the pipe to stdin, where it is redirected.
    ///   - customStreams: those of the streams that can be written to.
    package init(streams: [OutputStream], input: Int32? = nil, customStreams: [String] = []) {
        self.streams = streams
        inputLabels = Set(customStreams + (input == nil ? [] : ["stdin"]))
        inputs = Mutex(Inputs(stdin: input))
    }

    deinit {
        closeInput()
    }

    /// The last lines of each stream, or of the one with that label.
    func tails(lines: Int, label: String?) -> [(label: String, bytes: [UInt8])] {
        streams.filter { label == nil || $0.label == label }.map { (label: $0.label, bytes: $0.tail(lines: lines)) }
    }

    func direction(of label: String) -> Direction {
        if inputLabels.contains(label) { return .input }
        return streams.contains { $0.label == label } ? .output : .unknown
    }

    /// Who writes to a stream; nil where the process has ended or nobody reads it.
    ///
    /// On the supervision loop only.
    func writer(to label: String, on loop: SupervisionLoop) -> InputWriter? {
        inputs.withLock { inputs in
            guard !inputs.hasEnded else { return nil }
            if let writer = inputs.writers[label] { return writer }
            let kind: InputWriter.Kind = label == "stdin" ? .pipe : .socket
            let descriptor: Int32?
            switch kind {
            case .pipe:
                descriptor = inputs.stdin
                inputs.stdin = nil
            case .socket:
                descriptor = streams.first { $0.label == label }?.duplicate()
            }
            guard let descriptor else { return nil }
            let writer = InputWriter(descriptor: descriptor, kind: kind, limit: ProcessInput.limit, loop: loop)
            inputs.writers[label] = writer
            return writer
        }
    }

    /// The process has ended, which fails what waits to be written.
    ///
    /// On the supervision loop only.
    func failWrites() {
        let writers = inputs.withLock { inputs in
            inputs.hasEnded = true
            defer { inputs.writers = [:] }
            return inputs.writers
        }
        for writer in writers.values { writer.processEnded() }
    }

    /// Nobody reads stdin any more.
    ///
    /// The outputs stay open: what the process left behind may still write.
    func mainProcessEnded() {
        failWrites()
        closeInput()
    }

    /// The process was never started.
    func abandon() {
        closeInput()
        for stream in streams { stream.abandon() }
    }

    private func closeInput() {
        let descriptor = inputs.withLock { inputs in
            defer { inputs.stdin = nil }
            return inputs.stdin
        }
        if let descriptor { close(descriptor) }
    }
}
