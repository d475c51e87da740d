/// Times as people read them.
package enum Human {
    /// A span of time in at most two units: `42s`, `5m 12s`, `2h 05m`, `3d 04h`.
    package static func duration(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds < 1e15 else { return "-" }
        let whole = Int(max(0, seconds))
        return switch whole {
        case ..<60: "\(whole)s"
        case ..<3_600: "\(whole / 60)m \(twoDigits(whole % 60))s"
        case ..<86_400: "\(whole / 3_600)h \(twoDigits(whole % 3_600 / 60))m"
        default: "\(whole / 86_400)d \(twoDigits(whole % 86_400 / 3_600))h"
        }
    }

    /// A wait that is still to come, in tenths below ten seconds.
    package static func wait(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds < 9.95 else { return duration(seconds.rounded()) }
        let tenths = Int((max(0, seconds) * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)s"
    }

    private static func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
