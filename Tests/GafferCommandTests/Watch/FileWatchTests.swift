import GafferSystem
import GafferTool
import Glibc
import Testing

@testable import gaffer

@Suite("The watch of files", .timeLimit(.minutes(2)))
struct FileWatchTests {
    /// A watched folder.
    private struct Bench {
        let folder: String
        let findings: AsyncStream<Debouncer.Finding>
        private let loop: SupervisionLoop

        init(_ globs: [String], folders: [String] = []) async throws {
            var template = Array("/tmp/gaffer-watch-XXXXXX".utf8CString)
            let made = try #require(mkdtemp(&template))
            folder = String(cString: made)
            for name in folders { mkdir("\(folder)/\(name)", 0o700) }
            let plan = try WatchPlan(parsing: globs, folder: folder, types: ["web", "worker"])
            let (findings, feed) = AsyncStream<Debouncer.Finding>.makeStream()
            self.findings = findings
            let loop = try SupervisionLoop()
            self.loop = loop
            loop.start()
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                loop.perform {
                    do {
                        let watch = try FileWatch(plan, on: loop) { feed.yield($0) }
                        // As long as the loop, which ends with the test.
                        _ = Unmanaged.passRetained(watch)
                        continuation.resume()
                    } catch {
                        continuation.resume(throwing: error)
                    }
                }
            }
        }

        func write(_ name: String) {
            guard let file = fopen("\(folder)/\(name)", "w") else { return }
            fputs("x", file)
            fclose(file)
        }

        func next() async -> Debouncer.Finding? {
            var iterator = findings.makeAsyncIterator()
            return await iterator.next()
        }

        func end() {
            loop.stop()
            func remove(_ path: String) {
                for entry in FolderEntries.list(path) ?? [] {
                    if entry.isFolder { remove("\(path)/\(entry.name)") } else { unlink("\(path)/\(entry.name)") }
                }
                rmdir(path)
            }
            remove(folder)
        }
    }

    @Test("sees a file that is written, and what of a save is not its own")
    func written() async throws {
        let bench = try await Bench(["web:*.rb"])
        defer { bench.end() }
        bench.write("a.txt")
        bench.write("a.rb~")
        bench.write("a.rb")
        #expect(await bench.next() == Debouncer.Finding(types: ["web"], path: "a.rb", others: 0))
    }

    @Test("sees a file that takes another's place, and one that goes")
    func renamed() async throws {
        let bench = try await Bench(["*.rb"])
        defer { bench.end() }
        bench.write(".new")
        rename("\(bench.folder)/.new", "\(bench.folder)/a.rb")
        #expect(await bench.next()?.path == "a.rb")
        unlink("\(bench.folder)/a.rb")
        #expect(await bench.next()?.path == "a.rb")
    }

    @Test("sees what is in folders, in new ones too")
    func folders() async throws {
        let bench = try await Bench(["lib/**/*.rb"], folders: ["lib", "lib/a", "log"])
        defer { bench.end() }
        bench.write("log/x.rb")
        bench.write("lib/a/x.rb")
        #expect(await bench.next() == Debouncer.Finding(types: [], path: "lib/a/x.rb", others: 0))
        mkdir("\(bench.folder)/lib/b", 0o700)
        bench.write("lib/b/early.rb")
        #expect(await bench.next()?.path == "lib/b/early.rb")
        bench.write("lib/b/late.rb")
        #expect(await bench.next()?.path == "lib/b/late.rb")
    }

    @Test("refuses a folder that is not there")
    func missing() async throws {
        await #expect(throws: Failure(.failed, "--watch: there is no folder \"lib\".")) {
            try await Bench(["lib/*.rb"])
        }
    }
}
