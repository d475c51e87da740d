package import GafferModel
package import GafferSystem
internal import Glibc

/// What came of starting a process; the pidfd is the receiver's to close.
enum LaunchOutcome: Sendable {
    case launched(LaunchedProcess, pidfd: Int32, startTime: UInt64)
    case failed(reason: String, isShortage: Bool)
    case cancelled
}

/// Starts processes on a thread of its own, one after the other in the order they were asked for.
///
/// A start blocks (files are read and opened, names are looked up, the program is executed), which no other thread must.
package final class ProcessLauncher: Sendable {
    private let worker: WorkerThread
    private let reader: OutputReader
    private let inherited: [String: String]
    /// `NAME=value` of each, made once.
    private let inheritedEntries: [String: String]
    private let accounts: any AccountDatabase
    private let childLimits: [SpawnRequest.Limit]
    private let placer: CgroupPlacer
    private let oomScore: OOMScore
    private let deathSignal: Int32
    private let follow: @Sendable (ProcessOrigin, OutputStream) -> Void
    private let spawner = Spawner()
    private let reserve = DescriptorReserve()

    /// Makes a launcher.
    ///
    /// - Parameters:
    ///   - inherited: the environment that jobs with `os_env` get.
    ///   - childLimits: limits that this process has changed for itself, as its children are to have them.
    ///   - cgroups: whether processes get cgroups of their own.
    ///   - tellOfLimits: takes a sentence about a job that runs without a limit that it asks for.
    ///   - deathSignal: what a process gets when the launcher's thread ends; 0: nothing.
    ///   - follow: is handed each stream of a process that was started, before its first byte is read; called on the
    ///     launcher's thread.
    package init(
        worker: WorkerThread,
        reader: OutputReader,
        inherited: [String: String],
        accounts: any AccountDatabase,
        childLimits: [SpawnRequest.Limit],
        cgroups: CgroupSupport = .unavailable(reason: "they are switched off"),
        tellOfLimits: @escaping @Sendable (JobName, String) -> Void = { _, _ in },
        deathSignal: Int32 = 0,
        follow: @escaping @Sendable (ProcessOrigin, OutputStream) -> Void
    ) {
        self.worker = worker
        self.reader = reader
        self.inherited = inherited.filter { !LaunchPlan.private.contains($0.key) }
        inheritedEntries = self.inherited.reduce(into: [:]) { $0[$1.key] = "\($1.key)=\($1.value)" }
        self.accounts = accounts
        self.childLimits = childLimits
        placer = CgroupPlacer(support: cgroups, tell: tellOfLimits)
        oomScore = OOMScore.ofThisProcess()
        self.deathSignal = deathSignal
        self.follow = follow
    }

    func launch(
        _ order: LaunchOrder,
        unlessTakenFrom queue: LaunchQueue,
        done: @escaping @Sendable (LaunchOutcome) -> Void
    ) {
        worker.perform { [self] in
            guard queue.take(order.pid) else { return done(.cancelled) }
            do throws(LaunchFailure) {
                done(try launch(order))
            } catch {
                done(.failed(reason: error.reason, isShortage: error.isShortage))
            }
        }
    }

    /// The limits of a job that may have processes are others.
    func limit(_ name: JobName, to config: JobConfig) {
        worker.perform { [placer] in placer.limit(name, to: config) }
    }

    /// A job is gone.
    func forget(_ name: JobName) {
        worker.perform { [placer] in placer.forget(name) }
    }

    private func launch(_ order: LaunchOrder) throws(LaunchFailure) -> LaunchOutcome {
        let config = order.config
        let plan: LaunchPlan
        do {
            var variables: [[String: String]] = []
            for path in config.envFile {
                variables.append(try EnvironmentFile.read(path, directory: config.cwd))
            }
            plan = try LaunchPlan(
                config: config,
                name: order.name,
                instance: order.instance,
                pid: order.pid,
                commitEnv: order.env,
                inherited: inherited,
                files: variables
            )
        } catch {
            throw LaunchFailure(reason: error.message)
        }
        let credentials = try credentials(of: order)
        let streams = try ProcessStreams(order: order, plan: plan, reader: reader, reserve: reserve)
        let cgroup = try placer.place(order)
        do throws(LaunchFailure) {
            return try launch(order, plan: plan, credentials: credentials, streams: streams, cgroup: cgroup)
        } catch {
            placer.giveUp(cgroup)
            throw error
        }
    }

    private func launch(
        _ order: LaunchOrder,
        plan: LaunchPlan,
        credentials: SpawnRequest.Credentials?,
        streams: ProcessStreams,
        cgroup: ProcessCgroup?
    ) throws(LaunchFailure) -> LaunchOutcome {
        let config = order.config
        var request = SpawnRequest(
            program: plan.program,
            arguments: plan.arguments,
            environment: plan.environment.map { name, value in
                if let entry = inheritedEntries[name], inherited[name] == value { return entry }
                return "\(name)=\(value)"
            },
            workingDirectory: config.cwd,
            credentials: credentials,
            umask: config.umask,
            nice: config.nice.map { Int32(clamping: $0) },
            oomScoreAdjustment: oomScore.change(for: config),
            limits: limits(of: config),
            descriptors: streams.placements,
            deathSignal: deathSignal
        )
        let spawned = try spawn(&request, of: order, in: cgroup)
        streams.closeChildEnds()
        let osPid = spawned.osPid
        let startTime = spawned.startTime
        let output: ProcessOutput
        do {
            // The pipes hold what has been written meanwhile.
            let origin = ProcessOrigin(order: order, osPid: osPid)
            output = try streams.startReading(by: reader) { follow(origin, $0) }
        } catch {
            spawned.end()
            throw LaunchFailure(error, doing: "\(order.name): its streams can't be read")
        }
        let process = LaunchedProcess(
            osPid: osPid,
            program: plan.program,
            arguments: plan.arguments,
            uid: credentials?.uid,
            gid: credentials?.gid,
            output: output,
            cgroup: cgroup
        )
        return .launched(process, pidfd: spawned.takePidfd(), startTime: startTime)
    }

    private func spawn(
        _ request: inout SpawnRequest,
        of order: LaunchOrder,
        in cgroup: ProcessCgroup?
    ) throws(LaunchFailure) -> SpawnedProcess {
        do throws(SystemError) {
            request.cgroup = try cgroup?.directory.open()
        } catch {
            throw LaunchFailure(error, doing: "\(order.name): its cgroup can't be opened")
        }
        defer { if let directory = request.cgroup { close(directory) } }
        do throws(SpawnFailure) {
            return try spawner.spawn(request)
        } catch {
            guard placer.isFull(order, error) else { throw LaunchFailure(error) }
            let most = order.config.cgroupLimits.tasksMax ?? 0
            throw LaunchFailure(
                reason: "\(order.name): can't be started: tasks_max = \(most) allows no more (clone)",
                isShortage: true
            )
        }
    }

    private func limits(of config: JobConfig) -> [SpawnRequest.Limit] {
        let own = config.rlimits.sorted { $0.key < $1.key }.compactMap { name, limit in
            SpawnRequest.Limit.resource(named: name).map { resource in
                SpawnRequest.Limit(
                    resource: resource,
                    soft: limit.soft ?? SpawnRequest.Limit.unlimited,
                    hard: limit.hard ?? SpawnRequest.Limit.unlimited
                )
            }
        }
        return childLimits.filter { inherited in !own.contains { $0.resource == inherited.resource } } + own
    }

    /// Looks names up anew at each start: users come and go.
    private func credentials(of order: LaunchOrder) throws(LaunchFailure) -> SpawnRequest.Credentials? {
        let config = order.config
        do {
            return try accounts.credentials(
                user: config.uid.map(AccountReference.init),
                group: config.gid.map(AccountReference.init),
                ownUID: geteuid()
            )
        } catch {
            let step = config.uid == nil ? SpawnStep.gid : .uid
            throw LaunchFailure(reason: "\(order.name): can't be started: \(error.message) (\(step.rawValue))")
        }
    }
}

extension AccountReference {
    fileprivate init(_ account: Account) {
        switch account {
        case .id(let number): self = .number(number)
        case .name(let name): self = .name(name)
        }
    }
}

/// Why a process could not be started.
struct LaunchFailure: Error {
    var reason: String
    /// The machine lacks something; it is not the job's fault.
    var isShortage = false

    init(reason: String, isShortage: Bool = false) {
        self.reason = reason
        self.isShortage = isShortage
    }

    init(_ failure: SpawnFailure) {
        self.init(reason: failure.message, isShortage: Self.isShortage(failure.errno))
    }

    init(_ error: SystemError, doing what: String) {
        let limit = (try? SpawnRequest.Limit.current(SpawnRequest.Limit.openFiles))?.soft
        let hint =
            error.errno == EMFILE
            ? "; gafferd's limit of \(limit.map(String.init) ?? "?") open files is reached" : ""
        self.init(reason: "\(what): \(error)\(hint)", isShortage: Self.isShortage(error.errno))
    }

    private static func isShortage(_ errno: Int32) -> Bool {
        [EMFILE, ENFILE, EAGAIN, ENOMEM].contains(errno)
    }
}
