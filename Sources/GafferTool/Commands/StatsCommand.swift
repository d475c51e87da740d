internal import GafferClient
package import GafferModel

extension Command {
    package static let stats = Command(
        name: "stats",
        group: .look,
        abstract: "Shows how much CPU and memory processes use.",
        discussion: """
            CPU% is of one core since the previous look, MEM% of the machine's memory; RSS
            is the memory in use, VSZ the address space, CPU TIME what was used so far. N/A
            is what the kernel does not tell. CGROUP is the memory of a process, of all that
            it started and of the files cached for it, where gafferd has cgroups for that.
            """,
        operands: [Operand("JOB|PID", .any, .jobOrPid)],
        examples: [
            Example("stats", "all jobs"),
            Example("stats web 12", "a job's processes, and the process with pid 12"),
        ],
        json:
            #"{"jobs": [answers of GET /jobs/SESSION/JOB/stats], "processes": [answers of GET /PID/stats with the member pid]}"#
    ) { invocation in
        let client = try invocation.client()
        let targets: [Target] =
            invocation.operands.isEmpty
            ? [.everything(try client.jobNames())] : try invocation.targets(invocation.operands)
        let jobs = try client.stats(of: targets.flatMap(\.jobs))
        var processes: [JSON] = []
        for case .pid(let pid) in targets {
            let members = try client.stats(of: pid).objectValue ?? []
            processes.append(
                .object([.init("pid", .integer(Int64(pid)))] + members.filter { $0.name != "pid" })
            )
        }
        if invocation.wantsJSON {
            invocation.print(["jobs": .array(jobs), "processes": .array(processes)])
        } else {
            invocation.print(StatsTable.table(jobs: jobs, processes: processes))
        }
        return .ok
    }
}

/// The table of `gafferctl stats`.
package enum StatsTable {
    /// A line for each process; below those of a job with several, one with their sums.
    package static func table(jobs: [JSON], processes: [JSON]) -> Table {
        let isCounted = (jobs + jobs.flatMap { $0["stats"]?.arrayValue ?? [] } + processes)
            .contains { memory(ofCgroup: $0) != nil }
        var columns = [
            Table.Column(title: "JOB"),
            Table.Column(title: "PID", isNumber: true),
            Table.Column(title: "OS PID", isNumber: true),
            Table.Column(title: "CPU%", isNumber: true),
            Table.Column(title: "MEM%", isNumber: true),
            Table.Column(title: "RSS", isNumber: true),
            Table.Column(title: "VSZ", isNumber: true, isOptional: true),
            Table.Column(title: "CPU TIME", isNumber: true, isOptional: true),
        ]
        if isCounted { columns.append(Table.Column(title: "CGROUP", isNumber: true, isOptional: true)) }
        var table = Table(columns)
        func add(_ process: JSON, of name: String) {
            table.add(cells(of: process, name: name) + (isCounted ? [cgroupCell(process)] : []))
        }
        for job in jobs {
            let name = Outline.text(job["name"] ?? .string("-"))
            let list = job["stats"]?.arrayValue ?? []
            for process in list { add(process, of: name) }
            if list.count != 1 {
                table.add(
                    [
                        Table.Cell(name, .heading),
                        Table.Cell("all"),
                        Table.Cell("-"),
                        percent(job["cpu"], .heading),
                        percent(job["mem"], .heading),
                        Table.Cell("-"),
                        Table.Cell("-"),
                        Table.Cell("-"),
                    ] + (isCounted ? [cgroupCell(job)] : [])
                )
            }
        }
        for process in processes { add(process, of: "-") }
        return table
    }

    private static func memory(ofCgroup json: JSON) -> UInt64? {
        json["cgroup"]?["memory_current"]?.intValue.flatMap { UInt64(exactly: $0) }
    }

    private static func cgroupCell(_ json: JSON) -> Table.Cell {
        Table.Cell(memory(ofCgroup: json).map(ByteSize.human) ?? "-")
    }

    private static func cells(of process: JSON, name: String) -> [Table.Cell] {
        [
            Table.Cell(name),
            cell(process["pid"]),
            cell(process["os_pid"]),
            percent(process["cpu"]),
            percent(process["mem"]),
            cell(process["mem_info1"]),
            cell(process["mem_info2"]),
            cell(process["ctime"]),
        ]
    }

    private static func cell(_ value: JSON?) -> Table.Cell {
        Table.Cell(value.map(Outline.text) ?? "-")
    }

    private static func percent(_ value: JSON?, _ style: Style = .plain) -> Table.Cell {
        guard let number = value?.doubleValue, number.isFinite, abs(number) < 1e9 else {
            var plain = cell(value)
            plain.style = style
            return plain
        }
        let tenths = Int((number * 10).rounded())
        return Table.Cell("\(tenths / 10).\(abs(tenths % 10))", style)
    }
}
