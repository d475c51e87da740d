package import GafferModel

/// What a job or a process uses, now and in the last looks.
package struct TopUsage: Equatable, Sendable {
    /// CPU in percent of one core.
    package var cpu = History()
    /// Memory in bytes.
    package var memory = History()

    package init() {}

    fileprivate mutating func add(cpu newCPU: Double?, memory newMemory: Double?) {
        if let newCPU { cpu.add(newCPU) }
        if let newMemory { memory.add(newMemory) }
    }
}

/// What one job and its processes use.
package struct TopJobUsage: Equatable, Sendable {
    /// All together.
    package private(set) var all = TopUsage()
    /// Each process, by pid.
    package private(set) var processes: [Int: TopUsage] = [:]

    package init() {}

    /// Takes an answer of `GET /jobs/SESSION/JOB/stats`.
    package mutating func take(_ answer: JSON) {
        var cpu = 0.0
        var memory = 0.0
        var alive: [Int: TopUsage] = [:]
        for process in answer["stats"]?.arrayValue ?? [] {
            guard let pid = process["pid"]?.intValue else { continue }
            var usage = processes[pid] ?? TopUsage()
            let ownCPU = process["cpu"]?.doubleValue
            let ownMemory = process["mem_info1"]?.stringValue.flatMap { ByteSize.parse($0) }.map { Double($0) }
            usage.add(cpu: ownCPU, memory: ownMemory)
            cpu += ownCPU ?? 0
            memory += ownMemory ?? 0
            alive[pid] = usage
        }
        processes = alive
        all.add(cpu: cpu, memory: memory)
    }
}
