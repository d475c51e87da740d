import GafferSystem
import Glibc

/// A socket where journald's would be, in a folder of its own.
///
/// While nobody asks it for records it is a journald that is stalled: the kernel lets some ten records wait.
final class FakeJournald {
    /// A limit for tests that would hang otherwise, in seconds.
    private static let patience = 30

    let path: String
    private let folder: String
    private var descriptor: Int32 = -1

    init(isListening: Bool = true) throws {
        var template = Array("/tmp/gaffer-journal-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw SystemError("mkdtemp") }
        folder = template.withUnsafeBufferPointer { buffer in
            String(decoding: buffer.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
        path = "\(folder)/socket"
        if isListening { try start() }
    }

    deinit {
        stop()
        rmdir(folder)
    }

    /// Makes the socket, as one that systemd has started again.
    func start() throws {
        descriptor = try SystemError.check("socket") {
            Glibc.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let socket = descriptor
        try SystemError.check("bind", on: path) {
            withUnsafePointer(to: address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(socket, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
                }
            }
        }
        var limit = timeval(tv_sec: FakeJournald.patience, tv_usec: 0)
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    /// Closes the socket and takes its name away; what waits in it is lost.
    func stop() {
        guard descriptor >= 0 else { return }
        close(descriptor)
        unlink(path)
        descriptor = -1
    }

    /// The next record.
    ///
    /// - Throws: `SystemError` with `EAGAIN` where none comes for a long time.
    func receive() throws -> ReceivedRecord {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 4 << 20, alignment: 16)
        let control = UnsafeMutableRawBufferPointer.allocate(byteCount: 64, alignment: 16)
        defer {
            buffer.deallocate()
            control.deallocate()
        }
        var piece = iovec(iov_base: buffer.baseAddress, iov_len: buffer.count)
        var message = msghdr()
        message.msg_control = control.baseAddress
        message.msg_controllen = control.count
        message.msg_iovlen = 1
        let descriptor = descriptor
        let count = try withUnsafeMutablePointer(to: &piece) { piece in
            message.msg_iov = piece
            return try SystemError.check("recvmsg") { recvmsg(descriptor, &message, Int32(MSG_CMSG_CLOEXEC)) }
        }
        guard message.msg_controllen > 0 else { return try ReceivedRecord(Array(buffer[..<count])) }
        // A cmsghdr is a length of 8 bytes, a level and a type of 4 each; the descriptor stands behind it.
        let file = control.load(fromByteOffset: 16, as: Int32.self)
        defer { close(file) }
        let addsSeals: Int32 = 1034
        guard fcntl(file, addsSeals) & 0xF == 0xF else { throw SystemError(errno: EINVAL, call: "F_GET_SEALS") }
        var known = stat()
        try SystemError.check("fstat") { fstat(file, &known) }
        let bytes = [UInt8](unsafeUninitializedCapacity: Int(known.st_size)) { bytes, filled in
            filled = max(0, pread(file, bytes.baseAddress, bytes.count, 0))
        }
        var record = try ReceivedRecord(bytes)
        record.isSealed = true
        return record
    }

    /// The next records, so many.
    func receive(_ count: Int) throws -> [ReceivedRecord] {
        try (0..<count).map { _ in try receive() }
    }

    /// Records until one fulfils a condition, that one too.
    func receive(until isLast: (ReceivedRecord) -> Bool) throws -> [ReceivedRecord] {
        var records: [ReceivedRecord] = []
        repeat { records.append(try receive()) } while !isLast(records[records.count - 1])
        return records
    }
}
