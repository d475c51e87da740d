import Testing

@testable import GafferModel

@Suite("Statistics as JSON")
struct StatsJSONTests {
    private static let worker = ProcessStats(
        pid: 4,
        osPid: 4711,
        residentBytes: 5 << 20,
        virtualBytes: 512,
        cpuPercent: 12.34,
        memoryPercent: 0.06,
        cpuSeconds: 75.29,
        username: "www-data",
        nice: -5,
        cmdline: "prog -v",
        children: [ProcessStats(pid: nil, osPid: 4712, residentBytes: 3 << 10)]
    )

    @Test("A process is told with all members of the manual; what is not known is N/A")
    func process() {
        #expect(
            Self.worker.json.text
                == #"{"pid":4,"os_pid":4711,"mem_info1":"5M","mem_info2":"512B","cpu":12.3,"mem":0.1,"ctime":"1:15.29","#
                + #""username":"www-data","nice":-5,"cmdline":"prog -v","children":[{"os_pid":4712,"mem_info1":"3K","#
                + #""mem_info2":"N/A","cpu":"N/A","mem":"N/A","ctime":"N/A","username":"N/A","nice":"N/A","cmdline":"N/A","#
                + #""children":[]}]}"#
        )
    }

    @Test(
        "CPU time is minutes, seconds and hundredths",
        arguments: [
            (0, "0:00.00"), (0.01, "0:00.01"), (0.29, "0:00.29"), (0.57, "0:00.57"), (1.1, "0:01.10"),
            (59.99, "0:59.99"), (60, "1:00.00"),
            (3599.5, "59:59.50"), (3600, "60:00.00"), (360_000, "6000:00.00"), (-1, "0:00.00"), (.nan, "0:00.00"),
            (.infinity, "0:00.00"),
        ] as [(Double, String)]
    )
    func cpuTime(seconds: Double, text: String) {
        #expect(ProcessStats.cpuTime(seconds) == text)
    }

    @Test("No tick of a hundredth of a second is lost")
    func ticks() {
        for tick in 0..<6000 {
            let (seconds, hundredths) = (tick / 100, tick % 100)
            let text = "0:\(seconds < 10 ? "0" : "")\(seconds).\(hundredths < 10 ? "0" : "")\(hundredths)"
            #expect(ProcessStats.cpuTime(Double(tick) / 100) == text)
        }
    }

    @Test("A job is told with sums, largest and smallest values")
    func job() throws {
        var second = Self.worker
        second.children = []
        second.cpuPercent = 0.04
        second.memoryPercent = nil
        let stats = JobStats(name: try JobName(parsing: "shop.web"), processes: [Self.worker, second])
        let json = stats.json
        #expect(
            json.objectValue?.map(\.name) == [
                "name", "stats", "mem", "max_mem", "min_mem", "cpu", "max_cpu", "min_cpu",
            ]
        )
        #expect(json["name"] == "shop.web")
        #expect(json["stats"] == [Self.worker.json, second.json])
        #expect(json["mem"] == 0.1)
        #expect(json["max_mem"] == 0.1)
        #expect(json["min_mem"] == 0.1)
        #expect(json["cpu"] == 12.4)
        #expect(json["max_cpu"] == 12.3)
        #expect(json["min_cpu"] == 0.0)
    }

    @Test("A cgroup is told as far as it is known")
    func cgroup() throws {
        var usage = CgroupUsage()
        #expect(usage.json.text == "{}")
        usage.cpuUsage = 1.25
        usage.oomKills = 0
        #expect(usage.json.text == #"{"cpu_usage":1.25,"oom_kills":0}"#)
        usage.memoryCurrent = 10
        usage.memoryPeak = 20
        usage.cpuThrottled = 0.5
        usage.tasks = 3
        #expect(
            usage.json.text
                == #"{"memory_current":10,"memory_peak":20,"cpu_usage":1.25,"cpu_throttled":0.5,"tasks":3,"oom_kills":0}"#
        )
        var process = ProcessStats(pid: 1, osPid: 2)
        #expect(process.json["cgroup"] == nil)
        process.cgroup = usage
        #expect(process.json["cgroup"] == usage.json)
        let name = try JobName(parsing: "web")
        #expect(JobStats(name: name, processes: [], cgroup: usage).json["cgroup"] == usage.json)
    }

    @Test("Without processes all six are N/A")
    func emptyJob() throws {
        #expect(
            JobStats(name: try JobName(parsing: "web"), processes: []).json.text
                == #"{"name":"default.web","stats":[],"mem":"N/A","max_mem":"N/A","min_mem":"N/A","cpu":"N/A","max_cpu":"N/A","min_cpu":"N/A"}"#
        )
    }
}
