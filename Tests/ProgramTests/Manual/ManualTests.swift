import GafferModel
import ProgramTestKit
import Testing

@Suite(
    "The manual pages",
    .oneSlot,
    .timeLimit(.minutes(2)),
    .enabled(if: ManualPages.reasonWhyNot == nil, "No pages can be made: \(ManualPages.reasonWhyNot ?? "")")
)
struct ManualTests {
    /// The options in a text: words that begin with a dash.
    private func options(in text: some StringProtocol) -> [String] {
        text.split { (character: Character) in " ,\t".contains(character) }.map { String($0) }.filter {
            $0.hasPrefix("-") && $0 != "-"
        }
    }

    // MARK: Their form

    @Test("Neither man nor mandoc finds fault with them", arguments: ManualPages.names)
    func form(name: String) async throws {
        try await ManualPages.with { pages in
            let environment = baseEnvironment(home: "/").merging(["MANWIDTH": "80"]) { $1 }
            let lint = try await runTool(
                "/usr/bin/mandoc",
                ["-T", "lint", "-W", "warning", pages.path(name)],
                environment: environment,
                directory: "/"
            )
            #expect(lint.code == 0, "\(lint.all)")
            #expect(lint.output + lint.error == "")
            let man = try await runTool(
                "/usr/bin/man",
                ["--warnings", "--local-file", pages.path(name)],
                environment: environment,
                directory: "/"
            )
            #expect(man.code == 0)
            // Nothing that can't be broken, as a route, is so long that a line of the page has no room for it.
            #expect(man.error == "")
            #expect(man.output.contains("\nNAME\n"))
            #expect(!man.output.contains("<doc:") && !man.output.contains("``") && !man.output.contains(".md)"))
        }
    }

    @Test("Each begins with its name and what it is, and ends with pages that exist", arguments: ManualPages.names)
    func frame(name: String) async throws {
        try await ManualPages.with { pages in
            let page = try pages.page(name)
            #expect(page.sections.prefix(3) == ["NAME", "SYNOPSIS", "DESCRIPTION"])
            #expect(page.words["NAME"]?.hasPrefix("\(name.dropLast(2)) - ") == true)
            #expect(page.sections.last == "SEE ALSO")
            #expect(Set(page.sections).count == page.sections.count)
            let others = (page.words["SEE ALSO"] ?? "").split { (character: Character) in ", ".contains(character) }
                .map { String($0) }
            #expect(others.count >= 4)
            // Of other projects, which need not be installed here.
            let foreign = ["curl.1", "journalctl.1", "systemctl.1", "systemd.exec.5"]
            for other in others {
                let file = other.replacing("(", with: ".").replacing(")", with: "")
                #expect(ManualPages.names.contains(file) || foreign.contains(file), "\(other)")
                #expect(file != name)
            }
        }
    }

    // MARK: What they tell

    @Test("gafferd.8 has the options of gafferd, and no others")
    func daemon() async throws {
        let help = try await runTool(
            try Programs.gafferd(),
            ["--help"],
            environment: baseEnvironment(home: "/"),
            directory: "/"
        )
        // Below the heading; what an option does stands behind two blanks, or in further lines.
        let lines = help.output.split(separator: "\n").drop { !$0.hasPrefix("OPTIONS:") }.dropFirst()
        let wanted = lines.filter { $0.hasPrefix("  -") }.flatMap { line in
            options(in: line.dropFirst(2).split(separator: "  ", maxSplits: 1)[0])
        }
        #expect(wanted.count > 25)
        try await ManualPages.with { pages in
            let found = try pages.page("gafferd.8").terms("OPTIONS").flatMap { options(in: $0) }
            #expect(found.sorted() == wanted.sorted())
        }
    }

    /// What completions would offer behind these words.
    private func complete(_ tool: String, _ words: String...) async throws -> [String] {
        let run = try await runTool(
            "\(try Programs.folder())/\(tool)",
            ["__complete"] + words,
            environment: baseEnvironment(home: "/"),
            directory: "/"
        )
        return run.output.split(separator: "\n").map { String($0.prefix { $0 != "\t" }) }
    }

