/// How many processes of a job are asked for: `N` or `+N` more, `-N` fewer, `=N` exactly.
public enum ScaleOperation: Sendable, Hashable {
    /// So many more; fewer where negative.
    case by(Int)
    /// Exactly so many.
    case to(Int)

    /// The largest number of processes of one job.
    public static let maximum = 100_000

    /// Reads `3`, `+3`, `-3` or `=3`.
    ///
    /// - Throws: ``GafferError`` with the code ``GafferError/Code/badValue``.
    public init(parsing text: String) throws(GafferError) {
        let isExact = text.hasPrefix("=")
        let digits = isExact ? text.dropFirst() : text[...]
        // An equals sign takes no further sign.
        let isSigned = digits.first == "+" || digits.first == "-"
        guard let number = Int(digits), number.magnitude <= Self.maximum, !(isExact && isSigned) else {
            throw GafferError(
                .badValue,
                "\(text.cited) is no scale: give N, +N, -N or =N, \(Self.maximum) at most."
            )
        }
        self = isExact ? .to(number) : .by(number)
    }

    /// What is wanted after it, never below 0.
    ///
    /// - Throws: ``GafferError`` with the code ``GafferError/Code/badValue`` above ``maximum``.
    public func applied(to current: Int) throws(GafferError) -> Int {
        let wanted: Int
        switch self {
        case .by(let difference):
            let (sum, isTooLarge) = current.addingReportingOverflow(difference)
            wanted = isTooLarge ? (difference < 0 ? 0 : .max) : max(0, sum)
        case .to(let number):
            wanted = max(0, number)
        }
        guard wanted <= Self.maximum else {
            throw GafferError(.badValue, "\(wanted) processes are too many: \(Self.maximum) at most.")
        }
        return wanted
    }
}
