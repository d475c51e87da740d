internal import CGafferSystem

/// The cgroup2 file system of this machine.
package struct CgroupTree: Sendable, Hashable {
    /// Where it is mounted.
    package let mountPoint: String

    package init(mountPoint: String) {
        self.mountPoint = mountPoint
    }

    /// Finds it: all of `/sys/fs/cgroup`, or its folder `unified` beside hierarchies of the first version, which keep
    /// the controllers; nil: only those are there.
    package static func find(below folder: String = "/sys/fs/cgroup") -> CgroupTree? {
        for path in [folder, "\(folder)/unified"] where gaffer_is_cgroup2(path) == 1 {
            return CgroupTree(mountPoint: path)
        }
        return nil
    }

    /// The folder of a cgroup, by its path as in /proc/PID/cgroup.
    package func directory(_ path: String) -> CgroupDirectory {
        CgroupDirectory(path: path == "/" ? mountPoint : mountPoint + path)
    }

    /// The path of a cgroup, as in /proc/PID/cgroup, by its folder.
    package func path(of directory: CgroupDirectory) -> String {
        let path = directory.path.dropFirst(mountPoint.count)
        return path.isEmpty ? "/" : String(path)
    }

    /// The path of this process's cgroup; nil where it is in none, or in one that can't be seen from here.
    package static func ownPath() -> String? {
        (try? FileContent.read("/proc/self/cgroup", limit: 1 << 20)).flatMap(path(fromMembership:))
    }

    /// The path of a process's cgroup; nil where it is gone or in none.
    package static func path(of osPid: Int32) -> String? {
        (try? FileContent.read("/proc/\(osPid)/cgroup", limit: 1 << 20)).flatMap(path(fromMembership:))
    }

    /// Reads the line `0::PATH` of /proc/PID/cgroup; other lines are of hierarchies of the first version.
    ///
    /// A path that begins with `/..` is outside of what a container sees, and one that ends with ` (deleted)` is gone.
    package static func path(fromMembership text: some Collection<UInt8>) -> String? {
        for line in text.split(separator: UInt8(ascii: "\n")) where line.starts(with: Array("0::/".utf8)) {
            let path = String(decoding: line.dropFirst(3), as: UTF8.self)
            return path == "/.." || path.hasPrefix("/../") || path.hasSuffix(" (deleted)") ? nil : path
        }
        return nil
    }
}
