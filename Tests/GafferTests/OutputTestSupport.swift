import GafferSystem
import Glibc
import Synchronization

/// A folder of a test's own, which goes with it.
final class OutputFolder: Sendable {
    let path: String

    init() throws {
        var template = Array("/tmp/gaffer-output-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw SystemError("mkdtemp") }
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    deinit {
        for name in names { unlink("\(path)/\(name)") }
        rmdir(path)
    }

    func callAsFunction(_ name: String) -> String { "\(path)/\(name)" }

    /// The names of the files in it, sorted.
    var names: [String] {
        guard let folder = opendir(path) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    func bytes(of name: String) -> [UInt8] {
        let file = open(self(name), O_RDONLY)
        guard file >= 0 else { return [] }
        defer { close(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(file, &buffer, buffer.count)
            guard count > 0 else { return bytes }
            bytes.append(contentsOf: buffer[..<count])
        }
    }

    func text(of name: String) -> String { String(decoding: bytes(of: name), as: UTF8.self) }

    func write(_ text: String, to name: String) {
        let file = open(self(name), O_WRONLY | O_CREAT | O_APPEND, 0o644)
        writeAll(Array(text.utf8), to: file)
        close(file)
    }
}

/// Writes all bytes to a descriptor, waiting for room.
func writeAll(_ bytes: [UInt8], to descriptor: Int32) {
    var written = 0
    while written < bytes.count {
        let count = bytes.withUnsafeBytes {
            Glibc.write(descriptor, $0.baseAddress.map { $0 + written }, $0.count - written)
        }
        guard count > 0 else { return }
        written += count
    }
}

/// Both ends of a pipe; who takes one closes it.
func makePipe() throws -> (readEnd: Int32, writeEnd: Int32) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw SystemError("pipe") }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return (ends[0], ends[1])
}

/// Files whose disk can be full, and can hang.
final class FaultyWriter: ByteWriter {
    struct Faults: ~Copyable {
        var writeError: Int32?
        var openError: Int32?
        var renameError: Int32?
        /// How many bytes fit until `writeError` comes.
        var room = Int.max
        var tries = 0
        /// Writes hang, each until a ``release()``.
        var hangs = false
    }

    let faults = Mutex(Faults())
    /// Says that a write hangs now.
    let isHanging = Wakeup()
    /// A byte in it for each write that may go on.
    private let gate: (readEnd: Int32, writeEnd: Int32)
    private let system = SystemWriter()

    init() throws {
        gate = try makePipe()
    }

    deinit {
        close(gate.readEnd)
        close(gate.writeEnd)
    }

    func set(_ change: (inout Faults) -> Void) {
        faults.withLock { change(&$0) }
    }

    var tries: Int { faults.withLock { $0.tries } }

    /// Lets one write that hangs go on.
    func release() {
        writeAll([1], to: gate.writeEnd)
    }

    func write(_ bytes: ByteView, to descriptor: Int32) -> Int {
        let (error, room, hangs) = faults.withLock { faults in
            faults.tries += 1
            let room = min(faults.room, bytes.count)
            if faults.writeError != nil { faults.room -= room }
            return (faults.writeError, room, faults.hangs)
        }
        if hangs {
            isHanging.set()
            var byte: UInt8 = 0
            _ = read(gate.readEnd, &byte, 1)
        }
        if let error {
            guard room > 0 else { return -Int(error) }
            return system.write(bytes.prefix(room), to: descriptor)
        }
        return system.write(bytes, to: descriptor)
    }

    func open(_ path: String) -> Int32 {
        if let error = faults.withLock({ $0.openError }) { return -error }
        return system.open(path)
    }

    func rename(_ path: String, to newPath: String) -> Int32 {
        if let error = faults.withLock({ $0.renameError }) { return -error }
        return system.rename(path, to: newPath)
    }
}

/// A clock that a test moves.
final class OutputClock: Sendable {
    private let time = Mutex(Duration.seconds(1000))
    var now: Duration { time.withLock { $0 } }
    func advance(by duration: Duration) { time.withLock { $0 += duration } }
}

/// Keeps what it is given.
final class Recorder<Element: Sendable>: Sendable {
    private let elements = Mutex<[Element]>([])
    var all: [Element] { elements.withLock { $0 } }
    func add(_ element: Element) { elements.withLock { $0.append(element) } }
}

extension FileSink {
    func write(_ text: String) {
        Array(text.utf8).withByteView { write($0) }
    }
}

extension OutputSubscription {
    /// All bytes until its end.
    func collect() async -> [UInt8] {
        var bytes: [UInt8] = []
        for await chunk in self { bytes.append(contentsOf: chunk.bytes) }
        return bytes
    }
}

/// A reader at work, with no watchdog but the test itself.
func startedReader(writer: any ByteWriter = SystemWriter()) throws -> OutputReader {
    let reader = try OutputReader(stallLimit: nil, writer: writer)
    reader.start()
    return reader
}

/// Does on a thread of its own what would block the tests' threads.
func onThread<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
    await withCheckedContinuation { continuation in
        startThread(named: "test") { continuation.resume(returning: body()) }
    }
}

/// How many descriptors of this process are of a file.
func openCount(of path: String) -> Int {
    (0..<1024).count { number in
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 4096) { target in
            guard let base = target.baseAddress else { return false }
            let count = readlink("/proc/self/fd/\(number)", base, target.count)
            return count > 0 && target.prefix(count).map(UInt8.init(bitPattern:)) == Array(path.utf8)
        }
    }
}
