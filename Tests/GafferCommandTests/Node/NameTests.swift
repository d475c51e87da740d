import GafferModel
import Testing
import WebTestKit

@testable import GafferTool
@testable import gaffer

@Suite("A name within an application")
struct NameTests {
    private static let names = ["default.web", "shop.store", "shop.web", "shop.worker", "store.web", "web.x"]

    private func meant(_ word: String) throws -> [String] {
        let resolver = Resolver(names: try Self.names.map { try JobName(parsing: $0) }, application: "shop")
        return try resolver.targets([try Selector(word)]).flatMap(\.jobs).map { "\($0)" }
    }

    @Test(
        "is a job of it, or another application",
        arguments: [
            ("worker", ["shop.worker"]), ("shop.web", ["shop.web"]), ("default.web", ["default.web"]),
            ("default", ["default.web"]), ("shop", ["shop.store", "shop.web", "shop.worker"]),
            (".", ["shop.store", "shop.web", "shop.worker"]), ("*", ["shop.store", "shop.web", "shop.worker"]),
            ("w*", ["shop.web", "shop.worker"]), ("store.*", ["store.web"]),
            ("*.web", ["default.web", "shop.web", "store.web"]),
        ]
    )
    func means(word: String, jobs: [String]) throws {
        #expect(try meant(word) == jobs)
    }

    @Test("that is both is asked about", arguments: ["web", "store"])
    func both(word: String) {
        let failure = #expect(throws: Failure.self) { try meant(word) }
        #expect(failure?.code == .usage)
        #expect(
            failure?.messages == [
                "\"\(word)\" is both the job shop.\(word) and an application: write shop.\(word) for the job, "
                    + "'\(word).*' for the jobs of the application."
            ]
        )
    }

    @Test("is not looked up where it is a pid or a full one")
    func plain() throws {
        // The folder could not name an application: nothing here needs one.
        let directory = TemporaryDirectory()
        let server = gafferd([:])
        #expect(gaffer("kill", "12", "HUP", at: server, in: directory.path).code == 0)
        #expect(gaffer("kill", "shop.web", "HUP", at: server, in: directory.path).code == 0)
        #expect(server.requests.map(\.line) == ["POST /12/signal", "POST /jobs/shop/web/signal"])
    }

    @Test(
        "of the application is that of --app, or its folder's",
        arguments: [
            (["--app", "store"], "store"), (["--app", "."], "shop"), ([], "shop"), (["--app", "Old_App"], "Old_App"),
        ]
    )
    func application(words: [String], name: String) {
        let shop = Shop()
        let server = gafferd(["\(name).web": job("\(name).web", config: #"{"cmd":"x"}"#)])
        #expect(gaffer(words: words + ["ps:stop", "--no-wait"], at: server, in: shop.folder).code == 0)
        #expect(server.changes == ["POST /sessions/\(name)/state 0"])
        let byFile = gaffer(words: ["-f", "\(shop.folder)/Procfile"] + words + ["ps"], at: server)
        #expect(byFile.code == 0)
    }

    @Test("of a folder that can't name one is refused with the way out")
    func refused() {
        let shop = Shop()
        let run = gaffer("ps", in: "/")
        #expect(run.code == 2)
        #expect(run.messages == "gaffer: The folder / names no application. Give a name, as with --app app.\n")
        #expect(gaffer("ps", in: "\(shop.folder)/none").messages.contains("There is no such folder."))
        #expect(gaffer("--app", "a b", "ps").code == 2)
        // An application that is named does not need the folder.
        let server = gafferd(["store.web": job("store.web", config: #"{"cmd":"x"}"#)])
        #expect(gaffer("ps", "store", at: server, in: "/").output.hasPrefix("=== web: `x`\n"))
        #expect(gaffer("ps", "web", at: server, in: "/").code == 2)
    }
}
