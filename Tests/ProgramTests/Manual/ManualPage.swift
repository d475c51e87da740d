import Glibc
import ProgramTestKit

/// A manual page's source, as far as tests read it: the terms of its lists, section by section.
struct ManualPage {
    /// A term, and the words below it.
    struct Item {
        let section: String
        let term: String
        var text = ""
    }

    /// The headings, in their order.
    private(set) var sections: [String] = []
    /// Every term of a list.
    private(set) var items: [Item] = []
    /// The words of each section.
    private(set) var words: [String: String] = [:]

    init(_ source: String) {
        var isTerm = false
        for line in source.split(separator: "\n") {
            if line.hasPrefix(".SH ") {
                sections.append(Self.plain(line.dropFirst(4)).filter { $0 != "\"" })
            } else if line == ".TP" {
                isTerm = true
            } else if isTerm {
                items.append(Item(section: sections.last ?? "", term: Self.plain(line)))
                isTerm = false
            } else if !line.hasPrefix(".") {
                words[sections.last ?? "", default: ""] += Self.plain(line) + " "
                if !items.isEmpty { items[items.count - 1].text += Self.plain(line) + " " }
            }
        }
    }

    /// The terms of a section.
    func terms(_ section: String) -> [String] { items.filter { $0.section == section }.map(\.term) }

    /// A line without its letters and escapes.
    private static func plain(_ line: Substring) -> String {
        var text = String(line)
        for (escape, character) in [
            ("\\fB", ""), ("\\fI", ""), ("\\fR", ""), ("\\-", "-"), ("\\(aq", "'"), ("\\(ga", "`"), ("\\(ti", "~"),
            ("\\(ha", "^"), ("\\&", ""), ("\\%", ""), ("\\:", ""), ("\\e", "\\"),
        ] {
            text = text.replacing(escape, with: character)
        }
        return text
    }
}

/// The pages, as `make man` makes them of the programs under test.
struct ManualPages {
    static let names = ["gaffer.1", "gafferctl.1", "gafferd.ini.5", "gaffer-api.7", "gaffer-events.7", "gafferd.8"]

    /// Why there can be none; nil: there can.
    static var reasonWhyNot: String? {
        for tool in ["lowdown", "mandoc", "man", "make"] where access("/usr/bin/\(tool)", X_OK) != 0 {
            return "\(tool) is missing: .ci/install test installs it"
        }
        return nil
    }

    /// The project's top folder.
    static let project: String = {
        // This file stands in Tests/ProgramTests/Manual.
        var path = realPath(#filePath)[...]
        for _ in 0..<4 { path = path[..<(path.lastIndex(of: "/") ?? path.startIndex)] }
        return String(path)
    }()

    private let scratch: ScratchDirectory

    /// Makes them, and lends them.
    static func with<Value>(_ body: (ManualPages) async throws -> Value) async throws -> Value {
        let scratch = try ScratchDirectory()
        let outcome: Result<Value, any Error>
        do {
            let make = try await runTool(
                "/usr/bin/make",
                ["--no-print-directory", "man", "MAN_DIR=\(scratch.path)", "PROGRAMS=\(try Programs.folder())"],
                environment: baseEnvironment(home: scratch.path),
                directory: project
            )
            guard make.code == 0, make.error.isEmpty else { throw Failure("make man: \(make.all)") }
            outcome = .success(try await body(ManualPages(scratch: scratch)))
        } catch {
            outcome = .failure(error)
        }
        try await scratch.remove()
        return try outcome.get()
    }

    /// Where a page stands.
    func path(_ name: String) -> String { scratch("man\(name.suffix(1))/\(name)") }

    /// A page.
    func page(_ name: String) throws -> ManualPage {
        let text = readText(path(name))
        guard !text.isEmpty else { throw Failure("there is no page \(name)") }
        return ManualPage(text)
    }
}
