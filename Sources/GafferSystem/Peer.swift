internal import CGafferSystem
internal import Glibc

/// Who is at the other end of a unix socket, as the kernel noted it when the connection was made.
///
/// A process that drops its rights later keeps the identity with which it connected.
package struct Peer: Sendable, Hashable {
    /// The effective user.
    package var uid: UInt32
    /// The effective group.
    package var gid: UInt32
    /// The kernel's number of the process; 0 where it lives in another pid namespace.
    package var pid: Int32
    /// The supplementary groups.
    package var groups: [UInt32]

    /// Makes a peer.
    package init(uid: UInt32, gid: UInt32, pid: Int32, groups: [UInt32]) {
        self.uid = uid
        self.gid = gid
        self.pid = pid
        self.groups = groups
    }

    /// Asks the kernel; nil where `descriptor` is no connected unix socket.
    ///
    /// Groups that can't be read (before Linux 4.13) are taken for none: the peer gets fewer rights, never more.
    package init?(of descriptor: CInt) {
        var uid: UInt32 = 0
        var gid: UInt32 = 0
        var pid: Int32 = 0
        guard gaffer_peer_credentials(descriptor, &uid, &gid, &pid) == 0 else { return nil }
        // A socket of another family answers with a user that nobody is.
        guard uid != UInt32.max else { return nil }
        self.init(uid: uid, gid: gid, pid: pid, groups: Peer.groups(of: descriptor))
    }

    private static func groups(of descriptor: CInt) -> [UInt32] {
        var capacity = 32
        while true {
            var count: CInt = 0
            let groups = [UInt32](unsafeUninitializedCapacity: capacity) { buffer, initialized in
                count = gaffer_peer_groups(descriptor, buffer.baseAddress, CInt(capacity))
                initialized = count < 0 || Int(count) > capacity ? 0 : Int(count)
            }
            guard Int(count) > capacity else { return groups }
            capacity = Int(count)
        }
    }

    /// Whether it is in that group, by its own or a supplementary one.
    package func isMember(of group: UInt32) -> Bool {
        gid == group || groups.contains(group)
    }
}
