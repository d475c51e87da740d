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
        guard let number = Int(digits), abs(number) <= Self.maximum, !isExact || number >= 0 else {
            throw GafferError(
                .badValue,
                "\(JSON.string(text)) is no scale: give N, +N, -N or =N, \(Self.maximum) at most."
            )
        }
        self = isExact ? .to(number) : .by(number)
    }

    /// What is wanted after it, never below 0.
    ///
    /// - Throws: ``GafferError`` with the code ``GafferError/Code/badValue`` above ``maximum``.
    public func applied(to current: Int) throws(GafferError) -> Int {
        let wanted =
            switch self {
            case .by(let difference): max(0, current + difference)
            case .to(let number): number
            }
        guard wanted <= Self.maximum else {
            throw GafferError(.badValue, "\(wanted) processes are too many: \(Self.maximum) at most.")
        }
        return wanted
    }
}
