import Glibc

/// A file that grows while a test runs: gafferd's log, its console, the marks that children leave.
///
/// Who waits for something in it is woken by the kernel when it grows; nobody sleeps for a time.
package struct Record: Sendable {
    package let path: String
    /// What to say when the wait is in vain.
    package let name: String

    /// Makes the file, so that it can be watched before anybody writes.
    package init(path: String, name: String) throws {
        self.path = path
        self.name = name
        let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Failure.call("open", path, errno: errno) }
        close(descriptor)
    }

    /// What stands in it now.
    package var text: String { readText(path) }

    /// Its lines; a last one without an end is not there yet.
    package var lines: [String] {
        text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
    }

    /// Waits until its lines satisfy `condition`, and gives them.
    ///
    /// - Parameter giveUp: told why to stop waiting early, as that the writer is gone.
    @discardableResult
    package func lines(
        until what: String,
        within limit: Duration = .seconds(60),
        giveUp: @escaping @Sendable () -> String? = { nil },
        _ condition: @escaping @Sendable ([String]) -> Bool
    ) async throws -> [String] {
        try await onOwnThread {
            let watch = try FileWatch(path)
            let deadline = ContinuousClock.now + limit
            while true {
                let reason = giveUp()
                let lines = lines
                if condition(lines) { return lines }
                let isLate = ContinuousClock.now >= deadline
                if isLate || reason != nil {
                    let tail = lines.suffix(40).joined(separator: "\n")
                    throw Failure("\(name): no \(what) (\(reason ?? "waited for \(limit)")); it says:\n\(tail)")
                }
                watch.waitForChange()
            }
        }
    }

    /// Waits until somebody writes to it, or for a moment where nobody does.
    package func nextChange() async throws {
        try await onOwnThread { try FileWatch(path).waitForChange() }
    }

    /// Waits for a line that holds `part`, and gives it.
    @discardableResult
    package func line(containing part: String, within limit: Duration = .seconds(60)) async throws -> String {
        let lines = try await lines(until: "line with '\(part)'", within: limit) { lines in
            lines.contains { $0.contains(part) }
        }
        return lines.first { $0.contains(part) } ?? ""
    }
}

/// The kernel's notice that a file was written to.
private final class FileWatch {
    private let descriptor: Int32

    init(_ path: String) throws {
        descriptor = inotify_init1(Int32(O_CLOEXEC | O_NONBLOCK))
        guard descriptor >= 0 else { throw Failure.call("inotify_init1", path, errno: errno) }
        guard inotify_add_watch(descriptor, path, UInt32(IN_MODIFY)) >= 0 else {
            throw Failure.call("inotify_add_watch", path, errno: errno)
        }
    }

    deinit { close(descriptor) }

    /// Returns when the file was written to since the last look, or after a while, so that its caller can look at the
    /// clock and at its other reasons to stop waiting.
    func waitForChange() {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        poll(&entry, 1, 100)
        var buffer = [UInt8](repeating: 0, count: 4096)
        while buffer.withUnsafeMutableBytes({ read(descriptor, $0.baseAddress, $0.count) }) > 0 {}
    }
}
