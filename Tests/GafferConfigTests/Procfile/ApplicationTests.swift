import GafferConfig
import GafferModel
import Testing

/// Applications in memory.
enum Applications {
    static func sources(
        _ procfile: String,
        env texts: String...,
        folder: String = "/srv/shop"
    ) -> ApplicationSources {
        ApplicationSources(
            procfile: .init(file: "Procfile", procfile),
            environment: texts.enumerated().map {
                .init(file: $0.offset == 0 ? ".env" : ".env\($0.offset)", $0.element)
            },
            folder: folder
        )
    }

    /// What is wrong, a line each.
    static func errors(_ sources: ApplicationSources, _ options: ProcfileApplication.Options = .init()) -> [String] {
        do {
            _ = try ProcfileApplication(sources, options: options)
            return []
        } catch {
            return error.errors.map(\.description)
        }
    }
}

@Suite("A Procfile application")
struct ApplicationTests {
    private func application(
        _ procfile: String,
        env: String = "",
        _ options: ProcfileApplication.Options = .init()
    ) throws -> ProcfileApplication {
        try ProcfileApplication(Applications.sources(procfile, env: env), options: options)
    }

    @Test("It has the types of the Procfile in their order, the folder, and the folder's name")
    func types() throws {
        let app = try application("web: ./web\nworker: ./worker $A\n", env: "A=1\nB='2 3'")
        #expect(app.name == "shop")
        #expect(app.folder == "/srv/shop")
        #expect(app.environment == ["A": "1", "B": "2 3"])
        #expect(app.types.map(\.name.description) == ["shop.web", "shop.worker"])
        #expect(app.types.map(\.command.text) == ["./web", "./worker $A"])
        #expect(app.types.map(\.count) == [1, 1])
        #expect(app.types.map(\.line) == [1, 2])
        #expect(app.uid == nil && app.gid == nil)
    }

    @Test(
        "The name is the folder's, or one that is given",
        arguments: [
            (ProcfileApplication.Naming.folder, "/srv/shop", "shop"), (.named("store"), "/srv/Shop", "store"),
            (.named("."), "/srv/shop", "shop"), (.nearFolder, "/srv/My Shop", "my-shop"), (.nearFolder, "/", "app"),
        ]
    )
    func naming(naming: ProcfileApplication.Naming, folder: String, expected: String) throws {
        let sources = Applications.sources("web: x", folder: folder)
        #expect(try ProcfileApplication(sources, options: .init(naming: naming)).name == expected)
    }

    @Test("Later files and later lines win")
    func environment() throws {
        let sources = Applications.sources("web: x", env: "A=1\nB=1\nA=2", "B=3\nC=", "C=4\n")
        let app = try ProcfileApplication(sources)
        #expect(app.environment == ["A": "2", "B": "3", "C": "4"])
    }

    // MARK: - Which types

    @Test(
        "Types are left out by a count of 0, by except, and by only",
        arguments: [
            (["web=0"], [], [], ["worker", "clock"]), (["all=0,web=2"], [], [], ["web"]),
            ([], ["clock", "web"], [], ["web", "clock"]), ([], [], ["web"], ["worker", "clock"]),
            ([], ["web", "worker"], ["web"], ["worker"]), (["worker=0"], ["web", "worker"], [], ["web"]),
        ]
    )
    func selection(counts: [String], only: [String], except: [String], expected: [String]) throws {
        let formation = try Formation(parsing: counts)
        let options = ProcfileApplication.Options(formation: formation, only: only, except: except)
        let app = try application("web: a\nworker: b\nclock: c\n", options)
        #expect(app.types.map(\.name.job) == expected)
        #expect(app.types.allSatisfy { $0.count == formation.count(of: $0.name.job) })
    }

    @Test(
        "A type that does not exist is an error, with the one that may be meant",
        arguments: [
            (["wbe=2"], [], [], "-c wbe=2: There is no wbe in the Procfile; did you mean web?"),
            (["x=2"], [], [], "-c x=2: There is no x in the Procfile, which has web, worker."),
            ([], ["works"], [], "--only works: There is no works in the Procfile, which has web, worker."),
            ([], [], ["workr"], "--except workr: There is no workr in the Procfile; did you mean worker?"),
            (["all=0"], [], [], "No type of process is left to run: all are left out."),
            ([], ["web"], ["web"], "No type of process is left to run: all are left out."),
        ]
    )
    func unknownTypes(counts: [String], only: [String], except: [String], message: String) throws {
        let options = try ProcfileApplication.Options(
            formation: Formation(parsing: counts),
            only: only,
            except: except
        )
        #expect(Applications.errors(Applications.sources("web: a\nworker: b\n"), options) == [message])
    }

