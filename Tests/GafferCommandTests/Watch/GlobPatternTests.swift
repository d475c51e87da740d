import GafferTool
import Testing

@testable import gaffer

@Suite("The patterns of --watch")
struct GlobPatternTests {
    @Test(
        "say which files are meant",
        arguments: [
            ("/a/*.rb", "/a/x.rb", true), ("/a/*.rb", "/a/b/x.rb", false), ("/a/*.rb", "/a/.rb", false),
            ("/a/.*rc", "/a/.envrc", true), ("/a/**/*.rb", "/a/x.rb", true), ("/a/**/*.rb", "/a/b/c/x.rb", true),
            ("/a/**/*.rb", "/a/b/c/x.py", false), ("/a/**", "/a/b/c", true), ("/a/**", "/a/b", true),
            ("/a/**/*.rb", "/a/.git/x.rb", false), ("/a/**/*.rb", "/a/node_modules/x.rb", false),
            ("/a/node_modules/*.js", "/a/node_modules/x.js", true), ("/a/?.c", "/a/x.c", true),
            ("/a/?.c", "/a/xy.c", false), ("/a/[a-c]x", "/a/bx", true), ("/a/[!a-c]x", "/a/bx", false),
            ("/a/[]]x", "/a/]x", true), ("/a/[x", "/a/[x", true), ("/a/x.rb", "/a/x.rb", true),
            ("/a/./x.rb", "/a/x.rb", true), ("/a/*a*b*", "/a/xxaxxbxx", true), ("/a/*a*b*", "/a/xxbxxa", false),
            ("/a/**/b/**/c", "/a/x/b/y/z/c", true), ("/a/**/b/**/c", "/a/x/y/z/c", false),
        ]
    )
    func matching(pattern: String, path: String, isMeant: Bool) {
        #expect(GlobPattern(pattern).matches(path.split(separator: "/")) == isMeant)
    }

    @Test(
        "say which folders have to be watched",
        arguments: [
            ("/a/*.rb", "/a", true), ("/a/*.rb", "/a/b", false), ("/a/**/*.rb", "/a/b/c", true),
            ("/a/**/*.rb", "/a/.git", false), ("/a/**/*.rb", "/a/b/node_modules", false), ("/a/*/x", "/a/b", true),
            ("/a/*/x", "/a/b/c", false), ("/a/*/x", "/b", false),
        ]
    )
    func folders(pattern: String, path: String, isWatched: Bool) {
        #expect(GlobPattern(pattern).mayContain(path.split(separator: "/")) == isWatched)
    }

    @Test("say where to begin", arguments: [("/a/b/*.rb", "/a/b"), ("/a/**/b/c", "/a"), ("/a/b", "/a"), ("/*", "/")])
    func base(pattern: String, base: String) {
        #expect(GlobPattern(pattern).base == base)
    }

    @Test(
        "have braces for several",
        arguments: [
            ("a", ["a"]), ("*.{rb,erb}", ["*.rb", "*.erb"]), ("{a,b{c,d}}e", ["ae", "bce", "bde"]),
            ("a{,b}", ["a", "ab"]),
            ("{a}{b,c}", ["ab", "ac"]), ("a{b", nil), ("a}b", nil),
        ] as [(String, [String]?)]
    )
    func braces(text: String, patterns: [String]?) {
        #expect(GlobPattern.expand(text) == patterns)
    }

    @Test("that stand for too many are refused")
    func tooMany() {
        #expect(GlobPattern.expand(String(repeating: "{a,b}", count: 20)) == nil)
    }

    @Test("with many stars take no longer than others")
    func stars() {
        let name = String(repeating: "a", count: 5000)
        #expect(!GlobPattern("/" + String(repeating: "*a", count: 100) + "b").matches([name[...]]))
    }
}

@Suite("What --watch restarts")
struct WatchPlanTests {
    private static func plan(_ texts: String...) throws -> WatchPlan {
        try WatchPlan(parsing: texts, folder: "/srv/shop", types: ["web", "worker"])
    }

    @Test("all types, or those that are given")
    func types() throws {
        let plan = try Self.plan("lib/**/*.rb", "web,worker:views/*", "web:*.ru")
        #expect(plan.types(for: "/srv/shop/lib/a/b.rb") == [])
        #expect(plan.types(for: "/srv/shop/views/a") == ["web", "worker"])
        #expect(plan.types(for: "/srv/shop/config.ru") == ["web"])
        #expect(plan.types(for: "/srv/shop/lib/a/b.py") == nil)
        #expect(plan.wants("/srv/shop/lib/a/b"))
        #expect(!plan.wants("/srv/shop/log"))
        #expect(plan.shown("/srv/shop/lib/a.rb") == "lib/a.rb")
        #expect(plan.shown("/etc/a") == "/etc/a")
    }

    @Test("the larger of two rules counts")
    func both() throws {
        let plan = try Self.plan("web:*.rb", "worker:a*")
        #expect(plan.types(for: "/srv/shop/a.rb") == ["web", "worker"])
        #expect(try Self.plan("web:*.rb", "a*").types(for: "/srv/shop/a.rb") == [])
    }

    @Test("nothing where an editor saves", arguments: ["a.rb~", "#a.rb#", "a.swp", "4913"])
    func temporary(name: String) throws {
        #expect(try Self.plan("*").types(for: "/srv/shop/\(name)") == nil)
    }

    @Test(
        "A rule that can't be read is refused",
        arguments: [
            ("", "--watch : it is no pattern of files, as 'lib/**/*.rb'."),
            ("web:", "--watch web:: it is no pattern of files, as 'lib/**/*.rb'."),
            ("wep:*.rb", "--watch wep:*.rb: \"wep\" is no type that is started (web, worker)."),
            ("a{b", "--watch a{b: it is no pattern of files, as 'lib/**/*.rb'."),
            ("../*.rb", "--watch ../*.rb: a pattern can't have \"..\" in it."),
        ]
    )
    func refused(text: String, message: String) {
        #expect(throws: Failure(.usage, message)) { try Self.plan(text) }
    }
}

@Suite("Changes that belong together")
struct DebouncerTests {
    @Test("are told when nothing has changed for a moment")
    func quiet() {
        var debouncer = Debouncer()
        #expect(debouncer.due == nil)
        debouncer.changed("a", types: ["web"], at: .seconds(1))
        #expect(debouncer.due == .milliseconds(1300))
        debouncer.changed("b", types: ["worker"], at: .milliseconds(1200))
        debouncer.changed("a", types: ["web"], at: .milliseconds(1200))
        #expect(debouncer.take(at: .milliseconds(1499)) == nil)
        let finding = Debouncer.Finding(types: ["web", "worker"], path: "a", others: 1)
        #expect(debouncer.take(at: .milliseconds(1500)) == finding)
        #expect(finding.reason == "a and another file changed")
        #expect(debouncer.take(at: .seconds(9)) == nil)
        #expect(debouncer.due == nil)
    }

    @Test("are told at last though changes go on")
    func longest() {
        var debouncer = Debouncer()
        for step in 0..<30 { debouncer.changed("\(step)", types: [], at: .milliseconds(100 * step)) }
        #expect(debouncer.due == .seconds(2))
        #expect(debouncer.take(at: .seconds(2))?.others == 29)
    }

    @Test("restart all where one of them does")
    func all() {
        var debouncer = Debouncer()
        debouncer.changed("a", types: ["web"], at: .zero)
        debouncer.changed("b", types: [], at: .zero)
        debouncer.changed("c", types: ["web"], at: .zero)
        #expect(debouncer.take(at: .seconds(1))?.types == [])
    }
}
