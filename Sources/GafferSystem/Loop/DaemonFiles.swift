internal import CGafferSystem
internal import Glibc

/// A file that one process at a time holds, by a lock that ends with it.
package final class LockFile: Sendable {
    private let descriptor: Descriptor

    /// Takes the lock and writes the own os pid into the file.
    ///
    /// - Throws: ``SystemError`` with `EWOULDBLOCK` where somebody else holds it.
    package init(_ path: String) throws(SystemError) {
        let number = try SystemError.check("open", on: path) {
            open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o644)
        }
        descriptor = Descriptor(owning: number)
        guard gaffer_lock(number) == 0 else { throw SystemError(errno: errno, call: "lock", what: path) }
        let text = Array("\(getpid())\n".utf8)
        ftruncate(number, 0)
        _ = pwrite(number, text, text.count, 0)
    }

    /// The os pid of who holds the lock, as far as the file tells.
    package static func holder(of path: String) -> Int32? {
        guard let content = try? FileContent.read(path, limit: 64) else { return nil }
        return Int32(String(decoding: content, as: UTF8.self).filter(\.isNumber))
    }
}

/// Folders and pidfiles of a daemon.
package enum DaemonFiles {
    /// Makes a folder, and those above it, where they are missing.
    package static func makeFolder(_ path: String, mode: UInt32) throws(SystemError) {
        var status = stat()
        if stat(path, &status) == 0 {
            guard status.st_mode & S_IFMT == S_IFDIR else {
                throw SystemError(errno: ENOTDIR, call: "mkdir", what: path)
            }
            return
        }
        if let slash = path.lastIndex(of: "/"), slash != path.startIndex {
            try makeFolder(String(path[..<slash]), mode: 0o755)
        }
        guard mkdir(path, mode) == 0 || errno == EEXIST else {
            throw SystemError(errno: errno, call: "mkdir", what: path)
        }
    }

    /// Writes the own os pid; a file that names another living process is left alone.
    ///
    /// - Returns: the os pid of the living process that the file names; nil: the file is ours.
    package static func writePidfile(_ path: String) throws(SystemError) -> Int32? {
        if let other = LockFile.holder(of: path), other != getpid(), other > 0, kill(other, 0) == 0 || errno == EPERM {
            return other
        }
        try FileContent.replace(path, with: Array("\(getpid())\n".utf8), mode: 0o644)
        return nil
    }

    /// Removes the pidfile, where it is still ours.
    package static func removePidfile(_ path: String) {
        if LockFile.holder(of: path) == getpid() { unlink(path) }
    }

    /// Raises the own limit of open descriptors to the hard one.
    ///
    /// - Returns: what it was, for children to have; nil where nothing had to change.
    package static func raiseDescriptorLimit() -> SpawnRequest.Limit? {
        guard var limit = try? SpawnRequest.Limit.current(SpawnRequest.Limit.openFiles), limit.soft < limit.hard else {
            return nil
        }
        let before = limit
        limit.soft = limit.hard
        guard (try? limit.apply()) != nil else { return nil }
        return before
    }

    /// Takes over what descendants leave behind, and keeps the allocator from making an arena a thread.
    package static func becomeSupervisor() -> Bool {
        gaffer_limit_arenas(2)
        return gaffer_become_subreaper() == 0
    }
}

/// The way to the background, for a program that has one thread so far.
///
/// The one that was called waits until the other tells how it went.
package struct Background: Sendable {
    private let ready: Int32

    /// Returns in the process that goes on in the background.
    ///
    /// - Throws: ``SystemError`` where there is no process to be had.
    package static func enter() throws(SystemError) -> Background {
        var ready: Int32 = -1
        try SystemError.check("fork") { gaffer_daemonize(&ready) }
        return Background(ready: ready)
    }

    /// Lets the one that waits exit with 0.
    package func isReady() {
        gaffer_daemon_is_ready(ready)
    }

    /// Lets the one that waits print a text and exit with a code, 1 to 255.
    package func failed(_ text: String, code: Int32) {
        gaffer_daemon_failed(ready, code, text)
    }
}
