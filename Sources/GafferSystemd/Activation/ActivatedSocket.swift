internal import CSystemd
internal import Glibc

/// A socket that systemd has opened for this service, see sd_listen_fds(3).
package struct ActivatedSocket: Sendable, Hashable {
    /// The descriptor, which is closed on exec; whoever takes it closes it.
    package let descriptor: Int32
    /// What the socket unit calls it (`FileDescriptorName=`), by default the unit's name.
    package let name: String

    package init(descriptor: Int32, name: String) {
        self.descriptor = descriptor
        self.name = name
    }

    /// All that are meant for this process; to be taken once.
    package static func take() -> [ActivatedSocket] {
        var names: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
        let count = sd_listen_fds_with_names(0, &names)
        guard count > 0 else { return [] }
        defer {
            for index in 0..<Int(count) { free(names?[index]) }
            free(names)
        }
        return (0..<Int(count)).map { index in
            let name = names?[index].map { String(cString: $0) } ?? ""
            // SD_LISTEN_FDS_START, which Swift does not see.
            return ActivatedSocket(descriptor: 3 + Int32(index), name: name)
        }
    }
}
