internal import CGafferSystem
internal import Glibc

/// An open file that is appended to, and what has to be known of it to rotate it; used by one thread at a time.
struct AppendedFile: Sendable {
    /// How long the file is left alone after a rotation that failed.
    private static let postponement = Duration.seconds(10)

    var rotation: FileRotation
    /// -1 while it is not open.
    private(set) var descriptor: Int32 = -1
    /// Whether a new line begins with the next byte.
    private(set) var isAtLineStart = true
    /// Whether the descriptor is of no more use, as after a file server has forgotten it.
    private(set) var mustReopen = false
    /// The path could not be opened again after a rotation, so that the bytes go to `PATH.1`.
    var hasLostItsName = false

    private var size: UInt64 = 0
    private var born = Duration.zero
    private var isRegular = false
    private var rotatesFrom = Duration.zero

    init(rotation: FileRotation) {
        self.rotation = rotation
    }

    mutating func opened(_ descriptor: Int32, now: Duration) {
        self.descriptor = descriptor
        mustReopen = false
        hasLostItsName = false
        isAtLineStart = true
        var facts = gaffer_file_facts()
        isRegular = gaffer_file_facts(descriptor, &facts) == 0 && facts.kind == GAFFER_FILE_REGULAR
        size = isRegular ? facts.size : 0
        // An older file counts from its birth; a clock that was set back must not make one of the future.
        born = now - .seconds(isRegular && size > 0 ? max(0, wallNow() - facts.birth) : 0)
    }

    mutating func close() {
        if descriptor >= 0 { Glibc.close(descriptor) }
        descriptor = -1
    }

    mutating func wrote(_ bytes: ByteView) {
        size += UInt64(bytes.count)
        isAtLineStart = bytes.buffer.last == UInt8(ascii: "\n")
    }

    mutating func failed(with error: Int32) {
        switch error {
        case EBADF, EIO, ENODEV, ENXIO, ESTALE: mustReopen = true
        default: break
        }
    }

    /// What to do with bytes that are to be appended; time is only looked at where it matters.
    func nextStep(for bytes: ByteView, now: () -> Duration) -> FileRotation.Step {
        guard isRegular, rotation.maxSize > 0 || rotation.maxAge > .zero else { return .write(bytes.count) }
        let time = rotation.maxAge > .zero || rotatesFrom > .zero ? now() : .zero
        guard time >= rotatesFrom else { return .write(bytes.count) }
        return rotation.step(for: bytes, fileSize: size, age: time - born)
    }

    /// Looks again, before it is rotated: somebody else may have truncated it.
    mutating func needsRotation(now: () -> Duration) -> Bool {
        var facts = gaffer_file_facts()
        guard !hasLostItsName, gaffer_file_facts(descriptor, &facts) == 0, facts.size < size else { return true }
        size = facts.size
        if size == 0 { born = now() }
        return false
    }

    mutating func postponeRotation(now: Duration) {
        rotatesFrom = now + AppendedFile.postponement
    }

    /// Begins again with an empty file.
    mutating func discard(now: Duration) {
        guard ftruncate(descriptor, 0) == 0 else {
            postponeRotation(now: now)
            return
        }
        size = 0
        born = now
    }
}
