internal import Gaffer
internal import GafferModel

/// All that `GET /metrics` tells, at one moment.
struct MetricsSnapshot: Sendable {
    /// What is known of a process and of what it uses.
    struct Process: Sendable {
        var job: JobName
        var instance: Int
        var stats: ProcessStats
    }

    /// The jobs that are loaded.
    var jobs: [JobInfo] = []
    /// What processes use.
    var stats: [ProcessStats] = []
    /// What the cgroups of jobs count, of those that have one.
    var cgroups: [JobName: CgroupUsage] = [:]
    /// How many bytes the processes of jobs have written, by the labels of their streams.
    var outputBytes: [JobName: [String: UInt64]] = [:]
    /// How many descriptors processes have, by the kernel's numbers of them; those that can't be looked at are left out.
    var descriptors: [Int32: Int] = [:]
    /// What was counted.
    var counts = MetricsCounts()
    /// What gafferd itself uses; nil is what can't be read.
    var daemon: DaemonUsage?

    /// What is told of processes: one a job and instance, since a number of a process in a label would make a new series
    /// of each.
    ///
    /// While a process is replaced there are two of one instance; the younger one is told of.
    var processes: [Process] {
        let found = Dictionary(stats.compactMap { stats in stats.pid.map { ($0, stats) } }) { first, _ in first }
        return jobs.flatMap { job in
            Dictionary(grouping: job.instances, by: \.instance).sorted { $0.key < $1.key }.compactMap { number, same in
                let youngest = same.filter { found[$0.pid] != nil }.max { $0.pid < $1.pid }
                guard let youngest, let stats = found[youngest.pid] else { return nil }
                return Process(job: job.name, instance: number, stats: stats)
            }
        }
    }
}

extension MetricsSnapshot {
    /// The numbers, under the names that they have for Prometheus.
    var families: [MetricFamily] {
        [build] + jobFamilies + processFamilies + cgroupFamilies + countFamilies + requestFamilies
            + (daemon?.families ?? [])
    }

    private var build: MetricFamily {
        var family = MetricFamily("gaffer_build_info", .gauge, "Which gafferd this is; always 1.")
        family.add(1.0, .init("version", GafferVersion.current))
        return family
    }

    private var jobFamilies: [MetricFamily] {
        var states = MetricFamily("gaffer_jobs", .gauge, "How many jobs are in each state.")
        for state in JobInfo.State.allCases {
            states.add(jobs.count { $0.state == state }, .init("state", state.rawValue))
        }
        var instances = MetricFamily("gaffer_job_instances", .gauge, "How many processes a job has, by their state.")
        var desired = MetricFamily("gaffer_job_desired_instances", .gauge, "How many processes a job is to have.")
        var restarts = MetricFamily(
            "gaffer_job_restarts_total",
            .counter,
            "How often a process of a job was started again since the job was loaded."
        )
        var flapping = MetricFamily(
            "gaffer_job_flapping",
            .gauge,
            "Whether a job's processes died too often, so that it waits or was given up."
        )
        for job in jobs {
            for state in [ProcessInfo.State.starting, .running, .stopping] {
                let labels = job.name.labels
                instances.add(
                    job.instances.count { $0.state == state },
                    labels.session,
                    labels.job,
                    .init("state", state.rawValue)
                )
            }
            let labels = job.name.labels
            desired.add(job.wanted, labels.session, labels.job)
            restarts.add(job.restarts, labels.session, labels.job)
            let isFlapping = job.state == .flapping || job.state == .failed
            flapping.add(isFlapping ? 1.0 : 0.0, labels.session, labels.job)
        }
        return [states, instances, desired, restarts, flapping, exits, output]
            + [
                durations("start", "From a job's start or restart to its first process.", counts.events.starts),
                durations("stop", "From when a process was told to leave to its end.", counts.events.stops),
            ]
    }

    private func durations(_ what: String, _ help: String, _ found: [JobName: DurationCounts]) -> MetricFamily {
        var family = MetricFamily("gaffer_job_\(what)_duration_seconds", .histogram, help)
        for job in jobs {
            guard let durations = found[job.name] else { continue }
            let labels = job.name.labels
            family.add(
                cumulated: durations.cumulated,
                bounds: DurationCounts.bounds,
                sum: durations.sum,
                labels.session,
                labels.job
            )
        }
        return family
    }

    private var output: MetricFamily {
        var family = MetricFamily(
            "gaffer_log_bytes_total",
            .counter,
            "How many bytes the processes of a job have written, by stream."
        )
        for job in jobs {
            for (stream, bytes) in (outputBytes[job.name] ?? [:]).sorted(by: { $0.key < $1.key }) {
                let labels = job.name.labels
                family.add(bytes, labels.session, labels.job, .init("stream", stream))
            }
        }
        return family
    }

