import Testing

@testable import GafferSystem

@Suite("What the kernel tells of cgroups")
struct CgroupParsingTests {
    @Test(
        "The path of a process is that of the second version's hierarchy",
        arguments: [
            ("0::/system.slice/x.service\n", "/system.slice/x.service"), ("0::/\n", "/"),
            ("9:name=systemd:/a\n4:memory:/b\n0::/c d\n", "/c d"), ("9:name=systemd:/a\n", nil), ("", nil),
            ("0::/../outside\n", nil), ("0::/..\n", nil), ("0::/gone (deleted)\n", nil), ("10::/x\n", nil),
        ] as [(String, String?)]
    )
    func membership(text: String, path: String?) {
        #expect(CgroupTree.path(fromMembership: Array(text.utf8)) == path)
    }

    @Test("A path and its folder are told from each other")
    func paths() {
        let tree = CgroupTree(mountPoint: "/sys/fs/cgroup")
        for path in ["/", "/a", "/a/b"] { #expect(tree.path(of: tree.directory(path)) == path) }
        #expect(tree.directory("/").path == "/sys/fs/cgroup")
    }

    @Test(
        "Controllers that gaffer does not use are passed over",
        arguments: [
            ("cpuset cpu io memory hugetlb pids rdma misc\n", [.cpu, .io, .memory, .pids]), ("\n", []), ("", []),
            ("cpu", [.cpu]),
        ] as [(String, Set<CgroupController>)]
    )
    func controllers(text: String, controllers: Set<CgroupController>) {
        #expect(CgroupController.list(Array(text.utf8)) == controllers)
    }

    @Test("Os pids are numbers of this namespace, one a line")
    func numbers() {
        #expect(CgroupDirectory.numbers(Array("1\n23\n0\n\nx\n4".utf8)) == [1, 23, 4])
    }

    @Test(
        "Each limit stands in its file",
        arguments: [
            (.memoryMax(5), .memory, "memory.max", "5"), (.memoryHigh(6), .memory, "memory.high", "6"),
            (.cpuMax(quota: 50_000, period: 100_000), .cpu, "cpu.max", "50000 100000"),
            (.cpuWeight(7), .cpu, "cpu.weight", "7"), (.tasksMax(8), .pids, "pids.max", "8"),
        ] as [(CgroupLimit, CgroupController, String, String)]
    )
    func limits(limit: CgroupLimit, controller: CgroupController, file: String, text: String) {
        #expect(limit.controller == controller)
        #expect(limit.file == file)
        #expect(limit.text == text)
        #expect(CgroupLimit.changes(from: [], to: [limit]) == [.init(file: file, text: text, limit: limit)])
        #expect(CgroupLimit.changes(from: [limit], to: [limit]) == [])
        let standard = file == "cpu.weight" ? "100" : "max"
        #expect(CgroupLimit.changes(from: [limit], to: []) == [.init(file: file, text: standard, limit: nil)])
    }

    @Test("Of changed limits only what differs is written, lifted ones first")
    func changes() {
        let old: [CgroupLimit] = [.memoryMax(1), .tasksMax(2), .cpuWeight(3)]
        let new: [CgroupLimit] = [.memoryMax(9), .cpuWeight(3), .memoryHigh(4)]
        #expect(
            CgroupLimit.changes(from: old, to: new) == [
                .init(file: "pids.max", text: "max", limit: nil),
                .init(file: "memory.max", text: "9", limit: .memoryMax(9)),
                .init(file: "memory.high", text: "4", limit: .memoryHigh(4)),
            ]
        )
    }

    @Test("What is counted is read from its files, and what is missing is not known")
    func counts() {
        let files = [
            "memory.current": "4096\n", "memory.peak": "8192\n", "pids.current": "3\n",
            "memory.events": "low 0\nhigh 1\nmax 2\noom 3\noom_kill 4\noom_group_kill 5\n",
            "cpu.stat": "usage_usec 1500000\nuser_usec 1\nsystem_usec 2\nnr_throttled 3\nthrottled_usec 250000\n",
        ]
        func counts(_ names: some Collection<String>) -> CgroupCounts {
            CgroupCounts { name in names.contains(name) ? files[name].map { Array($0.utf8) } : nil }
        }
        var expected = CgroupCounts()
        #expect(counts([]) == expected)
        expected.cpuUsage = 1_500_000
        expected.cpuThrottled = 250_000
        #expect(counts(["cpu.stat"]) == expected)
        expected.memoryCurrent = 4096
        expected.memoryPeak = 8192
        expected.tasks = 3
        expected.oomKills = 4
        #expect(counts(files.keys) == expected)
    }

    @Test(
        "A count is what stands behind its whole name",
        arguments: [
            ("oom", "oom_kill 1\noom 2\n", 2), ("oom", "oom_kill 1\n", nil), ("oom", "oom x\n", nil),
            ("oom", "oom 18446744073709551615", .max), ("oom", "", nil),
        ] as [(String, String, UInt64?)]
    )
    func number(name: String, text: String, number: UInt64?) {
        #expect(CgroupCounts.number(name, in: Array(text.utf8)) == number)
    }
}
