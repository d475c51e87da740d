internal import GafferModel
internal import GafferSystem
internal import Glibc

/// The pipes of a process that is being started: both ends, until it runs or is given up.
///
/// stdout and stderr are pipes by the labels of `redirect_output`; a detached process, which has to outlive every
/// reader, writes into its files itself, or to /dev/null. stdin is a pipe where `redirect_input` says so and the process is not detached. Each custom
/// stream is one end of a pair of sockets, at descriptor 3 and up.
final class ProcessStreams {
    /// What the child gets at 0, 1, 2, and from 3 on.
    private(set) var placements: [SpawnRequest.Placement] = []
    private var childEnds: [Int32] = []
    private var parentEnds: [(descriptor: Int32, stream: OutputStream)] = []
    private var input: Int32?
    private let customStreams: [String]
    private let reserve: DescriptorReserve

    /// - Throws: ``LaunchFailure`` where no descriptor is left, or a detached process's file can't be opened.
    init(
        order: LaunchOrder,
        plan: LaunchPlan,
        reader: OutputReader,
        reserve: DescriptorReserve
    ) throws(LaunchFailure) {
        let config = order.config
        self.reserve = reserve
        customStreams = config.customStreams
        do throws(SystemError) {
            try reserve.check()
            // A detached process is to outlive whoever writes to it.
            if config.redirectInput, !config.detach {
                let (readEnd, writeEnd) = try Pipe().take()
                childEnds.append(readEnd)
                place(readEnd, at: 0)
                input = writeEnd
                try setNonBlocking(writeEnd)
            }
            if config.detach {
                try placeFiles(of: config, plan: plan)
            } else {
                try placeOutputs(of: config, plan: plan, reader: reader)
            }
            for (index, label) in config.customStreams.enumerated() {
                var ends: [Int32] = [-1, -1]
                try SystemError.check("socketpair") {
                    socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends)
                }
                childEnds.append(ends[1])
                parentEnds.append((ends[0], OutputStream(label: label, ringSize: config.ringSize)))
                place(ends[1], at: Int32(3 + index))
                try setNonBlocking(ends[0])
            }
        } catch {
            throw LaunchFailure(error, doing: "\(order.name): its streams can't be made")
        }
    }

    deinit {
        closeChildEnds()
        for (descriptor, _) in parentEnds { close(descriptor) }
        if let input { close(input) }
    }

    private func place(_ source: Int32, at target: Int32) {
        placements.append(SpawnRequest.Placement(source: source, target: target))
    }

    private func setNonBlocking(_ descriptor: Int32) throws(SystemError) {
        let flags = try SystemError.check("fcntl") { fcntl(descriptor, F_GETFL) }
        try SystemError.check("fcntl") { fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) }
    }

    private func placeOutputs(
        of config: JobConfig,
        plan: LaunchPlan,
        reader: OutputReader
    ) throws(SystemError) {
        let labels = config.outputLabels
        let files = [config.stdoutFile, config.stderrFile]
        for (index, label) in labels.enumerated() {
            if index == 1, label == labels[0] {
                place(childEnds[childEnds.count - 1], at: 2)
                continue
            }
            let (readEnd, writeEnd) = try Pipe().take()
            childEnds.append(writeEnd)
            let sink = files[index].map { file in
                reader.sink(path: plan.path(of: file, directory: config.cwd), rotation: FileRotation(file))
            }
            parentEnds.append((readEnd, OutputStream(label: label, ringSize: config.ringSize, sink: sink)))
            place(writeEnd, at: Int32(index + 1))
            try reserve.check(writeEnd)
            try setNonBlocking(readEnd)
        }
    }

    private func placeFiles(of config: JobConfig, plan: LaunchPlan) throws(SystemError) {
        for (index, file) in [config.stdoutFile, config.stderrFile].enumerated() {
            let isMerged =
                index == 1 && config.outputLabels.count == 2 && config.outputLabels[0] == config.outputLabels[1]
            guard let file = isMerged ? config.stdoutFile : file else { continue }
            let path = plan.path(of: file, directory: config.cwd)
            let descriptor = try SystemError.check("open", on: path) {
                open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0o640)
            }
            childEnds.append(descriptor)
            place(descriptor, at: Int32(index + 1))
        }
    }

    /// Hands our ends to the reader.
    ///
    /// - Parameter follow: is handed each stream before that.
    func startReading(
        by reader: OutputReader,
        follow: (OutputStream) -> Void
    ) throws(SystemError) -> ProcessOutput {
        let ends = parentEnds
        parentEnds = []
        for (_, stream) in ends { follow(stream) }
        var failure: SystemError?
        for (descriptor, stream) in ends {
            guard failure == nil else {
                close(descriptor)
                continue
            }
            do throws(SystemError) {
                try reader.add(descriptor: descriptor, stream: stream)
            } catch {
                failure = error
            }
        }
        let output = ProcessOutput(streams: ends.map(\.stream), input: input, customStreams: customStreams)
        input = nil
        if let failure {
            output.abandon()
            throw failure
        }
        return output
    }

    func closeChildEnds() {
        for descriptor in childEnds { close(descriptor) }
        childEnds = []
    }
}

extension FileRotation {
    init(_ file: OutputFile) {
        self.init(maxSize: file.maxSize, maxAge: file.maxAge, keep: file.keep)
    }
}
