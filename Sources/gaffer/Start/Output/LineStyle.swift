/// How the lines of `gaffer start` look.
struct LineStyle: Sendable, Hashable {
    enum Format: String, Sendable, CaseIterable {
        case text, json
    }

    var format = Format.text
    var timeStamp = TimeStamp.timeOfDay
    /// Whether a line says which process wrote it.
    var hasPrefix = true
    /// Whether colours are wanted, of the prefix and of what processes write.
    var isColored = false
    /// Whether it goes to a terminal.
    var isTerminal = false
    /// How wide the names are.
    var nameWidth = 0

    /// What the lines of gaffer itself are called.
    static let ownName = "gaffer"
    /// What stands where a line that is too long was cut.
    static let cut = "[...]"
    /// The longest piece of a line, in bytes.
    static let longestLine = 65_536

    /// Whether bytes are passed on as they are: nothing stands before them, and no terminal takes them.
    var isRaw: Bool { format == .text && !hasPrefix && timeStamp == .none && !isTerminal }

    /// Colours of types, in the order of the Procfile: told apart on a dark and on a light ground, also by who does not
    /// see red or green.
    private static let colors = ["36", "33", "35", "34", "32", "96", "93", "95", "94", "92"]

    /// What switches the colour of a type on; empty where colours are not wanted.
    func color(at position: Int?) -> String {
        guard isColored, let position else { return "" }
        return "\u{1B}[\(Self.colors[position % Self.colors.count])m"
    }
}
