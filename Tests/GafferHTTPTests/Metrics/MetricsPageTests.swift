import Gaffer
import GafferModel
import GafferTestKit
import Glibc
import Testing
import WebServer

@testable import GafferHTTP

@Suite("The page of metrics")
struct MetricsPageTests {
    private func job(_ name: String, _ state: JobInfo.State, _ instances: [JobInfo.Instance]) throws -> JobInfo {
        JobInfo(
            name: try JobName(parsing: name),
            state: state,
            wanted: 2,
            instances: instances,
            config: JobConfig(cmd: "x"),
            restarts: 4,
            lastExit: nil,
            lastError: nil,
            retryIn: nil
        )
    }

    private func instance(_ pid: Int, _ number: Int, _ state: ProcessInfo.State = .running) -> JobInfo.Instance {
        JobInfo.Instance(pid: pid, osPid: Int32(pid), instance: number, state: state, isCommit: false, createTime: 1)
    }

    private func stats(_ pid: Int?, _ seconds: Double) -> ProcessStats {
        ProcessStats(pid: pid, osPid: 9, residentBytes: 4096, virtualBytes: 8192, cpuSeconds: seconds)
    }

    private func parsed(_ snapshot: MetricsSnapshot) throws -> MetricsParser {
        try MetricsParser(MetricsText.render(snapshot.families))
    }

    @Test("Of nothing there is little to tell, and that is well formed")
    func tellsNothing() throws {
        let parsed = try parsed(MetricsSnapshot())
        #expect(parsed.value("gaffer_build_info", ["version": GafferVersion.current]) == 1)
        #expect(parsed.samples("gaffer_jobs").count == JobInfo.State.allCases.count)
        #expect(parsed.samples("gaffer_job_instances").isEmpty)
    }

    @Test("Jobs are told of by session and name")
    func tellsJobs() throws {
        var snapshot = MetricsSnapshot()
        snapshot.jobs = [
            try job("shop.web", .running, [instance(1, 1), instance(2, 2, .stopping)]), try job("once", .flapping, []),
            try job("gone", .failed, []),
        ]
        for (job, status) in [
            ("shop.web", GafferModel.ExitStatus.code(1)), ("shop.web", .signal(.kill)), ("unloaded", .code(0)),
        ] {
            let kind = Event.Kind.exit(pid: 1, osPid: 1, status: status, isCommit: false)
            let event = Event(sequence: 1, time: 1, job: try JobName(parsing: job), kind: kind)
            snapshot.counts.events.note(event) { _ in true }
        }
        let parsed = try parsed(snapshot)
        let web = ["session": "shop", "job": "web"]
        let once = ["session": "default", "job": "once"]
        #expect(parsed.value("gaffer_jobs", ["state": "running"]) == 1)
        #expect(parsed.value("gaffer_jobs", ["state": "stopped"]) == 0)
        #expect(parsed.value("gaffer_job_instances", web.with("state", "running")) == 1)
        #expect(parsed.value("gaffer_job_instances", web.with("state", "stopping")) == 1)
        #expect(parsed.value("gaffer_job_instances", web.with("state", "starting")) == 0)
        #expect(parsed.value("gaffer_job_desired_instances", web) == 2)
        #expect(parsed.value("gaffer_job_restarts_total", web) == 4)
        #expect(parsed.value("gaffer_job_flapping", web) == 0)
        #expect(parsed.value("gaffer_job_flapping", once) == 1)
        #expect(parsed.value("gaffer_job_flapping", ["session": "default", "job": "gone"]) == 1)
        #expect(parsed.value("gaffer_job_exits_total", web.with("code", "1").with("signal", "")) == 1)
        #expect(parsed.value("gaffer_job_exits_total", web.with("code", "").with("signal", "SIGKILL")) == 1)
        // One that is not loaded has no series.
        #expect(parsed.samples("gaffer_job_exits_total").count == 2)
    }

