package import Gaffer
package import GafferModel
package import GafferSystem

/// A machine that is only pretended: processes start, live and end as a test wants, timers fire when it lets time pass.
///
/// Like the real host it is confined to a supervision loop and never reports from within a call. Tests talk to it by
/// its `async` functions, which hop there.
package final class FakeHost: ProcessHost, @unchecked Sendable {
    // @unchecked: all state is confined to the loop, as the real host's is.

    /// What becomes of the processes of a job.
    package enum Behaviour: Sendable, Equatable {
        /// Starts at once, and leaves when it is told to.
        case obedient
        /// Starts at once, and leaves only when it is killed.
        case stubborn
        /// Can't be started.
        case failing(String)
        /// Starts when the test says so, and ends when the test says so.
        case manual
    }

    /// A process that lives.
    package struct Process: Sendable {
        package var name: JobName
        package var osPid: Int32
        package var instance: Int
        fileprivate var behaviour: Behaviour
        fileprivate var report: @Sendable (ProcessReport) -> Void
    }

    private struct ArmedTimer {
        let due: Duration
        let body: @Sendable () -> Void
    }

    private let loop: SupervisionLoop
    private var behaviours: [JobName: Behaviour] = [:]
    private var standard: Behaviour
    private var orders: [Int: LaunchOrder] = [:]
    private var processes: [Int: Process] = [:]
    private var asked: [String] = []
    private var timers: [UInt64: ArmedTimer] = [:]
    private var lastTimer: UInt64 = 0
    private var pendingReports = 0
    private var adoptable: Set<Int32> = []
    private var forgotten: [JobName] = []

    package private(set) var now: Duration = .seconds(1000)

    /// Makes a machine whose processes all behave alike until ``behave(_:_:)`` says otherwise.
    package init(loop: SupervisionLoop, _ standard: Behaviour = .obedient) {
        self.loop = loop
        self.standard = standard
    }

    package var time: Double { 1_700_000_000 + now / .seconds(1) }

    // MARK: ProcessHost

    package func launch(_ order: LaunchOrder) {
        asked.append("launch \(order.pid) of \(order.name)")
        orders[order.pid] = order
        switch behaviour(of: order.name) {
        case .obedient, .stubborn: later { self.complete(order.pid) }
        case .failing(let reason): later { self.fail(order.pid, reason, isShortage: false) }
        case .manual: break
        }
    }

    package func cancelLaunch(_ pid: Int) {
        asked.append("cancel \(pid)")
        guard let order = orders.removeValue(forKey: pid) else { return }
        later { order.report(.cancelled) }
    }

    package func adopt(_ process: AdoptedProcess) -> Bool {
        asked.append("adopt \(process.pid) of \(process.name)")
        guard adoptable.contains(process.osPid) else { return false }
        processes[process.pid] = Process(
            name: process.name,
            osPid: process.osPid,
            instance: process.instance,
            behaviour: behaviour(of: process.name),
            report: process.report
        )
        return true
    }

    package func stop(_ pids: [Int], with signal: Signal) {
        asked.append("stop \(list(pids)) by \(signal)")
        for pid in pids where processes[pid]?.behaviour == .obedient {
            later { self.end(pid, .signal(signal), hasRemnant: false) }
        }
    }

    package func kill(_ pids: [Int]) {
        asked.append("kill \(list(pids))")
        for pid in pids where processes[pid].map({ $0.behaviour != .manual }) == true {
            later { self.end(pid, .signal(.kill), hasRemnant: false) }
        }
    }

    package func signal(_ pids: [Int], _ signal: Signal) {
        asked.append("signal \(list(pids)) by \(signal)")
    }

    package func limit(_ name: JobName, to config: JobConfig) {
        asked.append("limit \(name) by \(config.cgroupLimits.settings.joined(separator: " "))")
    }

    package func forget(_ name: JobName) {
        forgotten.append(name)
    }

    package func schedule(after delay: Duration, _ body: @escaping @Sendable () -> Void) -> HostTimer {
        lastTimer += 1
        timers[lastTimer] = ArmedTimer(due: now + delay, body: body)
        if delay <= .zero { later { self.fire(until: self.now) } }
        return HostTimer(number: lastTimer)
    }

    package func cancel(_ timer: HostTimer) {
        timers[timer.number] = nil
    }

    package func jittered(_ delay: Duration) -> Duration { delay }

    // MARK: On the loop

    private func behaviour(of name: JobName) -> Behaviour {
        behaviours[name] ?? standard
    }

    private func list(_ pids: [Int]) -> String {
        pids.map(String.init).joined(separator: " ")
    }

    private func later(_ report: @escaping @Sendable () -> Void) {
        pendingReports += 1
        loop.perform {
            self.pendingReports -= 1
            report()
        }
    }

    private func complete(_ pid: Int) {
        guard let order = orders.removeValue(forKey: pid) else { return }
        let osPid = Int32(pid) + 10_000
        processes[pid] = Process(
            name: order.name,
            osPid: osPid,
            instance: order.instance,
            behaviour: behaviour(of: order.name),
            report: order.report
        )
        order.report(
            .launched(
                LaunchedProcess(
                    osPid: osPid,
                    program: order.config.cmd,
                    arguments: order.config.args,
                    uid: nil,
                    gid: nil,
                    output: ProcessOutput(streams: [])
                )
            )
        )
    }

    private func fail(_ pid: Int, _ reason: String, isShortage: Bool) {
        guard let order = orders.removeValue(forKey: pid) else { return }
        order.report(.failed(reason: reason, isShortage: isShortage))
    }

    private func end(_ pid: Int, _ status: ExitStatus, hasRemnant: Bool) {
        guard let process = processes.removeValue(forKey: pid) else { return }
        if hasRemnant { remnants[pid] = process.report }
        process.report(.exited(status, hasRemnant: hasRemnant))
    }

    private var remnants: [Int: @Sendable (ProcessReport) -> Void] = [:]

    private func endRemnant(_ pid: Int) {
        remnants.removeValue(forKey: pid)?(.remnantEnded)
    }

    private func fire(until end: Duration) {
        while let next = timers.min(by: { ($0.value.due, $0.key) < ($1.value.due, $1.key) }), next.value.due <= end {
            now = max(now, next.value.due)
            timers[next.key] = nil
            next.value.body()
        }
        now = end
    }
}

