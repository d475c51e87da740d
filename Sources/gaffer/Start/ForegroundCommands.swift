internal import GafferTool

/// The commands that need no gafferd.
enum ForegroundCommands {
    /// In the order of the help.
    static let all = [start, run, check]
}
