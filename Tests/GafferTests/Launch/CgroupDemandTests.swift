import GafferModel
import GafferSystem
import Testing

@testable import Gaffer

@Suite struct CgroupDemandTests {
    private static let limits: CgroupLimits = {
        var limits = CgroupLimits()
        limits.memoryMax = 1
        limits.memoryHigh = 2
        limits.cpuMax = 0.333_33
        limits.cpuWeight = 3
        limits.tasksMax = 4
        return limits
    }()

    @Test("What is asked for is what the kernel is told")
    func limits() {
        let demand = CgroupDemand(Self.limits) { _ in nil }
        #expect(
            demand.limits == [
                .memoryMax(1), .memoryHigh(2), .cpuMax(quota: 33_333, period: 100_000), .cpuWeight(3), .tasksMax(4),
            ]
        )
        #expect(demand.refusal(of: .web) == nil)
        #expect(demand.notice(of: .web) == nil)
        #expect(Self.limits.settings == ["memory_max", "memory_high", "cpu_max", "cpu_weight", "tasks_max"])
    }

    @Test("A job that asks for nothing runs anywhere", arguments: [true, false])
    func nothing(isRequired: Bool) {
        var limits = CgroupLimits()
        limits.isRequired = isRequired
        let demand = CgroupDemand(limits) { _ in "none" }
        #expect(demand.refusal(of: .web) == nil)
        #expect(demand.notice(of: .web) == nil)
    }

    @Test("What is required and can't be had is refused, with its name, its controller and the reason")
    func refusal() throws {
        let support = CgroupSupport.unavailable(reason: "nothing is delegated")
        var config = JobConfig(cmd: "x")
        config.cgroupLimits.tasksMax = 4
        #expect(
            throws: GafferError(
                .badRequest,
                "shop.web: tasks_max needs the pids controller, which gafferd does not have: nothing is delegated. "
                    + "With cgroup_limits = optional the job runs without."
            )
        ) {
            try CgroupDemand.check(config, name: .web, support: support)
        }
        let demand = CgroupDemand(Self.limits) { $0 == .memory ? "why" : nil }
        #expect(demand.limits == [.cpuMax(quota: 33_333, period: 100_000), .cpuWeight(3), .tasksMax(4)])
        #expect(demand.refusal(of: .web)?.contains("why; nor can memory_high be had. ") == true)
    }

    @Test("What is optional and can't be had is done without, with a notice")
    func notice() throws {
        var limits = Self.limits
        limits.isRequired = false
        let demand = CgroupDemand(limits) { $0 == .pids ? "why" : nil }
        #expect(demand.refusal(of: .web) == nil)
        #expect(
            demand.notice(of: .web)
                == "shop.web runs without tasks_max: tasks_max needs the pids controller, which gafferd does not have: why."
        )
        var config = JobConfig(cmd: "x")
        config.cgroupLimits = limits
        try CgroupDemand.check(config, name: .web, support: .unavailable(reason: "none"))
    }

    @Test(
        "A child gets back gafferd's score of want of memory, or what its job says",
        arguments: [
            (-900, nil, 0), (0, nil, nil), (200, nil, nil), (nil, nil, nil), (-900, -900, nil), (-900, 5, 5),
            (200, 0, 0), (nil, 7, 7),
        ] as [(Int?, Int?, Int32?)]
    )
    func oomScore(own: Int?, wanted: Int?, change: Int32?) {
        var config = JobConfig(cmd: "x")
        config.oomScoreAdj = wanted
        #expect(OOMScore(own: own).change(for: config) == change)
    }
}
