package import GafferSystem
internal import Glibc

/// A cgroup that a test's process is moved to, as a service manager moves a service.
///
/// For a process of the test's own: it is entered by all of the process's threads.
package final class TestCgroup: Sendable {
    package let tree: CgroupTree
    package let path: String
    /// Where the process was before.
    private let home: String

    package var directory: CgroupDirectory { tree.directory(path) }

    /// Whether cgroups can be made here: it takes root, and a cgroup2 tree that is not mounted read-only.
    package static let isPossible: Bool = {
        guard let tree = CgroupTree.find() else { return false }
        let probe = tree.directory("/gaffer-test-\(getpid())-probe")
        guard (try? probe.make()) != nil else { return false }
        return probe.removeAll()
    }()

    package init() throws {
        tree = CgroupTree.find() ?? CgroupTree(mountPoint: "/sys/fs/cgroup")
        home = CgroupTree.ownPath() ?? "/"
        path = "/gaffer-test-\(getpid())"
        try directory.make()
    }

    /// Marks it as delegated and moves this process to it.
    package func enter() throws {
        // The Glibc module lacks it.
        typealias SetAttribute =
            @convention(c) (UnsafePointer<CChar>, UnsafePointer<CChar>, UnsafeRawPointer, Int, Int32) -> Int32
        guard let symbol = dlsym(nil, "setxattr") else { throw SystemError(errno: ENOSYS, call: "setxattr") }
        let setAttribute = unsafeBitCast(symbol, to: SetAttribute.self)
        try SystemError.check("setxattr", on: directory.path) {
            setAttribute(directory.path, "trusted.delegate", "1", 1, 0)
        }
        try directory.write("0", to: "cgroup.procs")
    }

    /// Moves this process back, and removes the cgroup with all that is in it.
    package func leave() {
        try? tree.directory(home).write("0", to: "cgroup.procs")
        try? directory.kill()
        // Who was killed is in it until it has given back its memory, which the kernel tells.
        guard let events = try? directory.openEvents() else { return }
        for _ in 0..<50 where !directory.removeAll() {
            var change = pollfd(fd: events.rawValue, events: Int16(POLLPRI), revents: 0)
            poll(&change, 1, 100)
            events.readAgain()
        }
    }
}
