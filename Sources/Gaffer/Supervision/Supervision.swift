public import GafferModel
package import GafferSystem
internal import Glibc
public import Logging

/// Supervises processes inside a program: the manager, and the threads below it.
///
/// ```swift
/// let supervision = try Supervision()
/// let job = try JobName(parsing: "shop.web")
/// let change = try await supervision.manager.load(JobConfig(cmd: "/srv/shop/web --port 8080"), as: job)
/// try await change.settled(within: .seconds(5))
/// for await event in supervision.manager.events.events() { … }
/// await supervision.shutDown()
/// ```
///
/// It needs neither HTTP nor systemd. Four threads do what may block: one supervises, one starts processes, one reads
/// their output, one looks at /proc and writes the state; they sleep while nothing happens.
public final class Supervision: Sendable {
    /// How a program supervises.
    public struct Options: Sendable {
        /// Where what is wanted at run time is kept, and the record of processes; nil: nothing outlives the program.
        public var stateDirectory: String?
        /// The environment that jobs with `os_env` inherit.
        public var environment: [String: String]
        /// Whether the program takes over what its jobs leave behind, so that it can stop whole trees.
        ///
        /// It makes the program a subreaper (prctl(2)); leave it off where other parts of it start processes too.
        public var adoptsOrphans: Bool
        /// Whether each process gets a cgroup of its own, so that its tree can be told, limited and ended for certain.
        ///
        /// It moves the program to a cgroup beside those of its jobs, with everything else that it does.
        public var cgroups: CgroupMode
        /// Where warnings go that no event tells.
        public var logger: Logger
        /// The signal that a process gets when the program ends without having stopped it; 0: none.
        package var deathSignal: Int32 = 0

        /// Makes options: nothing is kept, the program's own environment, orphans are adopted, no cgroups.
        public init(
            stateDirectory: String? = nil,
            environment: [String: String] = Supervision.ownEnvironment,
            adoptsOrphans: Bool = true,
            cgroups: CgroupMode = .off,
            logger: Logger = Logger(label: "gaffer", factory: { _ in SwiftLogNoOpLogHandler() })
        ) {
            self.stateDirectory = stateDirectory
            self.environment = environment
            self.adoptsOrphans = adoptsOrphans
            self.cgroups = cgroups
            self.logger = logger
        }
    }

    /// Where jobs are loaded, watched and controlled.
    public let manager: ManagerActor

    package let loop: SupervisionLoop
    package let reader: OutputReader
    package let keeper: ProcessKeeper
    /// Whether processes have cgroups of their own, and why not.
    package let cgroups: CgroupSupport
    private let launchWorker: WorkerThread
    private let fileWorker: WorkerThread
    /// What an earlier daemon of this boot had running.
    package let survivors: [ProcessRecord]

    /// Starts the threads; no process yet.
    ///
    /// - Throws: ``GafferError`` (`failed`) where the state can't be opened or the kernel has no descriptor left.
    public convenience init(_ options: Options = Options()) throws(GafferError) {
        try self.init(options, follow: { _, _ in })
    }

