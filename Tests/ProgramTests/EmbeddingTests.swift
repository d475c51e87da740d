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
}