    @Test("A tool's page has its commands, with their options, and no others", arguments: ["gaffer", "gafferctl"])
    func tool(name: String) async throws {
        try await ManualPages.with { pages in
            let page = try pages.page("\(name).1")
            let common = page.terms("OPTIONS").flatMap { options(in: $0) }.filter { $0.hasPrefix("--") }
            // Which is no option of a command.
            let version = "--version"
            let offered = try await complete(name, "--").filter { $0 != version }
            #expect(offered.sorted() == common.filter { $0 != version }.sorted())

            // A command's items are up to the next command's: options, and examples.
            var found: [(command: String, options: [String])] = []
            for term in page.terms("COMMANDS") {
                if term.hasPrefix("-") {
                    guard !found.isEmpty else { throw Failure("\(term) belongs to no command") }
                    found[found.count - 1].options += options(in: term).filter { $0.hasPrefix("--") }
                } else if !term.hasPrefix("\(name) ") {
                    found.append((String(term.prefix { $0 != " " }), []))
                }
            }
            let commands = try await complete(name, "")
            #expect(commands.count >= 2)
            #expect(Set(found.map(\.command)).isSuperset(of: commands))
            #expect(Set(found.map(\.command)).count == found.count)
            for (command, options) in found {
                if !commands.contains(command) {
                    // One of an earlier version, which the program takes still.
                    let help = try await runTool(
                        "\(try Programs.folder())/\(name)",
                        [command, "--help"],
                        environment: baseEnvironment(home: "/"),
                        directory: "/"
                    )
                    #expect(help.code == 0, "\(command)")
                    continue
                }
                let wanted = Set(try await complete(name, command, "--")).subtracting(common)
                #expect(Set(options) == wanted, "\(command)")
            }
        }
    }

    @Test("gafferd.ini.5 has the keys of its article, which is held to what gafferd reads")
    func keys() async throws {
        let article = readText("\(ManualPages.project)/Sources/gafferd/Documentation.docc/Configuration.md")
        let wanted = article.split(separator: "\n").filter { $0.hasPrefix("- `") && $0.contains("` (") }.map { line in
            String(line.dropFirst(3).prefix { $0 != "`" })
        }
        #expect(wanted.count > 80)
        try await ManualPages.with { pages in
            let found = try pages.page("gafferd.ini.5").items.filter { item in
                item.term.contains(" (") && item.term.contains("optional") || item.term.contains("required)")
            }
            #expect(found.map { String($0.term.prefix { $0 != " " }) } == wanted)
            #expect(found.allSatisfy { $0.term.hasSuffix(")") && $0.text.count > 10 })
        }
    }

    @Test("gaffer-api.7 has every route that gafferd describes, with what it needs, and no other")
    func routes() async throws {
        try await withGafferd("") { daemon in
            let description = try await daemon.curl("GET", "/openapi.json").json
            var wanted: [String] = []
            for path in description["paths"]?.objectValue ?? [] {
                for (method, word) in [("get", "GET"), ("post", "POST"), ("put", "PUT"), ("delete", "DELETE")] {
                    guard let operation = path.value[method] else { continue }
                    let needed = operation["x-gaffer-permission"]?.stringValue ?? ""
                    wanted.append("\(word) \(path.name) (\(needed.replacing(" ", with: ", ")))")
                }
            }
            #expect(wanted.count > 70)
            try await ManualPages.with { pages in
                let found = try pages.page("gaffer-api.7").items.map(\.term).filter { $0.hasSuffix(")") }
                #expect(Set(wanted).subtracting(found) == [])
                let paths = found.filter { $0.contains(" /") && $0.contains(" (") }
                #expect(Set(paths).subtracting(wanted) == [])
            }
        }
    }

    @Test("gaffer-events.7 has every event, with the name that it had in 0.4, and no other")
    func events() async throws {
        try await ManualPages.with { pages in
            let page = try pages.page("gaffer-events.7")
            let items = page.items.filter { $0.section == "EVENTS" }
            var words = Set(items.map(\.term)).subtracting(["event", "name", "seq", "time", "gap"])
            for item in items {
                guard let place = item.text.split(separator: "In 0.4 it was ", maxSplits: 1).dropFirst().first else {
                    continue
                }
                words.insert(String(place.prefix { $0 != "." }))
            }
            #expect(words == Event.Kind.words)
            // The fields that only some events have.
            let text = items.map(\.text).joined()
            for field in [
                "pid", "os_pid", "once", "detached", "reason", "signum", "exit_status", "term_signal", "delay",
                "retry_in", "os_pids",
            ] {
                let isTold = text.split { !$0.isLetter && $0 != "_" }.contains { $0 == field }
                #expect(isTold, "\(field)")
            }
        }
    }
}
