internal import GafferSystem
internal import Glibc

/// The file of users and keys, as far as the file system knows it.
struct AuthFile: Sendable {
    /// What tells one content from another without reading it.
    struct Fingerprint: Sendable, Equatable {
        var device: UInt64
        var file: UInt64
        var size: Int64
        var seconds: Int
        var nanoseconds: Int
    }

    let path: String

    /// nil: there is no file, or nobody can tell.
    var fingerprint: Fingerprint? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return Fingerprint(
            device: UInt64(status.st_dev),
            file: UInt64(status.st_ino),
            size: Int64(status.st_size),
            seconds: status.st_mtim.tv_sec,
            nanoseconds: status.st_mtim.tv_nsec
        )
    }

    /// Makes it where it is missing, for its owner alone before SQLite writes the first byte, and refuses one that
    /// others may read, may have written, or own.
    func prepare() throws(AuthStoreError) {
        let status: stat
        do throws(SystemError) {
            status = try makeAndLook()
        } catch {
            throw AuthStoreError(.unavailable, path, "\(SystemError.text(of: error.errno)) (\(error.call))")
        }
        if let reason = Self.objection(to: status, owner: geteuid()) { throw AuthStoreError(.unsafe, path, reason) }
    }

    private func makeAndLook() throws(SystemError) -> stat {
        if let slash = path.lastIndex(of: "/"), slash != path.startIndex {
            try DaemonFiles.makeFolder(String(path[..<slash]), mode: 0o700)
        }
        let file = Descriptor(
            owning: try SystemError.check("open", on: path) {
                // Without waiting for a writer, where it is a pipe.
                open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o600)
            }
        )
        let number = file.rawValue
        var status = stat()
        try SystemError.check("fstat", on: path) { fstat(number, &status) }
        return status
    }

    /// Why a file must not hold secrets; nil: it may.
    static func objection(to status: stat, owner: uid_t) -> String? {
        guard status.st_mode & S_IFMT == S_IFREG else { return "it is no file" }
        guard status.st_uid == owner else { return "it belongs to uid \(status.st_uid), and gafferd is uid \(owner)" }
        let mode = status.st_mode & 0o7777
        guard mode & 0o077 == 0 else {
            return
                "its mode is \(String(mode, radix: 8)), so that others may read or change it; chmod 600 it, and make "
                + "its keys anew if somebody may have"
        }
        return nil
    }
}
