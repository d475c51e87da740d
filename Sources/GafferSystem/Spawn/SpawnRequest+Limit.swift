internal import CGafferSystem
internal import Glibc

extension SpawnRequest {
    /// A limit of setrlimit(2).
    package struct Limit: Sendable, Hashable {
        /// Stands for no limit.
        package static let unlimited = UInt64.max

        /// The kernel's number of the resource.
        package var resource: Int32
        package var soft: UInt64
        package var hard: UInt64

        package init(resource: Int32, soft: UInt64, hard: UInt64) {
            self.resource = resource
            self.soft = soft
            self.hard = hard
        }

        /// The names without `RLIMIT_`, by number; the same on x86-64 and aarch64.
        private static let names = [
            "CPU", "FSIZE", "DATA", "STACK", "CORE", "RSS", "NPROC", "NOFILE", "MEMLOCK", "AS", "LOCKS", "SIGPENDING",
            "MSGQUEUE", "NICE", "RTPRIO", "RTTIME",
        ]

        /// Open descriptors.
        package static let openFiles: Int32 = 7

        /// The number of `nofile`, `NOFILE` or `RLIMIT_NOFILE`; nil where there is no such resource.
        package static func resource(named name: String) -> Int32? {
            var name = name.uppercased()
            if name.hasPrefix("RLIMIT_") { name.removeFirst(7) }
            return names.firstIndex(of: name).map(Int32.init)
        }

        /// As `NOFILE`.
        package var name: String {
            let index = Int(resource)
            return Limit.names.indices.contains(index) ? Limit.names[index] : "\(resource)"
        }

        /// What this process has.
        package static func current(_ resource: Int32) throws(SystemError) -> Limit {
            var limit = gaffer_limit(resource: resource, soft: 0, hard: 0)
            try SystemError.check("getrlimit", on: "\(resource)") { gaffer_get_limit(&limit) }
            return Limit(resource: resource, soft: limit.soft, hard: limit.hard)
        }

        /// Sets it for this process.
        package func apply() throws(SystemError) {
            var limit = gaffer_limit(resource: resource, soft: soft, hard: hard)
            try SystemError.check("setrlimit", on: name) { gaffer_set_limit(&limit) }
        }
    }
}