// MARK: - For tests

extension FakeHost {
    /// Says what becomes of a job's processes from now on.
    package func behave(_ behaviour: Behaviour, _ job: JobName) async {
        await onLoop { $0.behaviours[job] = behaviour }
    }

    /// An earlier gafferd left these running.
    package func leaveRunning(_ osPids: [Int32]) async {
        await onLoop { $0.adoptable.formUnion(osPids) }
    }

    /// The kernel has started a process; its os pid is its pid and 10,000.
    package func complete(_ pid: Int) async {
        await onLoop { $0.complete(pid) }
        await settle()
    }

    /// A process could not be started.
    package func fail(_ pid: Int, _ reason: String, isShortage: Bool = false) async {
        await onLoop { $0.fail(pid, reason, isShortage: isShortage) }
        await settle()
    }

    /// A process ends by itself.
    package func exit(_ pid: Int, _ status: ExitStatus = .code(1), leavingRemnant hasRemnant: Bool = false) async {
        await onLoop { $0.end(pid, status, hasRemnant: hasRemnant) }
        await settle()
    }

    /// What a process left behind has gone.
    package func endRemnant(_ pid: Int) async {
        await onLoop { $0.endRemnant(pid) }
        await settle()
    }

    /// Lets time pass, and all timers fire that are due meanwhile.
    package func advance(by duration: Duration) async {
        await onLoop { $0.fire(until: $0.now + duration) }
        await settle()
    }

    /// Waits until everything has happened that happens by itself.
    package func settle() async {
        while await onLoop({ $0.pendingReports > 0 }) {}
    }

    /// What was asked of the machine since the last look, as `launch 1 of shop.web`, `stop 1 2 by SIGTERM`, `kill 1`.
    package func takeAsked() async -> [String] {
        await settle()
        return await onLoop { host in
            defer { host.asked = [] }
            return host.asked
        }
    }

    /// The jobs of which nothing is left.
    package func gone() async -> [JobName] {
        await onLoop { $0.forgotten }
    }

    /// The processes that live, by pid.
    package func alive() async -> [Int: Process] {
        await settle()
        return await onLoop { $0.processes }
    }

    /// The pids that wait to be started.
    package func waiting() async -> [Int] {
        await onLoop { $0.orders.keys.sorted() }
    }

    /// What a process was to be started with, while it waits to be started.
    package func order(_ pid: Int) async -> LaunchOrder? {
        await onLoop { $0.orders[pid] }
    }

    /// How many timers are armed.
    package func armedTimers() async -> Int {
        await onLoop { $0.timers.count }
    }

    private func onLoop<Value: Sendable>(_ body: @escaping @Sendable (FakeHost) -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            loop.perform { continuation.resume(returning: body(self)) }
        }
    }
}