    /// The same, with somebody who is handed each stream of a process that was started, before its first byte is read.
    ///
    /// - Parameter tellOfLimits: takes a sentence about a job that runs without a limit that it asks for; nil: the logger.
    package init(
        _ options: Options,
        tellOfLimits: (@Sendable (JobName, String) -> Void)? = nil,
        follow: @escaping @Sendable (ProcessOrigin, OutputStream) -> Void
    ) throws(GafferError) {
        do throws(SystemError) {
            let logger = options.logger
            let log: @Sendable (String) -> Void = { logger.warning("\($0)") }
            loop = try SupervisionLoop()
            reader = try OutputReader(report: { logger.warning("\($0.description)", metadata: ["file": "\($0.path)"]) })
            var ledger: ProcessLedger?
            var survivors: [ProcessRecord] = []
            // Before there are any children to leave behind.
            let cgroups = CgroupSupport(options.cgroups)
            self.cgroups = cgroups
            let childLimits = DaemonFiles.raiseDescriptorLimit()
            let adopts = options.adoptsOrphans && DaemonFiles.becomeSupervisor()
            launchWorker = WorkerThread(name: "gaffer-spawn")
            fileWorker = WorkerThread(name: "gaffer-files")
            var store: WishFile?
            if let folder = options.stateDirectory {
                try DaemonFiles.makeFolder(folder, mode: 0o700)
                (ledger, survivors) = try ProcessLedger.open("\(folder)/processes")
                store = WishFile(path: "\(folder)/wishes.json", worker: fileWorker, log: log)
            }
            self.survivors = survivors
            let totals = OutputTotals()
            let launcher = ProcessLauncher(
                worker: launchWorker,
                reader: reader,
                inherited: options.environment,
                accounts: SystemAccounts(),
                childLimits: childLimits.map { [$0] } ?? [],
                cgroups: cgroups,
                tellOfLimits: tellOfLimits ?? { _, notice in logger.warning("\(notice)") },
                deathSignal: options.deathSignal,
                follow: { origin, stream in
                    totals.follow(stream, of: origin.name)
                    follow(origin, stream)
                }
            )
            keeper = ProcessKeeper(
                loop: loop,
                launcher: launcher,
                ledger: ledger,
                adoptsOrphans: adopts,
                cgroups: cgroups.cgroups,
                cleaner: fileWorker,
                log: log
            )
            let environment = options.environment
            manager = ManagerActor(
                executor: loop,
                host: keeper,
                stats: StatsSampler(worker: fileWorker, cgroups: cgroups.cgroups),
                totals: totals,
                events: EventBus { [loop] handOut in
                    if loop.isCurrentThread {
                        _ = loop.schedule(after: .milliseconds(2), handOut)
                    } else {
                        loop.perform { _ = loop.schedule(after: .milliseconds(2), handOut) }
                    }
                },
                wishes: store?.load() ?? Wishes(),
                store: store,
                check: { config, name throws(GafferError) in
                    try LaunchPlan.check(config, name: name, inherited: environment)
                    try CgroupDemand.check(config, name: name, support: cgroups)
                }
            )
        } catch {
            throw GafferError(.failed, "Supervision can't begin: \(error)")
        }
        loop.start()
        reader.start()
    }

    /// Stops all jobs in order, ends what they left behind, and then the threads.
    ///
    /// - Parameters:
    ///   - keepsDetached: whether detached processes stay.
    ///   - progress: is told whom it waits for, before each wait.
    /// - Returns: the os pids of processes that no job accounted for, and that were ended.
    @discardableResult
    public func shutDown(
        keepsDetached: Bool = true,
        progress: @Sendable ([JobName]) -> Void = { _ in }
    ) async -> [Int32] {
        await manager.shutDown(keepsDetached: keepsDetached, progress: progress)
        let strays = await endStrays()
        await reader.stop()
        loop.stop()
        launchWorker.stop()
        if let cgroups = cgroups.cgroups { await fileWorker.result { cgroups.removeUnused() } }
        fileWorker.stop()
        return strays
    }

    /// Stops what outlived a daemon before this one, but for detached processes, and tells what that was.
    package func endSurvivors() async -> [ProcessRecord] {
        let survivors = survivors.filter { !$0.isDetached }
        guard !survivors.isEmpty else { return [] }
        return await withCheckedContinuation { continuation in
            loop.perform { [keeper, manager] in
                keeper.endSurvivors(survivors, allocatePID: { manager.pids.allocate() }) {
                    continuation.resume(returning: $0)
                }
            }
        }
    }

    /// What an earlier daemon left running has been stopped or adopted.
    package func forgetSurvivors() {
        loop.perform { [keeper] in keeper.ledger?.forgetOld() }
    }

    /// Ends what no job accounts for; the os pids of what that was.
    package func endStrays() async -> [Int32] {
        guard keeper.adoptsOrphans else { return [] }
        return await withCheckedContinuation { continuation in
            loop.perform { [keeper] in
                keeper.endStrays { continuation.resume(returning: $0) }
            }
        }
    }

    /// What a job asks of its cgroup and can't have here: a load or an update of it would be refused.
    ///
    /// - Throws: ``GafferError`` (`bad_request`).
    package func checkLimits(of config: JobConfig, as name: JobName) throws(GafferError) {
        try CgroupDemand.check(config, name: name, support: cgroups)
    }

    /// The environment of this program.
    public static var ownEnvironment: [String: String] {
        var result: [String: String] = [:]
        var next = environ
        while let entry = next.pointee {
            let text = String(cString: entry)
            if let equals = text.firstIndex(of: "=") {
                result[String(text[..<equals])] = String(text[text.index(after: equals)...])
            }
            next += 1
        }
        return result
    }
}

extension CgroupSupport {
    fileprivate init(_ mode: CgroupMode) {
        switch mode {
        case .auto: self = .take(isTrusted: false)
        case .on: self = .take(isTrusted: true)
        case .off: self = .unavailable(reason: "cgroups are switched off")
        }
    }
}
