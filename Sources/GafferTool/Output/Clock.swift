internal import Glibc

/// Times of the day as people read them.
package enum Clock {
    /// The local time, as `15:31:52`.
    ///
    /// - Parameter time: seconds since 1970.
    package static func timeOfDay(_ time: Double) -> String {
        var seconds = time_t(max(0, min(time, 1e12)))
        var fields = tm()
        localtime_r(&seconds, &fields)
        func two(_ value: Int32) -> String { (value < 10 ? "0" : "") + String(value) }
        return "\(two(fields.tm_hour)):\(two(fields.tm_min)):\(two(fields.tm_sec))"
    }

    /// The seconds since 1970.
    package static var now: Double {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
