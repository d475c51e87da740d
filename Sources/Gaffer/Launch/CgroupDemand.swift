package import GafferModel
package import GafferSystem

/// What a job asks of its cgroup, beside what can be had: pure, so that each rule is a unit test.
///
/// | asked for | controller | `cgroup_limits` | what becomes of it |
/// |---|---|---|---|
/// | nothing | | | the job runs |
/// | something | is there | | the job runs with it |
/// | something | is missing | `required` | a load or an update is refused, a start fails |
/// | something | is missing | `optional` | the job runs without it, and a notice says so once |
package struct CgroupDemand: Sendable, Equatable {
    /// A limit that can't be had, and why.
    package struct Lack: Sendable, Equatable {
        /// As `memory_max`.
        package var setting: String
        package var controller: CgroupController
        package var reason: String

        /// As `memory_max needs the memory controller, which gafferd does not have: …`.
        package var clause: String {
            "\(setting) needs the \(controller.rawValue) controller, which gafferd does not have: \(reason)"
        }
    }

    /// What can be set.
    package var limits: [CgroupLimit] = []
    package var lacks: [Lack] = []
    package var isRequired: Bool

    /// Compares what is asked for with what there is.
    ///
    /// - Parameter lack: why a controller can't be used; nil: it can be.
    package init(_ config: CgroupLimits, lack: (CgroupController) -> String?) {
        isRequired = config.isRequired
        for (setting, limit) in config.asked {
            if let reason = lack(limit.controller) {
                lacks.append(Lack(setting: setting, controller: limit.controller, reason: reason))
            } else {
                limits.append(limit)
            }
        }
    }

    /// Why a job is not run at all, in a sentence; nil: it is.
    package func refusal(of name: JobName) -> String? {
        guard isRequired, let lack = lacks.first else { return nil }
        let others = lacks.dropFirst().map(\.setting)
        let further = others.isEmpty ? "" : "; nor can \(others.joined(separator: ", ")) be had"
        return "\(name): \(lack.clause)\(further). With cgroup_limits = optional the job runs without."
    }

    /// What a job does without, in a sentence; nil: nothing.
    package func notice(of name: JobName) -> String? {
        guard !isRequired, !lacks.isEmpty else { return nil }
        return "\(name) runs without \(lacks.map(\.setting).joined(separator: ", ")): \(lacks[0].clause)."
    }

    /// Refuses a configuration that can't be run here.
    ///
    /// - Throws: ``GafferError`` (`bad_request`) that names the setting and the controller.
    package static func check(_ config: JobConfig, name: JobName, support: CgroupSupport) throws(GafferError) {
        let demand = CgroupDemand(config.cgroupLimits) { support.lack(of: $0) }
        if let refusal = demand.refusal(of: name) { throw GafferError(.badRequest, refusal) }
    }
}

extension CgroupLimits {
    /// The limits that are set, with the names of their settings.
    fileprivate var asked: [(setting: String, limit: CgroupLimit)] {
        let quota = cpuMax.map { Int(($0 * Double(Self.cpuPeriod)).rounded()) }
        let limits: [(String, CgroupLimit?)] = [
            ("memory_max", memoryMax.map { .memoryMax($0) }),
            ("memory_high", memoryHigh.map { .memoryHigh($0) }),
            ("cpu_max", quota.map { .cpuMax(quota: $0, period: Self.cpuPeriod) }),
            ("cpu_weight", cpuWeight.map { .cpuWeight($0) }),
            ("tasks_max", tasksMax.map { .tasksMax($0) }),
        ]
        return limits.compactMap { setting, limit in limit.map { (setting, $0) } }
    }
}
