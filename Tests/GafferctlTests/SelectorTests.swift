import GafferModel
import Testing

@testable import GafferTool
@testable import gafferctl

private func name(_ text: String) throws -> JobName { try JobName(parsing: text) }

@Suite("A selector")
struct SelectorTests {
    @Test("is read as it is written")
    func reads() throws {
        #expect(try Selector("web") == .word("web"))
        #expect(try Selector("shop.web") == .job(name("shop.web")))
        #expect(try Selector("shop/web") == .job(name("shop.web")))
        #expect(try Selector("shop:web") == .job(name("shop.web")))
        #expect(try Selector("12") == .pid(12))
        #expect(try Selector("shop/*") == .pattern("shop.*"))
        #expect(try Selector("web-?") == .pattern("web-?"))
    }

    @Test(
        "that can name nothing is refused",
        arguments: ["", "0", "a b", "a.b.c", "shop.", ".web", "99999999999999999999"]
    )
    func refuses(text: String) {
        let error = #expect(throws: UsageError.self) { try Selector(text) }
        #expect(error?.message.hasPrefix("\"\(text)\" names no job: ") == true)
    }
}

@Suite("Looking up names")
struct ResolverTests {
    private func targets(_ words: String..., among names: String...) throws -> [Target] {
        try Resolver(names: names.map(name)).targets(words.map { try Selector($0) })
    }

    @Test("takes a word for a job of the session default")
    func word() throws {
        #expect(try targets("web", among: "default.web", "shop.web") == [.job(name("default.web"))])
    }

    @Test("takes a word for a session where there is no such job")
    func session() throws {
        #expect(
            try targets("shop", among: "default.web", "shop.a", "shop.b")
                == [.session("shop", [name("shop.a"), name("shop.b")])]
        )
    }

    @Test("tells how to say which, where a word is both")
    func ambiguous() {
        let error = #expect(throws: Failure.self) { try targets("shop", among: "default.shop", "shop.web") }
        #expect(error?.code == .usage)
        #expect(
            error?.messages == [
                "\"shop\" is both the job default.shop and a session: write default.shop for the job, "
                    + "'shop.*' for the jobs of the session."
            ]
        )
    }

    @Test("takes the word default for the session, a job of that name before it")
    func defaultSession() throws {
        #expect(try targets("default", among: "default.a") == [.session("default", [name("default.a")])])
        #expect(
            try targets("default", among: "default.a", "default.default") == [.job(name("default.default"))]
        )
    }

    @Test("finds patterns in full names, and in the names of the session default")
    func patterns() throws {
        let web1 = try name("default.web-1")
        let web2 = try name("shop.web-2")
        #expect(try targets("web-?", among: "default.web-1", "shop.web-2") == [.job(web1)])
        #expect(try targets("*.web-?", among: "default.web-1", "shop.web-2") == [.job(web1), .job(web2)])
        #expect(try targets("*web-2", among: "default.web-1", "shop.web-2") == [.job(web2)])
    }

    @Test("hands whole sessions and everything to gafferd in one piece")
    func whole() throws {
        let both = try [name("default.a"), name("shop.b")]
        #expect(try targets("*", among: "default.a", "shop.b") == [.everything(both)])
        #expect(try targets("shop.*", among: "default.a", "shop.b") == [.session("shop", [both[1]])])
        #expect(try targets("sho?.*", among: "default.a", "shop.b") == [.job(both[1])])
    }

    @Test("names nothing twice")
    func once() throws {
        let job = try name("default.a")
        #expect(try targets("a", "default.a", "a*", among: "default.a") == [.job(job)])
        #expect(try targets("default", "a", among: "default.a") == [.session("default", [job])])
        #expect(try targets("7", "7", among: "default.a") == [.pid(7)])
    }

    @Test(
        "fails where there is nothing of that name",
        arguments: [
            ("wbe", "There is no job and no session \"wbe\". Did you mean web?"),
            ("worker", "There is no job and no session \"worker\". There is shop.worker."),
            ("nothing", "There is no job and no session \"nothing\"."),
            ("x*", "No job matches \"x*\"."),
            ("shopping.*", "No job matches \"shopping.*\"."),
        ]
    )
    func missing(word: String, message: String) {
        let error = #expect(throws: Failure.self) {
            try targets(word, among: "default.web", "shop.worker")
        }
        #expect(error?.code == .notFound)
        #expect(error?.messages == [message])
    }

    @Test("fails for everything where there are no jobs")
    func nothing() {
        let error = #expect(throws: Failure.self) { try targets("*") }
        #expect(error?.code == .notFound)
    }
}
