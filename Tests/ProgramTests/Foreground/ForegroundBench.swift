import Glibc
import ProgramTestKit

/// A `gaffer start` in a workbench, with its output in a record.
struct ForegroundRun: Sendable {
    let output: Record
    let messages: Record
    let child: Child

    /// Starts it, in the workbench's folder.
    init(
        _ bench: Workbench,
        procfile: String,
        _ words: [String] = [],
        environment: [String: String] = [:]
    ) throws {
        try bench.scratch.write("Procfile", procfile)
        output = try Record(path: bench.scratch("output"), name: "gaffer's output")
        messages = try Record(path: bench.scratch("messages"), name: "gaffer's messages")
        child = try Child(
            Programs.gaffer(),
            ["start"] + words,
            environment: bench.environment.merging(environment) { $1 },
            directory: bench.path,
            streams: .init(output: output.path, error: messages.path)
        )
    }

    /// The os pid of gaffer itself, below the guard that the test has started.
    func gaffer() throws -> Int {
        let children = ProcessTable.children(of: Int(child.osPid))
        guard children.count == 1, let first = children.first else {
            throw Failure("the guard has the children \(children), not one")
        }
        return first
    }

    /// The lines, with what differs from run to run masked.
    var maskedLines: [String] { output.lines.map(Self.masked) }

    /// A line with its time as `TIME` and a pid as `PID`.
    static func masked(_ line: String) -> String {
        var text = line
        let digits = Set("0123456789")
        let time = Array(text.prefix(8))
        if time.count == 8, time[2] == ":", time[5] == ":", time.filter({ $0 != ":" }).allSatisfy(digits.contains) {
            text = "TIME" + text.dropFirst(8)
        }
        let mark = " with pid "
        guard let place = text.firstRange(of: mark) else { return text }
        let rest = text[place.upperBound...]
        let number = rest.prefix { digits.contains($0) }
        return number.isEmpty ? text : String(text[..<place.upperBound]) + "PID" + rest.dropFirst(number.count)
    }
}

extension Workbench {
    /// Runs gaffer to its end.
    func gaffer(
        _ words: [String],
        procfile: String? = nil,
        environment: [String: String] = [:],
        input: String? = nil
    ) async throws -> ToolOutput {
        if let procfile { try scratch.write("Procfile", procfile) }
        return try await runTool(
            Programs.gaffer(),
            words,
            environment: self.environment.merging(environment) { $1 },
            directory: path,
            input: input
        )
    }
}
