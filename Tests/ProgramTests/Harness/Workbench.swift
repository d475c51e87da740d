import GafferModel
import Glibc
import ProgramTestKit
import Testing

/// A directory in which a test runs gafferds, one after the other or two at once, and where everything that they
/// leave behind is found at the end.
///
/// Children tell the test what they do by `sign WORDS`, a line in ``signs``: see ``script(_:_:)``.
struct Workbench: Sendable {
    let scratch: ScratchDirectory
    /// The lines that children wrote by `sign`, in order.
    let signs: Record

    var path: String { scratch.path }
    var socket: String { scratch("run/gafferd.sock") }

    private init() throws {
        scratch = try ScratchDirectory()
        signs = try Record(path: scratch("signs"), name: "the children's signs")
    }

    /// Lends a workbench to `body`, and finds fault with every process that is left at its end.
    static func with<Value>(_ body: (Workbench) async throws -> Value) async throws -> Value {
        let bench = try Workbench()
        let outcome: Result<Value, any Error>
        do {
            outcome = .success(try await body(bench))
        } catch {
            outcome = .failure(error)
        }
        let left = ProcessTable.belonging(to: bench.path)
        if !left.isEmpty {
            let names = left.map { "\($0) \(ProcessTable.commandLine(of: $0))" }.joined(separator: "\n")
            Issue.record("processes are left:\n\(names)")
            bench.endWhatIsLeft()
        }
        try await bench.scratch.remove()
        return try outcome.get()
    }

    /// Kills what belongs to this workbench: for tests that leave a gafferd's children behind on purpose.
    func endWhatIsLeft() {
        // A few rounds, since a supervisor among them may replace what was killed before it.
        for _ in 0..<20 {
            let left = ProcessTable.belonging(to: path)
            if left.isEmpty { return }
            for osPid in left { kill(pid_t(osPid), SIGKILL) }
        }
    }

    /// The text of an ini file with this workbench's directories, and `sections` below.
    func ini(gaffer: String = "", _ sections: String = "") -> String {
        """
        [gaffer]
        runtime_dir = \(scratch("run"))
        state_dir = \(scratch("state"))
        \(gaffer)

        \(sections)

        """
    }

    /// Writes `gafferd.ini` anew.
    func configure(gaffer: String = "", _ sections: String = "") throws {
        try scratch.write("gafferd.ini", ini(gaffer: gaffer, sections))
    }

    /// Writes a shell script, and gives its path.
    ///
    /// In it `sign WORDS` leaves a line in ``signs``.
    func script(_ name: String, _ text: String) throws -> String {
        try scratch.write(
            name,
            """
            #!/bin/sh
            sign() { echo "$*" >> '\(signs.path)'; }
            \(text)

            """
        )
    }

    /// Starts a gafferd on `gafferd.ini`, lends it once it is ready, and stops it.
    ///
    /// The parameters are those of ``Daemon/launch(on:configuration:options:environment:files:consolePath:)``.
    @discardableResult
    func gafferd<Value>(
        configuration: [String]? = nil,
        options: [String] = [],
        environment: [String: String] = [:],
        files: Int? = nil,
        consolePath: String? = nil,
        _ body: (Daemon) async throws -> Value
    ) async throws -> Value {
        let daemon = try await Daemon.start(
            on: self,
            configuration: configuration,
            options: options,
            environment: environment,
            files: files,
            consolePath: consolePath
        )
        do {
            let value = try await body(daemon)
            try await daemon.stop()
            return value
        } catch {
            // The first error tells more than what stopping might add.
            _ = try? await daemon.stop()
            throw Failure("\(error)\n--- the log:\n\(daemon.log.lines.suffix(60).joined(separator: "\n"))")
        }
    }

    /// Runs a gafferd that is expected to end by itself.
    func runGafferd(_ options: [String], environment: [String: String] = [:]) async throws -> ToolOutput {
        try await runTool(
            try Programs.gafferd(),
            options,
            environment: self.environment.merging(environment) { $1 },
            directory: path
        )
    }

    /// What every program of this workbench finds in its environment.
    var environment: [String: String] {
        baseEnvironment(home: path).merging([ProcessTable.marker: path]) { $1 }
    }
}

/// Starts one gafferd with these sections in its ini file, lends it and its workbench, and cleans up.
func withGafferd<Value>(
    gaffer: String = "",
    _ sections: String = "",
    options: [String] = [],
    _ body: (Daemon) async throws -> Value
) async throws -> Value {
    try await Workbench.with { bench in
        try bench.configure(gaffer: gaffer, sections)
        return try await bench.gafferd(options: options, body)
    }
}
