internal import GafferConfig
internal import GafferModel
internal import GafferSystem
internal import GafferTool
internal import Glibc

extension ForegroundCommands {
    static let start = Command(
        name: "start",
        aliases: ["dev:start"],
        group: .control,
        abstract: "Runs the application in the foreground; no gafferd is needed.",
        discussion: """
            When a process ends, all are ended, and its exit code is handed on (128 + n for
            a signal), unless --restart, --can-die or --any-can-die say otherwise. Where
            all may end alone, the exit code is that of the first that failed.

            Ctrl-C stops all: SIGTERM, and SIGKILL after --timeout; the exit code is then
            130 (SIGTERM: 143, a closed terminal: 129). A second Ctrl-C kills them. No
            process outlives gaffer, by whatever it is ended.

            Colours that processes write pass on a terminal; other control characters are
            made visible. A line of more than 64 KiB is cut, and marked with [...] there.
            A reader that is slow slows the processes; no line is lost. The standard input
            of the processes is empty. In text their stdout and stderr are one stream, so
            that lines keep their order.
            """,
        operands: [Operand("NAME", .any, .processType)],
        options: [.concurrency, .basePort] + Option.selection + Option.foreground,
        examples: [
            Command.Example("start", "all types of ./Procfile"),
            Command.Example("start web worker", "two of them"),
            Command.Example("start -c web=2,worker=3", "several processes"),
            Command.Example("start --restart always", "with what ends started again"),
            Command.Example("start --watch 'lib/**/*.rb'", "anew whenever such a file changes"),
        ],
        json: #"a line {"time", "type", "instance", "stream", "line"} each, and "data_b64" where it is no UTF-8; "#
            + #"or "event" (spawn, exit, message, ...) in the place of "stream""#
    ) { invocation in
        let sources = try invocation.procfileSources()
        let options = try invocation.applicationOptions(types: invocation.operands)
        return try invocation.startForeground(sources, options)
    }
}

extension Invocation {
    /// Runs an application to its end.
    func startForeground(_ sources: ApplicationSources, _ options: ProcfileApplication.Options) throws -> ExitCode {
        let style = try lineStyle()
        var settings = ForegroundPlan.Settings()
        settings.restart = line.value("restart").flatMap(ForegroundPlan.Restart.init) ?? .never
        settings.canDie = Set(line.values("can-die").flatMap { $0.split(separator: ",").map(String.init) })
        settings.anyCanDie = line.has("any-can-die")
        if let text = line.value("timeout") {
            settings.timeout = .milliseconds(Int64((try seconds(text, of: "timeout") * 1000).rounded(.up)))
        }
        settings.separatesStreams = style.format == .json
        let application = try configured { () throws(ConfigErrors) in
            try ProcfileApplication(sources, options: options)
        }
        guard !application.types.isEmpty else {
            throw Failure(.usage, "There is nothing to start: no process of any type is wanted.")
        }
        let plan = try ForegroundPlan(application, settings)
        let globs = line.values("watch")
        let watch =
            globs.isEmpty
            ? nil
            : try WatchPlan(parsing: globs, folder: application.folder, types: application.types.map(\.name.job))
        var fitting = style
        fitting.nameWidth = plan.nameWidth
        // From here on there are two programs; this is the one below.
        let processGuard = try ProcessGuard.enter()
        let foreground = try Foreground(plan, style: fitting, watch: watch, timeout: settings.timeout)
        return ExitCode(rawValue: try foreground.run(below: processGuard))
    }

    private func lineStyle() throws(UsageError) -> LineStyle {
        var style = LineStyle()
        style.format = wantsJSON ? .json : line.value("format").flatMap(LineStyle.Format.init) ?? .text
        style.hasPrefix = !line.has("no-prefix")
        style.isColored = output.terminal.isColored
        style.isTerminal = output.terminal.width != nil
        if line.last(of: "timestamps", "no-timestamps") == "no-timestamps" || !style.hasPrefix {
            style.timeStamp = .none
        } else if let text = line.value("timestamps") {
            guard let stamp = TimeStamp(parsing: text) else {
                throw usage("\(text.quoted) is no value of --timestamps: give on, off or a format as '%H:%M:%S'.")
            }
            style.timeStamp = stamp
        }
        return style
    }
}
