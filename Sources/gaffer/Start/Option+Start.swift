internal import GafferTool

extension Option {
    /// Which types are meant.
    static let selection: [Option] = [
        Option(name: "only", value: "TYPE,...", completion: .processType, help: "only these types"),
        Option(name: "except", value: "TYPE,...", completion: .processType, help: "all types but these"),
    ]

    /// How processes in the foreground are shown, and when they end.
    static let foreground: [Option] = [
        Option(
            name: "restart",
            value: "WHEN",
            choices: ForegroundPlan.Restart.allCases.map(\.rawValue),
            help: "what ends is started again: never (the default: all end with it), on-failure, always"
        ),
        Option(name: "can-die", value: "TYPE,...", help: "these may end without ending the others"),
        Option(name: "any-can-die", help: "each may end without ending the others"),
        Option(name: "timeout", value: "SECONDS", help: "how long they may take to leave before they are killed (5)"),
        Option(
            name: "watch",
            value: "GLOB",
            help: "restart when such a file changes, as 'lib/**/*.rb'; TYPE,...:GLOB only these; may be repeated"
        ),
        Option(
            name: "format",
            value: "FORMAT",
            choices: LineStyle.Format.allCases.map(\.rawValue),
            help: "text (the default), or json: an object a line"
        ),
        Option(name: "timestamps", value: "WHEN", help: "on (the default), off, or a format as '%H:%M:%S'"),
        Option(name: "no-timestamps", help: "the same as --timestamps off"),
        Option(name: "no-prefix", help: "print what processes write without their names and times"),
    ]
}
