import Glibc
import ProgramTestKit
import Testing

@Suite("The library", .oneSlot, .timeLimit(.minutes(2)))
struct EmbeddingTests {
    @Test("A program that embeds it runs a job, reads its output and leaves nothing behind")
    func example() async throws {
        try await Workbench.with { bench in
            let run = try await runTool(
                try Programs.embeddingExample(),
                [],
                environment: bench.environment,
                directory: bench.path
            )
            #expect(run.code == 0, "\(run.all)")
            #expect(run.output.contains("example.greeter: 1 ended with exit code 0\n"))
            #expect(run.output.contains("example.worker: running, 3 processes\n"))
            #expect(run.output.hasSuffix("hello from greeter\n"))
            #expect(ProcessTable.belonging(to: bench.path) == [])
        }
    }

    @Test("The documentation shows the program that is run here")
    func documentation() throws {
        let root = #filePath.components(before: "/Tests/")
        let program = try text(of: root + "/Tests/EmbeddingExample/EmbeddingExample.swift")
        let page = try text(of: root + "/Sources/Gaffer/Documentation.docc/Gaffer.md")
        #expect(page.contains("```swift\n" + program + "```\n"))
    }

    private func text(of path: String) throws -> String {
        let file = try #require(fopen(path, "r"), "\(path) can't be opened")
        defer { fclose(file) }
        var content: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while case let count = fread(&buffer, 1, buffer.count, file), count > 0 { content += buffer[..<count] }
        return String(decoding: content, as: UTF8.self)
    }
}

extension String {
    /// What stands before the last place of a part.
    fileprivate func components(before part: String) -> String {
        var result = self[...]
        while !result.isEmpty, !self[result.endIndex...].hasPrefix(part) { result.removeLast() }
        return String(result)
    }
}
