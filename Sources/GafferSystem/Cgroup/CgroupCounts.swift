/// What the kernel counts for a cgroup; nil is what a controller that is not there would count.
package struct CgroupCounts: Sendable, Hashable {
    /// In bytes.
    package var memoryCurrent: UInt64?
    /// In bytes; since Linux 5.19.
    package var memoryPeak: UInt64?
    /// In microseconds.
    package var cpuUsage: UInt64?
    /// In microseconds; told by the cpu controller only.
    package var cpuThrottled: UInt64?
    package var tasks: UInt64?
    /// How many processes were killed since memory ran out.
    package var oomKills: UInt64?

    package init() {}

    /// Makes counts of the content of the files; nil where a file is not there.
    package init(files: (String) -> [UInt8]?) {
        memoryCurrent = files("memory.current").flatMap(Self.number)
        memoryPeak = files("memory.peak").flatMap(Self.number)
        tasks = files("pids.current").flatMap(Self.number)
        if let events = files("memory.events") { oomKills = Self.number("oom_kill", in: events) }
        if let cpu = files("cpu.stat") {
            cpuUsage = Self.number("usage_usec", in: cpu)
            cpuThrottled = Self.number("throttled_usec", in: cpu)
        }
    }

    /// The one number of a file; nil where it is none, as `max`.
    package static func number(_ text: [UInt8]) -> UInt64? {
        number(text[...])
    }

    /// The number behind a word, of a file with one such pair a line.
    package static func number(_ name: String, in text: [UInt8]) -> UInt64? {
        let name = Array(name.utf8)
        for line in text.split(separator: UInt8(ascii: "\n")) where line.starts(with: name) {
            let rest = line.dropFirst(name.count)
            if rest.first == UInt8(ascii: " ") { return number(rest.dropFirst()) }
        }
        return nil
    }

    private static func number(_ text: ArraySlice<UInt8>) -> UInt64? {
        UInt64(String(decoding: text.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self))
    }
}

extension CgroupDirectory {
    /// What is counted for it, by six looks; nothing where it is gone.
    package func counts() -> CgroupCounts {
        CgroupCounts { try? read($0) }
    }

    /// How many processes in it were killed since memory had run out; nil where nobody counts.
    package func oomKills() -> UInt64? {
        (try? read("memory.events")).flatMap { CgroupCounts.number("oom_kill", in: $0) }
    }
}
