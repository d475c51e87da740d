internal import GafferModel
internal import GafferSystem

/// How early processes are chosen where the machine runs out of memory.
///
/// A service manager protects gafferd by a score below 0, which its children would inherit: they get 0, unless their job
/// names another. A score above 0, as that of all a user's processes, stays: who has it can't lower it.
struct OOMScore: Sendable {
    /// This process's own; nil where it can't be told.
    let own: Int?

    /// Reads it.
    static func ofThisProcess() -> OOMScore {
        let text = try? FileContent.read("/proc/self/oom_score_adj", limit: 64)
        return OOMScore(own: text.flatMap { Int(String(decoding: $0.dropLast(), as: UTF8.self)) })
    }

    /// What a child has to change it to; nil: nothing.
    func change(for config: JobConfig) -> Int32? {
        guard let wanted = config.oomScoreAdj ?? own.map({ max(0, $0) }), wanted != own else { return nil }
        return Int32(clamping: wanted)
    }
}
