import GafferModel
import Glibc
import ProgramTestKit

/// A running gafferd.
struct Daemon: Sendable {
    let bench: Workbench
    /// What it writes to stderr: its log.
    let log: Record
    /// What it writes to stdout: the console of `-v` and `-vv`.
    let console: Record

    private let child: Child

    var osPid: Int { Int(child.osPid) }
    var hasEnded: Bool { child.ended != nil }

    /// Starts one and waits until it says that it is ready.
    static func start(
        on bench: Workbench,
        configuration: [String]? = nil,
        options: [String] = [],
        environment: [String: String] = [:],
        files: Int? = nil,
        consolePath: String? = nil
    ) async throws -> Daemon {
        let daemon = try launch(
            on: bench,
            configuration: configuration,
            options: options,
            environment: environment,
            files: files,
            consolePath: consolePath
        )
        do {
            try await daemon.log.lines(
                until: "line that says ready",
                giveUp: { daemon.child.ended.map { "it ended with \($0)" } },
                { lines in lines.contains { $0.contains("ready") } }
            )
            return daemon
        } catch {
            _ = try? await daemon.stop()
            throw error
        }
    }

    /// Starts one without waiting for anything.
    ///
    /// - Parameters:
    ///   - configuration: the words that name its configuration; nil: `-c` and the workbench's `gafferd.ini`.
    ///   - files: the limit of open files that it is started with.
    ///   - consolePath: what it has as stdout instead of ``console``.
    static func launch(
        on bench: Workbench,
        configuration: [String]? = nil,
        options: [String] = [],
        environment: [String: String] = [:],
        files: Int? = nil,
        consolePath: String? = nil
    ) throws -> Daemon {
        let number = bench.scratch.list().count { $0.hasPrefix("log-") }
        let log = try Record(path: bench.scratch("log-\(number)"), name: "gafferd's log")
        let console = try Record(path: bench.scratch("console-\(number)"), name: "gafferd's console")
        let gafferd = try Programs.gafferd()
        let words = [gafferd] + (configuration ?? ["-c", bench.scratch("gafferd.ini")]) + options
        // Both limits, since gafferd raises its own to the hard one.
        let limited = files.map { ["/bin/sh", "-c", #"ulimit -n "$0" && exec "$@""#, "\($0)"] + words } ?? words
        let child = try Child(
            limited[0],
            Array(limited.dropFirst()),
            environment: bench.environment.merging(environment) { $1 },
            directory: bench.path,
            streams: .init(output: consolePath ?? console.path, error: log.path)
        )
        return Daemon(bench: bench, log: log, console: console, child: child)
    }

    /// Sends it a signal.
    func signal(_ number: Int32) { child.signal(number) }

    /// Asks it to stop, and waits for its end.
    @discardableResult
    func stop(within limit: Duration = .seconds(60)) async throws -> Child.Exit {
        child.signal(SIGTERM)
        return try await child.exit(within: limit)
    }

    /// Waits for its end.
    @discardableResult
    func exit(within limit: Duration = .seconds(60)) async throws -> Child.Exit {
        try await child.exit(within: limit)
    }

    /// Waits until `condition` gives a value.
    ///
    /// It is asked again whenever gafferd's log has grown, since what a test waits for here is told there.
    @discardableResult
    func eventually<Value: Sendable>(
        _ what: String,
        within limit: Duration = .seconds(60),
        _ condition: @Sendable () async throws -> Value?
    ) async throws -> Value {
        let deadline = ContinuousClock.now + limit
        while true {
            if let value = try await condition() { return value }
            guard !hasEnded else { throw Failure("gafferd ended before \(what)") }
            guard ContinuousClock.now < deadline else { throw Failure("waited for \(limit) in vain for \(what)") }
            try await log.nextChange()
        }
    }
}
