extension ProcessStats {
    /// The members of the original (`mem_info1`, `mem_info2`, `cpu`, `mem`, `ctime`) and those of the manual; what could
    /// not be read is `"N/A"`.
    public var json: JSON {
        var members: [JSON.Member] = []
        if let pid { members.append(.init("pid", .integer(Int64(pid)))) }
        members += [
            .init("os_pid", .integer(Int64(osPid))),
            .init("mem_info1", residentBytes.map { .string(ByteSize.human($0)) } ?? "N/A"),
            .init("mem_info2", virtualBytes.map { .string(ByteSize.human($0)) } ?? "N/A"),
            .init("cpu", cpuPercent.map { .double($0.rounded(digits: 1)) } ?? "N/A"),
            .init("mem", memoryPercent.map { .double($0.rounded(digits: 1)) } ?? "N/A"),
            .init("ctime", cpuSeconds.map { .string(Self.cpuTime($0)) } ?? "N/A"),
            .init("username", username.map(JSON.string) ?? "N/A"),
            .init("nice", nice.map { .integer(Int64($0)) } ?? "N/A"),
            .init("cmdline", cmdline.map(JSON.string) ?? "N/A"),
            .init("children", .array(children.map(\.json))),
        ]
        if let cgroup { members.append(.init("cgroup", cgroup.json)) }
        return .object(members)
    }

    /// CPU time as `M:SS.cc`; minutes may be more than 59.
    static func cpuTime(_ seconds: Double) -> String {
        // A hundredth that a sum of fractions only just misses is one; what can't be a time is none.
        let hundredths = Int(exactly: (max(0, seconds) * 100 + 1e-6).rounded(.down)) ?? 0
        func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(hundredths / 6000):\(padded(hundredths / 100 % 60)).\(padded(hundredths % 100))"
    }
}

extension JobStats {
    /// The body of `GET /jobs/<session>/<job>/stats`: sums, largest and smallest values; without processes `"N/A"`.
    public var json: JSON {
        var members: [JSON.Member] = [
            .init("name", .string(name.description)),
            .init("stats", .array(processes.map(\.json))),
        ]
        for (name, values) in [
            ("mem", processes.compactMap(\.memoryPercent)), ("cpu", processes.compactMap(\.cpuPercent)),
        ] {
            func told(_ value: Double?) -> JSON { value.map { .double($0.rounded(digits: 1)) } ?? "N/A" }
            members.append(.init(name, told(values.isEmpty ? nil : values.reduce(0, +))))
            members.append(.init("max_\(name)", told(values.max())))
            members.append(.init("min_\(name)", told(values.min())))
        }
        if let cgroup { members.append(.init("cgroup", cgroup.json)) }
        return .object(members)
    }
}

extension Double {
    func rounded(digits: Int) -> Double {
        var factor = 1.0
        for _ in 0..<digits { factor *= 10 }
        return (self * factor).rounded() / factor
    }
}
