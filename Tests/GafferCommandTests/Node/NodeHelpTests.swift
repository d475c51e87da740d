import Testing
import WebTestKit

@testable import GafferTool
@testable import gaffer

@Suite("The help of gaffer's commands for a gafferd")
struct NodeHelpTests {
    private static let names = NodeCommands.all.map(\.name)

    @Test("fits 80 columns", arguments: names)
    func width(name: String) throws {
        let text = Help(.gaffer).command(try #require(Tool.gaffer.command(named: name)))
        for line in text.split(separator: "\n") where line.count > Help.width {
            #expect(line.hasPrefix("  gaffer "), "\(line)")
        }
    }

    @Test("shows examples that can be carried out, and names no other program's words", arguments: names)
    func examples(name: String) throws {
        let command = try #require(Tool.gaffer.command(named: name))
        #expect(!command.examples.isEmpty)
        for example in command.examples {
            let words = example.line.split(separator: " ").map { $0.filter { $0 != "'" } }
                .prefix { !["<", ">", "&&"].contains($0) }
            _ = try ParsedLine(parsing: Array(words), for: .gaffer)
        }
        #expect(!Help(.gaffer).command(command).contains("default.web"))
    }

    @Test("tells of JSON where there is some", arguments: names.filter { !["recv", "login"].contains($0) })
    func json(name: String) throws {
        #expect(try !#require(Tool.gaffer.command(named: name)).json.isEmpty)
    }

    @Test("knows the words of older releases")
    func older() {
        for (word, name) in [
            ("ps:scale", "scale"), ("ps:info", "info"), ("ps:kill", "kill"), ("ps:start", "ps:start"),
            ("key:add", "key:add"), ("user:setpassword", "user:setpassword"),
        ] {
            #expect(Tool.gaffer.command(named: word)?.name == name, "\(word)")
        }
        for command in Tool.gaffer.commands {
            let named = Tool.gaffer.commands.filter { $0.name == command.name || $0.aliases.contains(command.name) }
            #expect(named.count == 1, "\(command.name)")
        }
    }

    @Test("of load is what it is")
    func golden() throws {
        let text = Help(.gaffer).command(try #require(Tool.gaffer.command(named: "load")))
        #expect(text.hasPrefix("Usage: gaffer load [OPTION]... [NAME|FILE.json]\n\nLoads the application"))
        for option in [
            "-f, --procfile", "-d, --root", "-e, --env", "--app NAME", "-g, --endpoint", "-c, --concurrency",
        ] {
            #expect(text.contains(option), "\(option)")
        }
    }
}

@Suite("gaffer's completions")
struct NodeCompletionTests {
    private static let jobs = [
        "shop.web": job("shop.web", config: #"{"cmd":"x"}"#), "store.x": job("store.x", config: #"{"cmd":"x"}"#),
    ]

    private func complete(_ words: [String], at server: ScriptedServer?, in folder: String) -> [String] {
        let run = gaffer(words: ["__complete", "--root", folder] + words, at: server)
        #expect(run.code == 0)
        return run.output.split(separator: "\n").map { $0.split(separator: "\t")[0] }.map(String.init)
    }

    @Test("are live names, those of the application without it")
    func names() {
        let shop = Shop()
        let server = gafferd(Self.jobs)
        #expect(complete(["ps", ""], at: server, in: shop.folder) == ["web", "shop.web", "store.x", "store"])
        #expect(complete(["scale", "w"], at: server, in: shop.folder) == ["web"])
        #expect(complete(["--app", "store", "ps:stop", "x"], at: server, in: shop.folder) == ["x"])
        #expect(complete(["unload", "s"], at: nil, in: shop.folder) == [])
        #expect(complete(["-g", "unix:\(server.path)", "unload", "w"], at: nil, in: shop.folder) == ["web"])
    }

    @Test("are the types of the Procfile without a gafferd")
    func types() {
        let shop = Shop()
        #expect(complete(["load", "-c", ""], at: nil, in: shop.folder) == ["web", "worker"])
        #expect(complete(["load", "--concurrency=wo"], at: nil, in: shop.folder) == ["--concurrency=worker"])
        #expect(complete(["load", "-c", "web=2,wo"], at: nil, in: shop.folder) == ["web=2,worker"])
        shop.write("no Procfile\n")
        #expect(complete(["load", "-c", ""], at: nil, in: shop.folder) == [])
    }
}
