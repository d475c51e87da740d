internal import Glibc

/// The open `cgroup.events` of a cgroup: it is exceptional for epoll whenever it changed since it was read.
///
/// The kernel tells at most once in some 10 ms.
package final class CgroupEvents: Sendable {
    package let rawValue: Int32

    init(owning rawValue: Int32) {
        self.rawValue = rawValue
    }

    deinit {
        close(rawValue)
    }

    /// What has changed so far is known.
    package func readAgain() {
        var buffer: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        _ = withUnsafeMutableBytes(of: &buffer) { pread(rawValue, $0.baseAddress, $0.count, 0) }
    }
}
