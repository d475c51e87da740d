internal import CGafferSystem
internal import Glibc

/// What is the same for all processes of this machine.
package enum Machine {
    /// How many clock ticks /proc counts in a second.
    package static let clockTicksPerSecond = UInt64(max(1, sysconf(Int32(_SC_CLK_TCK))))
    /// The size of a page of memory, in bytes.
    package static let pageSize = UInt64(max(1, sysconf(Int32(_SC_PAGESIZE))))
    /// All memory, in bytes.
    package static let memoryBytes = UInt64(max(0, sysconf(Int32(_SC_PHYS_PAGES)))) * pageSize
    /// Names this boot of the machine: os pids and start times are comparable only within one; nil where /proc is not
    /// there.
    package static let bootID: String? = {
        guard let file = fopen("/proc/sys/kernel/random/boot_id", "re") else { return nil }
        defer { fclose(file) }
        var buffer = [UInt8](repeating: 0, count: 64)
        let count = fread(&buffer, 1, buffer.count, file)
        let text = String(decoding: buffer.prefix(count).prefix { $0 > 0x20 }, as: UTF8.self)
        return text.isEmpty ? nil : text
    }()

    /// The time since boot, on the clock of the processes' start times.
    package static var sinceBoot: Duration {
        var now = timespec()
        clock_gettime(CLOCK_BOOTTIME, &now)
        return .seconds(now.tv_sec) + .nanoseconds(now.tv_nsec)
    }

    /// How long ago a process started, by its start time in clock ticks since boot.
    package static func age(ofStart startTime: UInt64) -> Duration {
        sinceBoot - .seconds(Double(startTime) / Double(clockTicksPerSecond))
    }
}
