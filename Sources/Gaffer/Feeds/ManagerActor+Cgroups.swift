package import GafferModel

extension ManagerActor {
    package nonisolated func cgroupUsage(of jobs: [JobName]) async -> [JobName: CgroupUsage] {
        var usages: [JobName: CgroupUsage] = [:]
        for job in jobs {
            if let usage = await stats.usage(of: job) { usages[job] = usage }
        }
        return usages
    }

    package nonisolated func outputBytes(of jobs: [JobName]) -> [JobName: [String: UInt64]] {
        totals.totals(of: jobs)
    }
}
