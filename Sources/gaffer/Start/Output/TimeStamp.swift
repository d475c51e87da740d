internal import Glibc

/// How the time stands before a line.
enum TimeStamp: Sendable, Hashable {
    case none
    /// As strftime(3) has it, in local time.
    case format(String)

    /// As `15:31:52`.
    static let timeOfDay = TimeStamp.format("%H:%M:%S")

    /// Reads the value of `--timestamps`: `on`, `off` or a format; nil: it is none of these.
    init?(parsing text: String) {
        switch text {
        case "on": self = .timeOfDay
        case "off": self = .none
        case _ where text.utf8.contains(UInt8(ascii: "%")) && text.utf8.count <= 100: self = .format(text)
        default: return nil
        }
    }

    /// The text for a time, with a blank behind it; empty where none is wanted.
    ///
    /// - Parameter second: since 1970.
    func text(at second: Int) -> String {
        guard case .format(let format) = self else { return "" }
        var time = time_t(second)
        var fields = tm()
        localtime_r(&time, &fields)
        var buffer = [CChar](repeating: 0, count: 512)
        let count = strftime(&buffer, buffer.count, format, &fields)
        return String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self) + " "
    }
}
