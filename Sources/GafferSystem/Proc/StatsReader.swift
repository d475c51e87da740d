/// Looks at what processes use, and remembers the previous look, since CPU use is a difference.
///
/// It reads files and may ask for users' names: keep it off the shared threads. One reader serves all that watch: looks
/// that follow each other within ``CPUHistory/shortestInterval`` tell the same CPU use.
package struct StatsReader: ~Copyable {
    /// Deeper trees are made flat from here on.
    package static let maximumDepth = 16

    private let files: ProcessFiles
    private let accounts: any AccountDatabase
    private var names: [UInt32: String] = [:]
    private var history = CPUHistory()

    /// Makes a reader that has not looked yet.
    package init(accounts: any AccountDatabase = SystemAccounts()) throws(SystemError) {
        files = try ProcessFiles()
        self.accounts = accounts
    }

    /// Looks at processes and, where asked, at all below them; those that are gone are left out.
    ///
    /// With children it costs a scan of /proc, however few are asked for.
    package mutating func look(
        at osPids: [Int32],
        withChildren: Bool = true
    ) throws(SystemError) -> [Int32: ProcessUsage] {
        let table = withChildren ? try ProcessTable.snapshot() : nil
        let families = table?.families()
        // After the scan, so that no process is younger than this.
        let now = Machine.sinceBoot
        var result: [Int32: ProcessUsage] = [:]
        result.reserveCapacity(osPids.count)
        for osPid in osPids where result[osPid] == nil {
            guard let entry = table.map({ $0[osPid] }) ?? files.entry(of: osPid) else { continue }
            guard let families else {
                result[osPid] = usage(of: entry, at: now)
                continue
            }
            var seen: Set<Int32> = [osPid]
            result[osPid] = tree(of: entry, at: now, depth: 1, seen: &seen, families: families)
        }
        history.forget(at: now, table: table)
        return result
    }

    /// How many processes are remembered.
    package var rememberedCount: Int { history.count }

    private mutating func tree(
        of entry: ProcessEntry,
        at now: Duration,
        depth: Int,
        seen: inout Set<Int32>,
        families: ProcessTable.Families
    ) -> ProcessUsage {
        var usage = usage(of: entry, at: now)
        if depth < StatsReader.maximumDepth {
            for child in families.children(of: entry.osPid) where seen.insert(child.osPid).inserted {
                usage.children.append(tree(of: child, at: now, depth: depth + 1, seen: &seen, families: families))
            }
        } else {
            for below in families.descendants(of: entry.osPid) where seen.insert(below.osPid).inserted {
                usage.children.append(self.usage(of: below, at: now))
            }
        }
        return usage
    }

    private mutating func usage(of entry: ProcessEntry, at now: Duration) -> ProcessUsage {
        let residentBytes = entry.residentPages &* Machine.pageSize
        let commandLine = files.commandLine(of: entry.osPid)
        return ProcessUsage(
            osPid: entry.osPid,
            startTime: entry.startTime,
            residentBytes: residentBytes,
            virtualBytes: entry.virtualBytes,
            cpuPercent: history.percent(of: entry, at: now),
            memoryPercent: Machine.memoryBytes == 0
                ? 0 : Double(residentBytes) * 100 / Double(Machine.memoryBytes),
            cpuSeconds: Double(entry.cpuTicks) / Double(Machine.clockTicksPerSecond),
            username: files.owner(of: entry.osPid).map { name(of: $0) },
            nice: Int(entry.nice),
            // Empty for a zombie and for one that has wiped it.
            commandLine: commandLine == "" ? "[\(entry.command)]" : commandLine,
            children: []
        )
    }

    private mutating func name(of uid: UInt32) -> String {
        if let name = names[uid] { return name }
        let user = try? accounts.user(number: uid)
        let name = user?.name ?? String(uid)
        names[uid] = name
        return name
    }
}
