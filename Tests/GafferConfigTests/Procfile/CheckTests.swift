import GafferConfig
import Testing

@Suite("What a check finds in an application")
struct CheckTests {
    private func findings(
        _ procfile: String,
        env: String = "",
        _ options: ProcfileApplication.Options = .init()
    ) -> [String] {
        let lookups = ProcfileApplication.Lookups(
            programExists: { word, variables in word == "ruby" || variables["PATH"] == "/opt" },
            accounts: ConfigReader.Accounts(userExists: { $0 == "web" }, groupExists: { $0 == "www" })
        )
        let sources = Applications.sources(procfile, env: env)
        return ProcfileApplication.check(sources, options: options, lookups: lookups).map(\.description)
    }

    @Test("A good application has none")
    func none() {
        #expect(
            findings("web: ruby a.rb -p $PORT\nworker: $X b && c\n", env: "A=1\nGAFFER_UID=web\nGAFFER_GID=0") == []
        )
    }

    @Test(
        "Warnings",
        arguments: [
            ("web: ruby\nworker: python x\n", "", #"Procfile:2: warning: worker: there is no program "python"."#),
            ("web: A=b ./web $PORT\n", "", #"Procfile:1: warning: web: there is no program "./web"."#),
            ("web: ruby", "A=1\nB=2\nA=3", ".env:3: warning: A is set in line 1 already; the later one holds."),
            ("web: ruby", "PORT=http", #".env:1: warning: PORT is "http", which is no port."#),
            ("web: ruby", "PORT=", #".env:1: warning: PORT is "", which is no port."#),
            (
                "web: ruby", "\nGAFFER_REDIRECT_INPUT=wbe",
                ".env:2: warning: GAFFER_REDIRECT_INPUT: There is no wbe in the Procfile; did you mean web?"
            ),
            ("web: ruby", "GAFFER_UID=wob", #".env:1: warning: GAFFER_UID is "wob": there is no such user here."#),
            ("web: ruby", "GAFFER_GID=wob", #".env:1: warning: GAFFER_GID is "wob": there is no such group here."#),
        ]
    )
    func warnings(procfile: String, env: String, expected: String) {
        #expect(findings(procfile, env: env) == [expected])
        // None of them keeps the application from being run.
        #expect(Applications.errors(Applications.sources(procfile, env: env)) == [])
    }

    @Test("A program is looked up with the application's variables")
    func path() {
        #expect(findings("web: python", env: "PATH=/opt") == [])
    }

    @Test("Processes that share one PORT, or reach into another type's, are told of")
    func ports() {
        let four = ProcfileApplication.Options(formation: Formation(others: 4))
        let shared =
            ".env:1: warning: All 4 processes of web get the same PORT: take it away here to have one for each."
        #expect(findings("web: ruby -p $PORT\nworker: ruby\n", env: "PORT=80", four) == [shared])
        #expect(findings("web: ruby -p ${PORT}\n", env: "PORT=80") == [])
        let many = ProcfileApplication.Options(formation: Formation(counts: ["web": 101]))
        #expect(
            findings("web: ruby\nworker: ruby\n", many)
                == ["Procfile:1: warning: More than 100 processes of web reach into the PORTs of worker."]
        )
        #expect(findings("worker: ruby\nweb: ruby\n", many) == [])
    }

    @Test("Errors come first, and warnings are told beside them")
    func both() {
        #expect(
            findings("web: python\nworker ruby\n", env: "A=1\nA=2\nB") == [
                "Procfile:2:1: NAME: COMMAND is expected: worker ruby", ".env:3: It is not KEY=VALUE.",
                ".env:2: warning: A is set in line 1 already; the later one holds.",
                #"Procfile:1: warning: web: there is no program "python"."#,
            ]
        )
    }
}