    // MARK: - PORT

    /// The PORTs of the first two processes of each type.
    private func ports(_ app: ProcfileApplication) -> [String?] {
        app.types.flatMap { type in (1...2).map { app.environment(of: type, instance: $0)["PORT"] } }
    }

    @Test(
        "Each process has a PORT of its own, unless a .env file gives one",
        arguments: [
            ("", nil, nil, ["5000", "5001", "5100", "5101"]), ("", 7000, nil, ["7000", "7001", "7100", "7101"]),
            ("", nil, "3000", ["3000", "3001", "3100", "3101"]), ("", 7000, "3000", ["7000", "7001", "7100", "7101"]),
            ("PORT=80", nil, nil, ["80", "80", "80", "80"]), ("PORT=80", nil, "3000", ["80", "80", "80", "80"]),
            ("PORT=80", 7000, nil, ["7000", "7001", "7100", "7101"]),
            ("", nil, "", ["5000", "5001", "5100", "5101"]),
        ] as [(String, Int?, String?, [String])]
    )
    func port(env: String, option: Int?, inherited: String?, expected: [String]) throws {
        let inherited = inherited.map { ["PORT": $0] } ?? [:]
        let app = try application("web: a\nworker: b\n", env: env, .init(port: option, inherited: inherited))
        #expect(ports(app) == expected)
        // A job says the same, in the two ways it can.
        for type in app.types {
            let config = app.config(of: type)
            #expect((config.port == nil) == (config.env["PORT"] != nil))
            #expect(
                config.env["PORT"] ?? config.port.map(String.init) == app.environment(of: type, instance: 1)["PORT"]
            )
        }
    }

    @Test("A type that is left out keeps its ports")
    func keptPorts() throws {
        #expect(try ports(application("web: a\nworker: b\n", .init(only: ["worker"]))) == ["5100", "5101"])
        let formation = Formation(counts: ["web": 0])
        #expect(try ports(application("web: a\nworker: b\n", .init(formation: formation))) == ["5100", "5101"])
    }

    @Test(
        "A port that is none is an error",
        arguments: [
            (0, "", "--port 0: A port from 1 to 65535 is expected."),
            (65_536, "", "--port 65536: A port from 1 to 65535 is expected."),
            (
                nil, "many",
                #"The environment's PORT is "many": a port from 1 to 65535 is expected. Unset it, or give --port."#
            ),
            (
                65_450, "",
                "Procfile:2: The PORT of worker.1 would be 65550, and no port is so high: give PORT in a .env file, or a lower --port."
            ),
        ] as [(Int?, String, String)]
    )
    func badPorts(option: Int?, inherited: String, message: String) {
        let options = ProcfileApplication.Options(port: option, inherited: ["PORT": inherited])
        #expect(Applications.errors(Applications.sources("web: a\nworker: b\n"), options) == [message])
    }

    // MARK: - Variables that are meant for gaffer

    @Test("GAFFER_UID, GAFFER_GID and GAFFER_REDIRECT_INPUT set what they say, and are variables as any other")
    func specialVariables() throws {
        let env = "GAFFER_UID=www-data\nGAFFER_GID=33\nGAFFER_REDIRECT_INPUT=\"worker, clock\"\n"
        let app = try application("web: a\nworker: b\nclock: c\n", env: env)
        #expect(app.uid == .name("www-data"))
        #expect(app.gid == .id(33))
        #expect(app.types.map(\.redirectsInput) == [false, true, true])
        #expect(app.environment["GAFFER_GID"] == "33")
        let empty = try application("web: a\n", env: "GAFFER_UID=\nGAFFER_REDIRECT_INPUT=")
        #expect(empty.uid == nil && !empty.types[0].redirectsInput)
    }

    // MARK: - Jobs

    @Test("A job has the command, the variables, the folder and the number of its type")
    func job() throws {
        let env = "A=1\nGAFFER_UID=33\nGAFFER_REDIRECT_INPUT=web\n"
        let app = try application(
            "clock: c\nweb: ./web --name 'a b'\n",
            env: env,
            .init(formation: Formation(others: 3))
        )
        let (name, config) = try #require(app.jobs.last)
        var expected = JobConfig(cmd: "./web")
        expected.args = ["--name", "a b"]
        expected.env = ["A": "1", "GAFFER_UID": "33", "GAFFER_REDIRECT_INPUT": "web"]
        expected.osEnv = true
        expected.port = 5100
        expected.uid = .id(33)
        expected.cwd = "/srv/shop"
        expected.numprocesses = 3
        expected.priority = 1
        expected.redirectInput = true
        #expect(name.description == "shop.web")
        #expect(config == expected)
        #expect(app.jobs.map(\.config.priority) == [0, 1])
    }

    @Test(
        "A job runs what the line says, whatever stands in it",
        arguments: [
            ("'my web' x", "'my web'", ["x"], false), ("a '$B' c$$'d'", "exec a '$B' c$$'d'", [], true),
            ("a '$B' \"\\$\" $", "a", ["$$B", "$$", "$$"], false), ("'$a' b", "'$$a'", ["b"], false),
            ("a $B", "exec a $B", [], true), ("a && b", "a && b", [], true),
            ("a '$\u{301}'", "a", ["$$\u{301}"], false),
        ]
    )
    func commands(line: String, cmd: String, args: [String], shell: Bool) throws {
        let config = try #require(try application("web: " + line).jobs.first).config
        #expect(config.cmd == cmd)
        #expect(config.args == args)
        #expect(config.shell == shell)
        guard !shell else { return }
        // What a gafferd makes of them: split, and variables replaced, of which there are none.
        let words = try (ShellWords.split(config.cmd) + config.args).map {
            try VariableExpansion.expand($0) { _ in nil }
        }
        #expect(ShellLineTests.words(of: line) == words)
    }

    // MARK: - Errors

    @Test("Everything that is wrong is told at once, in the order of the files")
    func allErrors() throws {
        let sources = ApplicationSources(
            procfile: .init(file: "app/Procfile", "web: a 'b\nworker b\n\nclock: \"x\n"),
            environment: [
                .init(file: ".env", "A=1\nB\n"), .init(file: "x.env", "C='\nGAFFER_UID=a b\nGAFFER_GID=-1\n"),
            ],
            folder: "/srv/My Shop"
        )
        let options = ProcfileApplication.Options(formation: Formation(counts: ["webb": 1]), port: 0)
        #expect(
            Applications.errors(sources, options) == [
                "app/Procfile:1:8: The command of web can't be run: a single quote is not closed.",
                "app/Procfile:2:1: NAME: COMMAND is expected: worker b",
                "app/Procfile:4:8: The command of clock can't be run: a double quote is not closed.",
                ".env:2: It is not KEY=VALUE.",
                "x.env:1: The quote of C is not closed.",
                #""My Shop" can't name an application: use lower-case letters, digits, _ and -, a letter first, "#
                    + "100 characters at most. Give a name, as with --app my-shop.",
                #"x.env:2: GAFFER_UID is "a b": a name or a number is expected."#,
                #"x.env:3: GAFFER_GID is "-1": a name or a number is expected."#,
                "-c webb=1: There is no webb in the Procfile; did you mean web?",
                "--port 0: A port from 1 to 65535 is expected.",
            ]
        )
    }

    @Test("A Procfile without entries is an error", arguments: ["", "\n# web: x\n"])
    func noEntries(text: String) {
        let message = "Procfile: It has no entries: write NAME: COMMAND, a line for each type of process."
        #expect(Applications.errors(Applications.sources(text)) == [message])
    }

    @Test("A file of variables has bounds")
    func bounds() {
        let large = "#" + String(repeating: "x", count: 1 << 20)
        #expect(
            Applications.errors(Applications.sources("web: x", env: large)) == [".env: The file is longer than 1M."]
        )
        let long = "A=" + String(repeating: "x", count: 128 << 10)
        #expect(
            Applications.errors(Applications.sources("web: x", env: long)) == [".env:1: A is longer than 131072 bytes."]
        )
        let many = String(repeating: "x\n", count: 300)
        let errors = Applications.errors(Applications.sources("web: x", env: many))
        #expect(errors.count == 101)
        #expect(errors.last == ".env:101: There are too many errors: the rest is not read.")
    }
}
