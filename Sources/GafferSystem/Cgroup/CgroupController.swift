/// What the kernel can count and limit for a cgroup.
package enum CgroupController: String, Sendable, Hashable, CaseIterable {
    case cpu, io, memory, pids

    /// Reads `cgroup.controllers`.
    package static func list(_ text: [UInt8]) -> Set<CgroupController> {
        Set(
            text.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") }
                .compactMap { CgroupController(rawValue: String(decoding: $0, as: UTF8.self)) }
        )
    }
}

/// A limit of a job: which file holds it, and how it is written there.
package enum CgroupLimit: Sendable, Hashable {
    /// In bytes.
    case memoryMax(UInt64)
    /// In bytes.
    case memoryHigh(UInt64)
    /// The CPU time within a period, in microseconds.
    case cpuMax(quota: Int, period: Int)
    case cpuWeight(Int)
    case tasksMax(Int)

    package var controller: CgroupController {
        switch self {
        case .memoryMax, .memoryHigh: .memory
        case .cpuMax, .cpuWeight: .cpu
        case .tasksMax: .pids
        }
    }

    package var file: String {
        switch self {
        case .memoryMax: "memory.max"
        case .memoryHigh: "memory.high"
        case .cpuMax: "cpu.max"
        case .cpuWeight: "cpu.weight"
        case .tasksMax: "pids.max"
        }
    }

    package var text: String {
        switch self {
        case .memoryMax(let bytes), .memoryHigh(let bytes): String(bytes)
        case .cpuMax(let quota, let period): "\(quota) \(period)"
        case .cpuWeight(let weight): String(weight)
        case .tasksMax(let count): String(count)
        }
    }

    /// What stands in a file without a limit.
    static func textOfNone(in file: String) -> String {
        file == "cpu.weight" ? "100" : "max"
    }

    /// What is to be written to one file; without a limit, that there is none.
    package struct Change: Sendable, Hashable {
        package var file: String
        package var text: String
        package var limit: CgroupLimit?
    }

    /// What has to be written, file by file, so that these limits take the place of others.
    package static func changes(from old: [CgroupLimit], to new: [CgroupLimit]) -> [Change] {
        let lifted = Set(old.map(\.file)).subtracting(new.map(\.file)).sorted()
        return lifted.map { Change(file: $0, text: textOfNone(in: $0), limit: nil) }
            + new.filter { !old.contains($0) }.map { Change(file: $0.file, text: $0.text, limit: $0) }
    }
}