    private var exits: MetricFamily {
        var family = MetricFamily(
            "gaffer_job_exits_total",
            .counter,
            "How the processes of a job ended, by exit code or by signal."
        )
        // Those that ended while the job was unloaded are of nobody.
        for job in jobs {
            for (ending, count) in (counts.events.exits[job.name] ?? [:]).sorted(by: { $0.key < $1.key }) {
                let labels = job.name.labels
                family.add(
                    count,
                    labels.session,
                    labels.job,
                    .init("code", ending.code),
                    .init("signal", ending.signal)
                )
            }
        }
        return family
    }

    private var processFamilies: [MetricFamily] {
        var cpu = MetricFamily(
            "gaffer_process_cpu_seconds_total",
            .counter,
            "CPU time of a job's process, without that of the processes that it started."
        )
        var resident = MetricFamily("gaffer_process_resident_memory_bytes", .gauge, "Memory of a job's process.")
        var virtual = MetricFamily(
            "gaffer_process_virtual_memory_bytes",
            .gauge,
            "Address space of a job's process."
        )
        var files = MetricFamily(
            "gaffer_process_open_fds",
            .gauge,
            "How many descriptors a job's process has; of other users' processes root alone may know."
        )
        for process in processes {
            let labels = process.job.labels
            let instance = MetricFamily.Label("instance", String(process.instance))
            if let value = process.stats.cpuSeconds { cpu.add(value, labels.session, labels.job, instance) }
            if let value = process.stats.residentBytes { resident.add(value, labels.session, labels.job, instance) }
            if let value = process.stats.virtualBytes { virtual.add(value, labels.session, labels.job, instance) }
            if let value = descriptors[process.stats.osPid] { files.add(value, labels.session, labels.job, instance) }
        }
        return [cpu, resident, virtual, files]
    }

    private var cgroupFamilies: [MetricFamily] {
        func family(
            _ name: String,
            _ kind: MetricFamily.Kind,
            _ help: String,
            _ value: (CgroupUsage) -> Double?
        ) -> MetricFamily {
            var family = MetricFamily("gaffer_cgroup_\(name)", kind, help)
            for job in jobs {
                guard let value = cgroups[job.name].flatMap(value) else { continue }
                let labels = job.name.labels
                family.add(value, labels.session, labels.job)
            }
            return family
        }
        return [
            family("memory_current_bytes", .gauge, "Memory of a job's cgroup, cached files included.") {
                $0.memoryCurrent.map { Double($0) }
            },
            family("memory_peak_bytes", .gauge, "The most memory that a job's cgroup had.") {
                $0.memoryPeak.map { Double($0) }
            },
            family("cpu_seconds_total", .counter, "CPU time of a job's cgroup, ended processes included.", \.cpuUsage),
            family(
                "cpu_throttled_seconds_total",
                .counter,
                "How long the processes of a job's cgroup were held up by cpu_max.",
                \.cpuThrottled
            ),
            family("tasks", .gauge, "How many processes and threads are in a job's cgroup.") {
                $0.tasks.map { Double($0) }
            },
            family("oom_kills_total", .counter, "How many processes of a job's cgroup were killed for want of memory.")
            {
                $0.oomKills.map { Double($0) }
            },
        ]
    }

    private var countFamilies: [MetricFamily] {
        var events = MetricFamily("gaffer_events_total", .counter, "How many events there were, by type.")
        for (type, count) in counts.events.types.sorted(by: { $0.key < $1.key }) {
            events.add(count, .init("type", type))
        }
        var missed = MetricFamily(
            "gaffer_events_missed_total",
            .counter,
            "How many events were too many at once to be counted by type."
        )
        missed.add(counts.events.missed)
        var subscribers = MetricFamily("gaffer_stream_subscribers", .gauge, "How many watch, by what they watch.")
        var gaps = MetricFamily(
            "gaffer_stream_gaps_total",
            .counter,
            "How many gaps were marked to those who fell behind, by what they watch."
        )
        for (kind, now, missed) in counts.subscribers {
            subscribers.add(now, .init("kind", kind.rawValue))
            gaps.add(missed, .init("kind", kind.rawValue))
        }
        return [events, missed, subscribers, gaps]
    }

    private var requestFamilies: [MetricFamily] {
        var requests = MetricFamily("gaffer_http_requests_total", .counter, "How many requests were answered.")
        for kind in counts.requests.requests {
            requests.add(
                kind.count,
                .init("route", kind.route),
                .init("method", kind.method),
                .init("status", kind.status)
            )
        }
        var durations = MetricFamily(
            "gaffer_http_request_duration_seconds",
            .histogram,
            "From a request's head to its answer, without streams and websockets."
        )
        for duration in counts.requests.durations {
            durations.add(
                cumulated: duration.cumulated,
                bounds: RequestCounts.bounds,
                sum: duration.sum,
                .init("route", duration.route)
            )
        }
        return [requests, durations]
    }
}

extension JobName {
    fileprivate var labels: (session: MetricFamily.Label, job: MetricFamily.Label) {
        (.init("session", session), .init("job", job))
    }
}
