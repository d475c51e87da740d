import Glibc

@testable import GafferSystem

/// A cgroup of its own under a cgroup2 tree.
struct TestCgroup: ~Copyable {
    let tree: CgroupTree
    let name: String
    let directory: CgroupDirectory
    let descriptor: Int32

    /// Whether cgroups can be made here: it takes root, and a cgroup2 tree that is not mounted read-only.
    static let isPossible: Bool = {
        guard let tree = CgroupTree.find() else { return false }
        let probe = tree.directory("/gaffer-test-\(getpid())-probe")
        guard (try? probe.make()) != nil else { return false }
        return probe.removeAll()
    }()

    init() throws {
        let tree = CgroupTree.find() ?? CgroupTree(mountPoint: "/sys/fs/cgroup")
        // Tests run side by side, so that the process is no name of its own.
        var number: UInt64 = 0
        getentropy(&number, 8)
        let name = "gaffer-test-\(getpid())-\(String(number, radix: 36))"
        let directory = tree.directory("/\(name)")
        try directory.make()
        let descriptor = try directory.open()
        self.tree = tree
        self.name = name
        self.directory = directory
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
        try? directory.kill()
        // Who was killed is in it until it has given back its memory, which the kernel tells.
        guard let events = try? directory.openEvents() else { return }
        for _ in 0..<50 where !directory.removeAll() {
            var change = pollfd(fd: events.rawValue, events: Int16(POLLPRI), revents: 0)
            poll(&change, 1, 100)
            events.readAgain()
        }
    }

    /// Marks it as a service manager does.
    func markAsDelegated() throws {
        // The Glibc module lacks it.
        typealias SetAttribute =
            @convention(c) (UnsafePointer<CChar>, UnsafePointer<CChar>, UnsafeRawPointer, Int, Int32) -> Int32
        guard let symbol = dlsym(nil, "setxattr") else { throw SystemError(errno: ENOSYS, call: "setxattr") }
        let setAttribute = unsafeBitCast(symbol, to: SetAttribute.self)
        try SystemError.check("setxattr", on: directory.path) {
            setAttribute(directory.path, "trusted.delegate", "1", 1, 0)
        }
    }
}
