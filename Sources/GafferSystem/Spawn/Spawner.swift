internal import CGafferSystem
internal import Glibc

/// A process that was started.
package struct SpawnedProcess: ~Copyable, Sendable {
    /// The kernel's number; until the exit is reaped it can mean no other process.
    package let osPid: Int32
    /// Readable once the process has ended.
    package let pidfd: Descriptor
    /// When it started, in clock ticks since boot, as /proc tells it: with the number it names one process for ever.
    package let startTime: UInt64

    /// Hands the pidfd out; whoever takes it closes it, after `EPOLL_CTL_DEL`.
    package consuming func takePidfd() -> Int32 {
        pidfd.take()
    }

    /// Kills it with what it has started in its group, and reaps it: nobody can look after it.
    package consuming func end() {
        // Not yet reaped, it still holds its number, which is its group's too where it leads one.
        _ = kill(-osPid, SIGKILL)
        _ = PidDescriptor.send(SIGKILL, to: pidfd.rawValue)
        _ = try? ChildExit.wait(pidfd: pidfd.rawValue)
    }
}

/// Starts processes.
///
/// A call blocks until the program was executed, some 50 to 100 µs, longer where its file is not in memory: keep it off
/// the shared threads. It shares memory with the child until then, so its price does not grow with this process.
package struct Spawner: Sendable {
    package init() {}

    /// Starts a program.
    ///
    /// - Throws: ``SpawnFailure``; then neither a child nor a descriptor is left.
    package func spawn(_ request: SpawnRequest) throws(SpawnFailure) -> SpawnedProcess {
        guard var strings = SpawnStrings(request) else {
            // A NUL would silently cut the word short.
            throw SpawnFailure(step: .exec, errno: EINVAL, program: request.program, subject: "a NUL in a word")
        }
        let limits = request.limits.map { gaffer_limit(resource: $0.resource, soft: $0.soft, hard: $0.hard) }
        let descriptors = request.descriptors.map { gaffer_descriptor(source: $0.source, target: $0.target) }
        let groups = request.credentials?.groups ?? []

        var result = gaffer_spawned()
        let failed = strings.withPointers { candidates, arguments, environment, directory in
            limits.withUnsafeBufferPointer { limits in
                descriptors.withUnsafeBufferPointer { descriptors in
                    groups.withUnsafeBufferPointer { groups in
                        var spawn = gaffer_spawn()
                        spawn.candidates = UnsafePointer(candidates)
                        spawn.arguments = UnsafePointer(arguments)
                        spawn.environment = UnsafePointer(environment)
                        spawn.directory = directory
                        spawn.limits = limits.baseAddress
                        spawn.limit_count = limits.count
                        spawn.descriptors = descriptors.baseAddress
                        spawn.descriptor_count = descriptors.count
                        spawn.groups = groups.baseAddress
                        spawn.group_count = groups.count
                        spawn.uid = request.credentials?.uid ?? 0
                        spawn.gid = request.credentials?.gid ?? 0
                        spawn.set_credentials = request.credentials == nil ? 0 : 1
                        spawn.new_session = request.leadsSession ? 1 : 0
                        spawn.set_nice = request.nice == nil ? 0 : 1
                        spawn.nice = request.nice ?? 0
                        spawn.set_oom_score = request.oomScoreAdjustment == nil ? 0 : 1
                        spawn.oom_score = request.oomScoreAdjustment ?? 0
                        spawn.file_mask = request.umask.map { Int32($0 & 0o777) } ?? -1
                        spawn.no_new_privileges = request.noNewPrivileges ? 1 : 0
                        spawn.death_signal = request.deathSignal
                        spawn.cgroup = request.cgroup ?? -1
                        return gaffer_spawn(&spawn, &result)
                    }
                }
            }
        }
        if failed != 0 {
            throw SpawnFailure(
                step: SpawnStep(number: result.step) ?? .clone,
                errno: result.error,
                detail: result.detail,
                request: request
            )
        }
        return SpawnedProcess(
            osPid: result.pid,
            pidfd: Descriptor(owning: result.pidfd),
            startTime: startTime(of: result)
        )
    }

    /// The kernel's start time of a child, in clock ticks since boot.
    ///
    /// Where the child certainly came to life within one tick (10 ms), as nearly always, the clock has told it and
    /// /proc need not be read.
    private func startTime(of child: gaffer_spawned) -> UInt64 {
        let tick = nanosecondsPerTick
        let first = (child.before - min(child.before, clockTolerance)) / tick
        let last = (child.after + clockTolerance) / tick
        if first == last { return first }
        // Where /proc can't be read the number is one tick off at worst: the process is then not taken for ours later.
        return ProcessTable.readOne(child.pid)?.startTime ?? first
    }

    private let nanosecondsPerTick = 1_000_000_000 / Machine.clockTicksPerSecond
    /// The clock of user space may differ from the kernel's by some nanoseconds.
    private let clockTolerance: UInt64 = 1_000
}
