internal import CGafferSystem
internal import Glibc
internal import Synchronization

/// A file that gets the bytes of one or more streams as they come.
///
/// It is opened to append, made with mode 0640 (less gafferd's umask) where it is not there; a missing folder is an
/// error that is told, not made. A symbolic link is followed only where root or gafferd's user made it. It may be a
/// FIFO or a device, which is written to without waiting and not rotated; `/dev/stdout` and `/dev/stderr` are gafferd's
/// own.
///
/// No trouble with it is trouble for a job: bytes that can't be written are dropped and counted, ``SinkReport``s tell
/// of it, the next output tries again (``SinkHealth``), and once it works a line in the file says what is missing:
/// `[gaffer: 4096 bytes dropped: No space left on device]`.
///
/// Where several streams have the same path they share one sink (``OutputReader/sink(path:rotation:)``), so that one
/// rotates for all.
package final class FileSink: ByteTarget {
    /// Its path.
    package let path: String

    let writer: any ByteWriter
    private let now: @Sendable () -> Duration
    private let report: @Sendable (SinkReport) -> Void
    private let dispose: @Sendable (Int32) -> Void

    // Held during writes, which may take for ever on a disk that hangs; so it is only ever tried. Who does not get it
    // counts what it has as dropped.
    private let file: Mutex<AppendedFile>
    // Never held during a system call.
    private let health = Mutex(SinkHealth())
    /// The file has failed, or bytes were dropped that its note has yet to tell.
    private let isTroubled = Atomic(false)
    private let wantsReopening = Atomic(false)

    /// Makes a sink; the file is opened by ``open()`` or the first bytes.
    ///
    /// - Parameters:
    ///   - report: called on the thread that writes; must not block.
    ///   - dispose: closes a descriptor, on a thread that may block.
    package init(
        path: String,
        rotation: FileRotation = .none,
        writer: any ByteWriter = SystemWriter(),
        now: @escaping @Sendable () -> Duration = monotonicNow,
        report: @escaping @Sendable (SinkReport) -> Void = { _ in },
        dispose: @escaping @Sendable (Int32) -> Void = { Glibc.close($0) }
    ) {
        self.path = path
        self.writer = writer
        self.now = now
        self.report = report
        self.dispose = dispose
        file = Mutex(AppendedFile(rotation: rotation))
    }

    deinit {
        let descriptor = file.withLock { $0.descriptor }
        if descriptor >= 0 { dispose(descriptor) }
    }

    /// How many bytes were dropped since it was made.
    package var droppedBytes: UInt64 {
        health.withLock { $0.droppedEver }
    }

    /// Opens the file before there are bytes, so that trouble is told early; why that failed, if it did.
    @discardableResult
    package func open() -> SystemError? {
        let isOpen = file.withLockIfAvailable { $0.descriptor >= 0 || openFile(&$0) } ?? true
        guard !isOpen, case .open(let errno) = health.withLock({ $0.cause }) else { return nil }
        return SystemError(errno: errno, call: "open", what: path)
    }

    /// Opens the file anew at the next write: somebody else has renamed it.
    ///
    /// Where that fails the old one stays in use.
    package func reopen() {
        wantsReopening.store(true, ordering: .relaxed)
    }

    /// Changes when it is rotated, from the next write on that does not find it in use.
    package func setRotation(_ rotation: FileRotation) {
        _ = file.withLockIfAvailable { $0.rotation = rotation }
    }

    /// Appends bytes, or drops and counts them.
    package func write(_ bytes: ByteView) {
        guard !bytes.isEmpty else { return }
        let left: Int? = file.withLockIfAvailable { file in
            write(bytes, to: &file)
        }
        if let left {
            if left > 0 { drop(left) }
        } else {
            drop(bytes.count, because: .stalled)
        }
    }

    /// Counts bytes that somebody dropped in its place.
    func drop(_ count: Int, because cause: DropCause? = nil) {
        let now = now()
        let due: SinkReport? = health.withLock { health in
            isTroubled.store(true, ordering: .relaxed)
            if let cause { health.failed(cause, at: now) }
            return health.dropped(count, at: now).map {
                SinkReport(path: path, state: $0, droppedBytes: health.droppedInTrouble)
            }
        }
        if let due { report(due) }
    }

    // MARK: With the file at hand

    /// How many bytes are left that could not be written.
    private func write(_ bytes: ByteView, to file: inout AppendedFile) -> Int {
        if wantsReopening.load(ordering: .relaxed), wantsReopening.exchange(false, ordering: .relaxed) {
            renew(&file)
        }
        if isTroubled.load(ordering: .relaxed) {
            guard health.withLock({ $0.mayTry(at: now()) }) else { return bytes.count }
            if file.mustReopen { file.close() }
        }
        if file.descriptor < 0, !openFile(&file) { return bytes.count }
        if isTroubled.load(ordering: .relaxed), !writeNote(to: &file) { return bytes.count }
        var rest = bytes
        while !rest.isEmpty {
            switch file.nextStep(for: rest, now: now) {
            case .rotate:
                rotate(&file)
            case .write(let count):
                let left = writeAll(rest.prefix(count), to: &file)
                if left > 0 { return rest.count - count + left }
                rest = rest.dropFirst(count)
            }
        }
        return 0
    }

    /// Tells in the file what was dropped.
    private func writeNote(to file: inout AppendedFile) -> Bool {
        let (untold, cause) = health.withLock { ($0.untold, $0.cause) }
        if untold > 0 {
            let text = "[gaffer: \(untold) bytes dropped: \(cause?.text ?? "unknown")]\n"
            let note = Array(((file.isAtLineStart ? "" : "\n") + text).utf8)
            guard note.withByteView({ writeAll($0, to: &file) }) == 0 else { return false }
        }
        let due: SinkReport? = health.withLock { health in
            let due = health.recovered(told: untold)
            if health.cause == nil { isTroubled.store(false, ordering: .relaxed) }
            return due.map { SinkReport(path: path, state: $0.state, droppedBytes: $0.dropped) }
        }
        if let due { report(due) }
        return true
    }

    /// How many bytes are left; what is wrong is noted.
    private func writeAll(_ bytes: ByteView, to file: inout AppendedFile) -> Int {
        var rest = bytes
        while !rest.isEmpty {
            let count = writer.write(rest, to: file.descriptor)
            guard count > 0 else {
                let error = count == 0 ? EIO : Int32(-count)
                file.failed(with: error)
                fail(.write(error))
                return rest.count
            }
            file.wrote(rest.prefix(count))
            rest = rest.dropFirst(count)
        }
        return 0
    }

    private func openFile(_ file: inout AppendedFile) -> Bool {
        let descriptor = writer.open(path)
        guard descriptor >= 0 else {
            fail(.open(-descriptor))
            // Also where there are no bytes to drop yet: the administrator learns of it when the job starts.
            drop(0)
            return false
        }
        file.opened(descriptor, now: now())
        return true
    }

    private func fail(_ cause: DropCause) {
        let now = now()
        health.withLock { health in
            isTroubled.store(true, ordering: .relaxed)
            health.failed(cause, at: now)
        }
    }

    private func rotate(_ file: inout AppendedFile) {
        guard file.needsRotation(now: now) else { return }
        guard file.rotation.keep > 0 else {
            file.discard(now: now())
            return
        }
        // Where the last rotation got stuck halfway the names are already changed.
        let renames = file.hasLostItsName ? [] : file.rotation.renames(of: path, exists: { access($0, F_OK) == 0 })
        for (from, to) in renames {
            let result = writer.rename(from, to: to)
            guard result < 0 else { continue }
            // The oldest may have been taken away meanwhile; the file itself, too: then a new one is made.
            if result == -ENOENT { continue }
            postponeRotation(of: &file, because: -result)
            return
        }
        let descriptor = writer.open(path)
        guard descriptor >= 0 else {
            // What comes goes on into the file that is now called PATH.1: nothing is lost.
            postponeRotation(of: &file, because: -descriptor)
            file.hasLostItsName = true
            return
        }
        file.close()
        file.opened(descriptor, now: now())
    }

    /// Opens the file anew; the old one is kept where that fails, so that nothing is lost.
    private func renew(_ file: inout AppendedFile) {
        guard file.descriptor >= 0 else { return }
        let descriptor = writer.open(path)
        guard descriptor >= 0 else {
            report(SinkReport(path: path, state: .notReopened(-descriptor), droppedBytes: 0))
            return
        }
        file.close()
        file.opened(descriptor, now: now())
    }

    private func postponeRotation(of file: inout AppendedFile, because error: Int32) {
        file.postponeRotation(now: now())
        report(SinkReport(path: path, state: .notRotated(error), droppedBytes: 0))
    }
}
