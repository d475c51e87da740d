import Glibc

/// The descriptors that a process has open, by number, with what they are open on.
func openDescriptors(of osPid: Int32 = getpid()) -> [Int32: String] {
    var found: [Int32: String] = [:]
    guard let folder = opendir("/proc/\(osPid)/fd") else { return found }
    let own = osPid == getpid() ? dirfd(folder) : -1
    defer { closedir(folder) }
    while let entry = readdir(folder) {
        let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        guard let number = Int32(name), number != own else { continue }
        found[number] = linkTarget("/proc/\(osPid)/fd/\(name)")
    }
    return found
}

/// A line of /proc/PID/status as a program printed it, without its name.
func statusLine(_ name: String, in status: String) -> String? {
    status.split(separator: "\n").first { $0.hasPrefix("\(name):") }
        .map { $0.dropFirst(name.count + 1).split(whereSeparator: \.isWhitespace).joined(separator: " ") }
}

/// Where a symbolic link leads; empty where it is none.
func linkTarget(_ path: String) -> String {
    var target = [CChar](repeating: 0, count: 4096)
    let count = readlink(path, &target, target.count)
    return String(decoding: target.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
