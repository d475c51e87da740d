internal import Glibc
internal import Synchronization

/// A socket that listens, and the file that goes with it where it is a unix socket.
///
/// Whoever serves it owns the descriptor; ``close()`` is for one that is never served.
package struct ListenSocket: Sendable {
    /// The descriptor: non-blocking, closed on exec.
    package let descriptor: Int32
    /// Where it listens, with the port that was given where 0 was asked for: `unix:/run/x.sock`, `127.0.0.1:5000`.
    package let address: String
    /// The port, where there is one.
    package let port: UInt16?
    /// How many connections wait to be accepted.
    package let backlog: Int32
    private let holder: FileHolder

    /// Has the file of a unix socket, until it is handed over.
    private final class FileHolder: Sendable {
        private let file: Mutex<File?>

        init(_ file: File?) {
            self.file = Mutex(file)
        }

        var current: File? { file.withLock { $0 } }

        func take() -> File? {
            file.withLock { file in
                defer { file = nil }
                return file
            }
        }
    }

    /// The file of a unix socket, known by more than its path; by its time too, since an inode's number is soon used
    /// again.
    struct File: Sendable, Equatable {
        var path: String
        var device: UInt64
        var inode: UInt64
        var second: Int
        var nanosecond: Int

        init(_ path: String, _ status: stat) {
            self.path = path
            device = UInt64(status.st_dev)
            inode = UInt64(status.st_ino)
            second = status.st_mtim.tv_sec
            nanosecond = status.st_mtim.tv_nsec
        }
    }

    init(descriptor: Int32, address: String, port: UInt16?, backlog: Int32, file: File? = nil) {
        self.descriptor = descriptor
        self.address = address
        self.port = port
        self.backlog = backlog
        holder = FileHolder(file)
    }

    /// Closes the descriptor and removes the file.
    package func close() {
        removeFile()
        _ = Glibc.close(descriptor)
    }

    /// The same socket under another descriptor, for a server that takes over from another: clients that wait to be
    /// accepted stay, and the file is from now on the other one's to remove.
    package func handedOver(backlog: Int32) throws(ListenError) -> ListenSocket {
        let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 3)
        guard copy >= 0 else { throw ListenError(address, "fcntl", code: errno) }
        let file = holder.take()
        return ListenSocket(descriptor: copy, address: address, port: port, backlog: backlog, file: file)
    }

    /// Removes the file of a unix socket, unless another socket has taken its place.
    package func removeFile() {
        guard let file = holder.current, let now = ListenSocket.status(of: file.path) else { return }
        if File(file.path, now) == file { unlink(file.path) }
    }

    /// The longest path of a unix socket, in bytes.
    package static let maximumPathLength = 107

    /// Listens on a path.
    ///
    /// A socket file that nobody listens on any more is replaced; a living one, and a file that is no socket, is not.
    ///
    /// - Parameters:
    ///   - mode: the file's mode, from its first moment.
    ///   - group: the file's group; nil leaves it. An ordinary user who is not in the group leaves it too.
    package static func unix(
        _ path: String,
        mode: UInt32 = 0o660,
        group: UInt32? = nil,
        backlog: Int32 = 128
    ) throws(ListenError) -> ListenSocket {
        let name = "unix:\(path)"
        let length = path.utf8.count
        guard (1...maximumPathLength).contains(length), !path.utf8.contains(0) else {
            throw ListenError(
                name,
                "path",
                code: ENAMETOOLONG,
                "the path has \(length) bytes, and a unix socket takes 1 to \(maximumPathLength), none of them NUL"
            )
        }
        let descriptor = try open(AF_UNIX, name)
        do throws(ListenError) {
            try removeStale(path, name)
            try bind(descriptor, path, mode, name)
            if let group, lchown(path, uid_t.max, group) != 0, errno != EPERM || geteuid() == 0 {
                throw ListenError(name, "chown to group \(group)", code: errno)
            }
            guard let status = status(of: path) else { throw ListenError(name, "lstat", code: errno) }
            // Only now: until here nobody can connect, whatever the group was.
            guard listen(descriptor, backlog) == 0 else { throw ListenError(name, "listen", code: errno) }
            return ListenSocket(
                descriptor: descriptor,
                address: name,
                port: nil,
                backlog: backlog,
                file: File(path, status)
            )
        } catch {
            _ = Glibc.close(descriptor)
            throw error
        }
    }

    /// The umask belongs to the whole process, so that two sockets must not be bound at the same time.
    private static let maskLock = Mutex(())

    private static func bind(
        _ descriptor: Int32,
        _ path: String,
        _ mode: UInt32,
        _ name: String
    ) throws(ListenError) {
        let failure = withUnixAddress(path) { address, length in
            maskLock.withLock { _ in
                let mask = umask(~mode & 0o777)
                defer { umask(mask) }
                return Glibc.bind(descriptor, address, length) == 0 ? 0 : errno
            }
        }
        guard failure == 0 else { throw ListenError(name, "bind", code: failure) }
    }

    private static func removeStale(_ path: String, _ name: String) throws(ListenError) {
        guard let status = status(of: path) else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK else {
            throw ListenError(name, "path", code: EEXIST, "there is a file of that name, and it is no socket")
        }
        let probe = try open(AF_UNIX, name)
        defer { _ = Glibc.close(probe) }
        let failure = withUnixAddress(path) { address, length in
            connect(probe, address, length) == 0 ? 0 : errno
        }
        switch failure {
        case ECONNREFUSED: break
        case ENOENT: return
        // EAGAIN: its queue is full, so somebody has one.
        case 0, EAGAIN, EPROTOTYPE:
            throw ListenError(name, "path", code: EADDRINUSE, "another program listens there")
        default: throw ListenError(name, "connect", code: failure)
        }
        guard unlink(path) == 0 || errno == ENOENT else { throw ListenError(name, "unlink", code: errno) }
    }

    private static func withUnixAddress<Result>(
        _ path: String,
        _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
    ) -> Result {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }

    private static func status(of path: String) -> stat? {
        var status = stat()
        return lstat(path, &status) == 0 ? status : nil
    }

    static func open(_ family: Int32, _ name: String) throws(ListenError) -> Int32 {
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        let descriptor = socket(family, kind, 0)
        guard descriptor >= 0 else { throw ListenError(name, "socket", code: errno) }
        return descriptor
    }
}