    @Test("Of two processes of one instance the younger is told of, and no series has a number of a process")
    func tellsProcesses() throws {
        var snapshot = MetricsSnapshot()
        snapshot.jobs = [try job("shop.web", .running, [instance(7, 1, .stopping), instance(9, 1), instance(8, 2)])]
        snapshot.stats = [stats(7, 70), stats(9, 90), stats(8, 80), stats(nil, 1), stats(99, 1)]
        let parsed = try parsed(snapshot)
        let first = ["session": "shop", "job": "web", "instance": "1"]
        #expect(parsed.value("gaffer_process_cpu_seconds_total", first) == 90)
        #expect(parsed.value("gaffer_process_resident_memory_bytes", first) == 4096)
        #expect(parsed.value("gaffer_process_virtual_memory_bytes", first.with("instance", "2")) == 8192)
        #expect(parsed.samples("gaffer_process_cpu_seconds_total").count == 2)
        for family in parsed.families {
            for sample in family.samples { #expect(!sample.labels.keys.contains { $0.contains("pid") }) }
        }
        // While the younger one is not there yet, the other still counts.
        snapshot.stats.removeAll { $0.pid == 9 }
        #expect(try self.parsed(snapshot).value("gaffer_process_cpu_seconds_total", first) == 70)
    }

    @Test("Durations, bytes and descriptors are told of jobs that are loaded")
    func tellsTheRest() throws {
        var snapshot = MetricsSnapshot()
        snapshot.jobs = [try job("shop.web", .running, [instance(7, 1)])]
        snapshot.stats = [stats(7, 70)]
        snapshot.descriptors = [9: 12, 10: 3]
        let (shop, gone) = (try JobName(parsing: "shop.web"), try JobName(parsing: "shop.gone"))
        snapshot.outputBytes = [shop: ["stdout": 5, "err": 7], gone: ["stdout": 1]]
        for name in [shop, gone] {
            for kind in [
                Event.Kind.stopProcess(pid: 1, osPid: 1), .exit(pid: 1, osPid: 1, status: .code(0), isCommit: false),
            ] {
                snapshot.counts.events.note(Event(sequence: 1, time: 1, job: name, kind: kind)) { _ in true }
            }
        }
        let parsed = try parsed(snapshot)
        let web = ["session": "shop", "job": "web"]
        #expect(parsed.value("gaffer_log_bytes_total", web.with("stream", "stdout")) == 5)
        #expect(parsed.value("gaffer_log_bytes_total", web.with("stream", "err")) == 7)
        #expect(parsed.samples("gaffer_log_bytes_total").count == 2)
        #expect(parsed.value("gaffer_process_open_fds", web.with("instance", "1")) == 12)
        #expect(parsed.value("gaffer_job_stop_duration_seconds_count", web) == 1)
        #expect(parsed.value("gaffer_job_stop_duration_seconds_bucket", web.with("le", "0.01")) == 1)
        #expect(parsed.samples("gaffer_job_start_duration_seconds_count").isEmpty)
    }

    @Test("What a cgroup can't count is left out")
    func tellsCgroups() throws {
        var snapshot = MetricsSnapshot()
        snapshot.jobs = [try job("shop.web", .running, []), try job("once", .idle, [])]
        var usage = CgroupUsage()
        usage.memoryCurrent = 1 << 20
        usage.cpuUsage = 1.5
        usage.oomKills = 2
        snapshot.cgroups = [try JobName(parsing: "shop.web"): usage]
        let parsed = try parsed(snapshot)
        let web = ["session": "shop", "job": "web"]
        #expect(parsed.value("gaffer_cgroup_memory_current_bytes", web) == 1_048_576)
        #expect(parsed.value("gaffer_cgroup_cpu_seconds_total", web) == 1.5)
        #expect(parsed.value("gaffer_cgroup_oom_kills_total", web) == 2)
        #expect(parsed.samples("gaffer_cgroup_memory_current_bytes").count == 1)
        #expect(parsed.samples("gaffer_cgroup_tasks").isEmpty)
    }

    @Test("A scrape looks at everything now, and counters only grow from one to the next")
    func scrapes() async throws {
        let supervisor = FakeSupervisor()
        let web = try JobName(session: "shop", job: "web")
        var config = JobConfig(cmd: "sleep 1")
        config.numprocesses = 1
        supervisor.add(web, config)
        let feeds = FakeFeeds()
        let registry = MetricsRegistry()
        let page = MetricsPage(supervisor: supervisor, feeds: feeds, registry: registry)
        let looks = Task {
            while !Task.isCancelled {
                feeds.push([stats(1, 12.5)], to: .everything)
                await Task.yield()
            }
        }
        defer { looks.cancel() }
        var earlier: [String: Double] = [:]
        for round in 1...3 {
            registry.counted(.ping, method: "GET", status: 200, seconds: 0.002)
            registry.subscribed(.events)
            let answer = await page.response()
            #expect(answer.contentType == .metrics)
            let parsed = try MetricsParser(answer.body)
            let labels = ["route": "/ping", "method": "GET", "status": "200"]
            #expect(parsed.value("gaffer_http_requests_total", labels) == Double(round))
            #expect(parsed.value("gaffer_http_request_duration_seconds_count", ["route": "/ping"]) == Double(round))
            #expect(parsed.value("gaffer_stream_subscribers", ["kind": "events"]) == Double(round))
            let instance = ["session": "shop", "job": "web", "instance": "1"]
            #expect(parsed.value("gaffer_process_cpu_seconds_total", instance) == 12.5)
            for family in parsed.families where family.type == "counter" {
                for sample in family.samples {
                    let key = "\(sample.name)\(sample.labels.sorted { $0.key < $1.key })"
                    #expect(sample.value >= earlier[key] ?? 0, "\(key)")
                    earlier[key] = sample.value
                }
            }
        }
        #expect(feeds.intervals(of: .everything) == [])
    }

    @Test("gafferd itself has the numbers that every program has")
    func tellsItself() async throws {
        let (usage, descriptors) = await DaemonUsage.look(descriptorsOf: [getpid(), -1])
        #expect(descriptors.keys.sorted() == [getpid()])
        let parsed = try MetricsParser(MetricsText.render(usage.families))
        let names = [
            "process_cpu_seconds_total", "process_resident_memory_bytes", "process_virtual_memory_bytes",
            "process_start_time_seconds", "process_open_fds", "process_threads",
        ]
        for name in names { #expect(parsed.value(name) ?? 0 > 0, "\(name)") }
        // A look later it has not started at another time.
        #expect(await DaemonUsage.look(descriptorsOf: []).0.startTime == usage.startTime)
    }
}

extension [String: String] {
    fileprivate func with(_ name: String, _ value: String) -> [String: String] {
        merging([name: value]) { $1 }
    }
}
