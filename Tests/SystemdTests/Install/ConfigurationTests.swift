import ProgramTestKit
import Testing

@Suite("The shipped configuration", .oneSlot, .timeLimit(.minutes(1)))
struct ConfigurationTests {
    /// The sections that ConfigReader takes; each has its example.
    static let sections = [
        "gaffer", "endpoint:", "process:", "env:", "webhooks", "auth", "lookup_ssl", "plugin:",
    ]

    private func check(_ text: String) async throws -> ToolOutput {
        let scratch = try ScratchDirectory()
        try scratch.write("gafferd.ini", text)
        try scratch.makeFolder("conf.d")
        let run = try await runTool(
            try Programs.gafferd(),
            ["--check", "-c", scratch("gafferd.ini")],
            environment: baseEnvironment(home: scratch.path),
            directory: scratch.path
        )
        try await scratch.remove()
        return run
    }

    @Test("It is good as it is, and has no job and no endpoint")
    func asItIs() async throws {
        let text = try Project.text("Config/gafferd.ini")
        let run = try await check(text)
        #expect(run.code == 0, "\(run.all)")
        #expect(run.output == "The configuration is good: 0 jobs.\n")
        let active = text.split(separator: "\n").filter { !$0.hasPrefix("#") && !$0.hasPrefix(";") }
        #expect(active == ["[gaffer]", "include_dir = conf.d"])
    }

    @Test("It is good with all of its examples, and has one of each section")
    func withExamples() async throws {
        let lines = try Project.text("Config/gafferd.ini").split(separator: "\n", omittingEmptySubsequences: false)
        let text = lines.map { $0.hasPrefix(";") ? String($0.dropFirst()) : String($0) }.joined(separator: "\n")
        let run = try await check(text)
        #expect(run.code == 0, "\(run.all)")
        #expect(run.output == "The configuration is good: 3 jobs.\n")
        for section in Self.sections { #expect(text.contains("\n[\(section)"), "[\(section)] has no example") }
    }
}
