import Glibc
import ProgramTestKit
import Testing

/// What the programs say of themselves, word for word, so that no change of it goes unseen.
///
/// With `GAFFER_UPDATE_PAGES` set, the files are written anew.
@Suite("The programs' help", .oneSlot, .timeLimit(.minutes(2)))
struct HelpTests {
    private static let folder = "\(#filePath.dropLast("/HelpTests.swift".count))/Golden"

    private func run(_ program: String, _ words: [String]) async throws -> ToolOutput {
        let path = "\(try Programs.folder())/\(program)"
        let environment = baseEnvironment(home: "/").merging(["COLUMNS": "80"]) { $1 }
        return try await runTool(path, words, environment: environment, directory: "/")
    }

    /// The program's help, and that of each of its commands.
    private func pages(of program: String) async throws -> String {
        var commands: [[String]] = [[]]
        if program != "gafferd" {
            commands.insert(["help"], at: 0)
            let listed = try await run(program, ["__complete", ""])
            commands += listed.output.split(separator: "\n").map { [String($0.prefix { $0 != "\t" })] }
            #expect(commands.count > 15)
        }
        var text = ""
        for command in commands {
            let words = command == ["help"] ? [] : command + ["--help"]
            let page = try await run(program, words)
            if !words.isEmpty { #expect(page.code == 0 && page.error.isEmpty, "\(words): \(page.all)") }
            if program == "gafferd" || !words.isEmpty || page.code == 0 {
                text += "$ \(([program] + words).joined(separator: " "))\n\(page.output)\n"
            }
        }
        return text
    }

    @Test("Is what the file has", arguments: ["gaffer", "gafferctl", "gafferd"])
    func golden(program: String) async throws {
        let path = "\(Self.folder)/\(program).txt"
        let told = try await pages(of: program)
        if getenv("GAFFER_UPDATE_PAGES") != nil {
            mkdir(Self.folder, 0o755)
            let file = try #require(fopen(path, "w"))
            #expect(fputs(told, file) >= 0 && fclose(file) == 0)
        }
        let kept = try #require(contents(of: path), "there is no \(path)")
        let (old, new) = (kept.split(separator: "\n"), told.split(separator: "\n"))
        let different = zip(old, new).first { $0 != $1 }
        #expect(different == nil, "GAFFER_UPDATE_PAGES=1 writes \(path) anew")
        #expect(old.count == new.count && kept == told)
    }

    private func contents(of path: String) -> String? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while case let count = fread(&buffer, 1, buffer.count, file), count > 0 { bytes += buffer[..<count] }
        return String(decoding: bytes, as: UTF8.self)
    }
}
