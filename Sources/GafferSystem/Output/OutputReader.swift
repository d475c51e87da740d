internal import CGafferSystem
internal import DequeModule
internal import Glibc
internal import Synchronization

/// Reads the outputs of all processes, on one thread with one epoll.
///
/// Bytes go from the pipe into the thread's buffer and from there into the stream's ring, to its observers where there
/// are any, and to its file by one write a read. Pressure is back pressure: while a file is slow the pipe fills and
/// nothing is lost. Only a write that does not come back for ``stallLimit`` is different. A watchdog thread, asleep
/// while there is no output, then has a second output thread take over; what is meant for a file that is stuck in a
/// write is dropped and counted until that write comes back, whose thread then ends.
///
/// Nothing is polled: without output no thread wakes.
package final class OutputReader: Sendable {
    enum Command: Sendable {
        case drain(OutputStream)
        case abandon(OutputStream)
        case open(FileSink)
        case reopenFiles
        case close(Int32)
        case stop
    }

    struct Commands: ~Copyable {
        var queue = Deque<Command>()
        var isStarted = false
        var isStopped = false
        var whenStopped: [@Sendable () -> Void] = []
    }

    struct WeakSink {
        weak var sink: FileSink?
    }

    /// What the pipe of a chatty child is enlarged to, in bytes.
    static let grownPipeSize = 512 << 10
    /// The most that all pipes together are enlarged by, in bytes.
    static let growthLimit = 64 << 20
    /// The most threads that may be stuck in a write; then nothing is written until one comes back.
    static let stuckLimit = 8
    static let wakerToken = UInt64.max

    let epoll: Int32
    let waker: Int32
    let stallLimit: Duration?
    let writer: any ByteWriter
    private let report: @Sendable (SinkReport) -> Void

    let table = Mutex(StreamTable())
    let commands = Mutex(Commands())
    private let sinks = Mutex<[String: WeakSink]>([:])
    let stuckThreads = Atomic(0)
    let pipeGrowth = Atomic(0)
    let watchdog = OutputWatchdog()
    private let wakeUps = Atomic<UInt64>(0)

    /// Makes a reader; ``start()`` gives it its threads.
    ///
    /// - Parameters:
    ///   - stallLimit: how long a write may take until another thread takes over; nil: only ``checkForStall()`` looks.
    ///   - report: told of files that can't be written; called on the output thread, must not block.
    /// - Throws: ``SystemError`` where the kernel has no descriptor left.
    package init(
        stallLimit: Duration? = .seconds(1),
        writer: any ByteWriter = SystemWriter(),
        report: @escaping @Sendable (SinkReport) -> Void = { _ in }
    ) throws(SystemError) {
        epoll = gaffer_epoll_create()
        guard epoll >= 0 else { throw SystemError("epoll_create1") }
        waker = gaffer_eventfd()
        guard waker >= 0 else {
            let error = SystemError("eventfd")
            close(epoll)
            throw error
        }
        _ = gaffer_epoll_control(epoll, EPOLL_CTL_ADD, waker, EPOLLIN.rawValue, OutputReader.wakerToken)
        self.stallLimit = stallLimit
        self.writer = writer
        self.report = report
    }

    deinit {
        close(waker)
        close(epoll)
    }

    /// Starts the threads, which live until ``stop()``.
    package func start() {
        let isFirst = commands.withLock { commands in
            defer { commands.isStarted = true }
            return !commands.isStarted
        }
        guard isFirst else { return }
        startOutputThread()
        if let stallLimit { watchdog.start(for: self, every: stallLimit / StallDetector.ticksToStall) }
    }

    /// Takes what is in the pipes, closes them, ends the threads, and returns then.
    ///
    /// A write that is stuck does not hold it up for longer than ``stallLimit``.
    package func stop() async {
        await withCheckedContinuation { continuation in
            let isDown = commands.withLock { commands in
                guard commands.isStarted, !commands.isStopped else { return true }
                commands.whenStopped.append { continuation.resume() }
                return false
            }
            if isDown { continuation.resume() } else { enqueue(.stop) }
        }
    }

    /// Reads a stream from a descriptor from now on.
    ///
    /// May be called on any thread, before the child runs. The descriptor becomes the reader's, which closes it at its
    /// end, by ``remove(_:)``, ``OutputStream/drainAndClose()`` or ``OutputStream/abandon()``, or at once where this
    /// throws. The file of the stream is opened meanwhile.
    ///
    /// - Throws: ``SystemError`` where the kernel can't watch it; `EINVAL` for a stream that was added before.
    package func add(descriptor: Int32, stream: OutputStream) throws(SystemError) {
        _ = gaffer_set_nonblocking(descriptor, 1)
        let token = table.withLock { $0.insert(stream) }
        guard stream.opened(OutputStream.Source(descriptor: descriptor, token: token, reader: self)) else {
            table.withLock { $0.remove(token) }
            close(descriptor)
            throw SystemError(errno: EINVAL, call: "epoll_ctl", what: stream.label)
        }
        guard gaffer_epoll_control(epoll, EPOLL_CTL_ADD, descriptor, EPOLLIN.rawValue, token) == 0 else {
            let error = SystemError("epoll_ctl", on: stream.label)
            table.withLock { $0.remove(token) }
            _ = stream.closed()
            close(descriptor)
            throw error
        }
        if let sink = stream.sink { enqueue(.open(sink)) }
    }

    /// Closes a stream's pipe, whatever is in it; returns at once.
    package func remove(_ stream: OutputStream) {
        stream.abandon()
    }

    /// The sink of a path: the one that there is, with the rotation changed to this one, or a new one.
    ///
    /// It lives, and its file stays open, as long as somebody keeps it, as its streams do until they end.
    package func sink(path: String, rotation: FileRotation) -> FileSink {
        let (sink, isNew) = sinks.withLock { sinks in
            if let sink = sinks[path]?.sink { return (sink, false) }
            // The dead are buried when as many live ones could have come.
            if sinks.count >= 64, sinks.count.nonzeroBitCount == 1 { sinks = sinks.filter { $0.value.sink != nil } }
            let sink = FileSink(
                path: path,
                rotation: rotation,
                writer: writer,
                report: report,
                dispose: { [weak self] descriptor in
                    if let self { dispose(descriptor) } else { close(descriptor) }
                }
            )
            sinks[path] = WeakSink(sink: sink)
            return (sink, true)
        }
        if !isNew { sink.setRotation(rotation) }
        return sink
    }

    /// Opens all files anew, since somebody else has renamed them; returns at once.
    package func reopenFiles() {
        enqueue(.reopenFiles)
    }

    /// How often the output thread woke since the start.
    package var wakeUpCount: UInt64 { wakeUps.load(ordering: .relaxed) }

    /// Looks once whether the output thread is stuck in a write, and has another take over if so; the watchdog does
    /// the same all the time.
    package func checkForStall() {
        watchdog.look(at: self)
    }

    // MARK: For the threads

    func enqueue(_ command: Command) {
        commands.withLock { $0.queue.append(command) }
        var one: UInt64 = 1
        _ = write(waker, &one, 8)
    }

    /// The command to carry out next.
    ///
    /// Those that may write to a file, and can be done twice, stay in the queue until ``finishCommand()``: should the
    /// thread get stuck, the one that takes over finds them.
    func nextCommand() -> Command? {
        commands.withLock { commands in
            switch commands.queue.first {
            case .drain, .stop: commands.queue.first
            case .abandon, .open, .reopenFiles, .close, nil: commands.queue.popFirst()
            }
        }
    }

    func finishCommand() {
        commands.withLock { _ = $0.queue.popFirst() }
    }

    func noteWakeUp() {
        wakeUps.wrappingAdd(1, ordering: .relaxed)
    }

    func liveSinks() -> [FileSink] {
        sinks.withLock { $0.values.compactMap(\.sink) }
    }

    func startOutputThread() {
        let thread = OutputThread(reader: self)
        watchdog.watch(thread)
        startThread(named: "gaffer-output") { thread.run() }
    }

    /// Closes a file on the output thread, since closing may wait for the disk.
    private func dispose(_ descriptor: Int32) {
        let isRunning = commands.withLock { $0.isStarted && !$0.isStopped }
        if isRunning { enqueue(.close(descriptor)) } else { close(descriptor) }
    }
}

/// The streams that are read, by token.
struct StreamTable: ~Copyable {
    private struct Slot {
        var stream: OutputStream?
        var generation: UInt32
    }

    private var slots: [Slot] = []
    private var free: [UInt32] = []

    /// Tokens are never used twice, so that an event of a closed stream finds nobody.
    mutating func insert(_ stream: OutputStream) -> UInt64 {
        if let index = free.popLast() {
            slots[Int(index)].stream = stream
            slots[Int(index)].generation &+= 1
            return UInt64(slots[Int(index)].generation) << 32 | UInt64(index)
        }
        slots.append(Slot(stream: stream, generation: 0))
        return UInt64(slots.count - 1)
    }

    mutating func remove(_ token: UInt64) {
        let index = Int(token & 0xFFFF_FFFF)
        guard stream(token) != nil else { return }
        slots[index].stream = nil
        free.append(UInt32(index))
    }

    func stream(_ token: UInt64) -> OutputStream? {
        let index = Int(token & 0xFFFF_FFFF)
        guard index < slots.count, slots[index].generation == UInt32(token >> 32) else { return nil }
        return slots[index].stream
    }

    var all: [OutputStream] { slots.compactMap(\.stream) }
}
