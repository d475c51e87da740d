import Glibc

/// What /proc says of processes.
package enum ProcessTable {
    /// The variable by which everything that descends from a workbench's gafferd is known.
    package static let marker = "GAFFERD_TEST_DIRECTORY"

    /// Whether there is such a process, zombies not counted.
    package static func isAlive(_ osPid: Int) -> Bool {
        guard let state = fields(osPid)?.first else { return false }
        return state != "Z" && state != "X"
    }

    /// The parent's number, where the process exists.
    package static func parent(of osPid: Int) -> Int? {
        fields(osPid).flatMap { $0.count > 1 ? Int($0[1]) : nil }
    }

    /// When it was started, in ticks since boot; tells two processes of the same number apart.
    package static func startTime(of osPid: Int) -> String? {
        fields(osPid).flatMap { $0.count > 19 ? $0[19] : nil }
    }

    /// The direct children that are alive.
    package static func children(of osPid: Int) -> [Int] {
        all().filter { parent(of: $0) == osPid && isAlive($0) }
    }

    /// The most resident memory that it ever had, in bytes.
    package static func peakMemory(of osPid: Int) -> Int? {
        status(osPid, "VmHWM").flatMap { $0.split(separator: " ").first }.flatMap { Int($0) }.map { $0 * 1024 }
    }

    /// A line of /proc/PID/status, without its name.
    package static func status(_ osPid: Int, _ name: String) -> String? {
        readText("/proc/\(osPid)/status").split(separator: "\n").first { $0.hasPrefix("\(name):") }.map { line in
            String(line.dropFirst(name.count + 1).drop { $0 == "\t" || $0 == " " })
        }
    }

    /// The names of its threads.
    package static func threads(of osPid: Int) -> [String] {
        directoryEntries("/proc/\(osPid)/task").filter { Int($0) != nil }.map { thread in
            String(readText("/proc/\(osPid)/task/\(thread)/comm").prefix { $0 != "\n" })
        }
    }

    /// Its environment.
    package static func environment(of osPid: Int) -> [String] {
        readFile("/proc/\(osPid)/environ").split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    }

    /// The processes that belong to `directory`: started with it in their environment, or working in it.
    package static func belonging(to directory: String) -> [Int] {
        all().filter { osPid in
            guard osPid != Int(getpid()), isAlive(osPid) else { return false }
            return workingDirectory(of: osPid)?.hasPrefix(directory) == true
                || environment(of: osPid).contains("\(marker)=\(directory)")
        }
    }

    /// Waits until a process is gone that is no child of the test, so that the kernel does not tell of its end.
    package static func end(of osPid: Int, within limit: Duration = .seconds(60)) async throws {
        let deadline = ContinuousClock.now + limit
        try await onOwnThread {
            while isAlive(osPid) {
                guard ContinuousClock.now < deadline else {
                    throw Failure("\(osPid) \(commandLine(of: osPid)) did not end within \(limit)")
                }
                poll(nil, 0, 5)
            }
        }
    }

    /// What it was started as, for messages.
    package static func commandLine(of osPid: Int) -> String {
        readFile("/proc/\(osPid)/cmdline").split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
            .joined(separator: " ")
    }

    private static func all() -> [Int] { directoryEntries("/proc").compactMap { Int($0) } }

    private static func workingDirectory(of osPid: Int) -> String? {
        linkTarget("/proc/\(osPid)/cwd")
    }

    /// The fields of /proc/PID/stat from the state on; the name before them may hold anything, blanks and brackets too.
    private static func fields(_ osPid: Int) -> [String]? {
        let text = readText("/proc/\(osPid)/stat")
        guard let end = text.lastIndex(of: ")") else { return nil }
        return text[text.index(after: end)...].split(separator: " ").map(String.init)
    }
}
