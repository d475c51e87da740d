import GafferModel
import Testing

@testable import Gaffer

@Suite struct LaunchPlanTests {
    private func plan(
        _ cmd: String,
        inherited: [String: String] = [:],
        files: [[String: String]] = [],
        commitEnv: [String: String] = [:],
        _ change: (inout JobConfig) -> Void = { _ in }
    ) throws -> LaunchPlan {
        var config = JobConfig(cmd: cmd)
        change(&config)
        return try LaunchPlan(
            config: config,
            name: .web,
            instance: 2,
            pid: 7,
            commitEnv: commitEnv,
            inherited: inherited,
            files: files
        )
    }

    // MARK: Environment

    @Test("Each source of the environment wins over those before it")
    func precedence() throws {
        let names = ["inherited", "first", "second", "job", "commit", "GAFFER_PID"]
        /// What each source knows: the names from its own on.
        func source(_ number: Int) -> [String: String] {
            Dictionary(uniqueKeysWithValues: names[number...].map { ($0, String(number)) })
        }
        let plan = try self.plan("x", inherited: source(0), files: [source(1), source(2)], commitEnv: source(4)) {
            $0.osEnv = true
            $0.env = source(3)
        }
        #expect(
            plan.environment == [
                "inherited": "0", "first": "1", "second": "2", "job": "3", "commit": "4", "GAFFER_PID": "7",
                "GAFFER_SESSION": "shop", "GAFFER_JOB": "web", "GAFFER_INSTANCE": "2",
            ]
        )
    }

    @Test("A job with a port gives each instance one more, and what names PORT itself wins")
    func port() throws {
        #expect(
            try plan("x", inherited: ["PORT": "1"]) { ($0.osEnv, $0.port) = (true, 5000) }.environment["PORT"] == "5001"
        )
        #expect(try plan("x $PORT") { $0.port = 5000 }.arguments == ["5001"])
        #expect(try plan("x", files: [["PORT": "2"]]) { $0.port = 5000 }.environment["PORT"] == "2")
        #expect(try plan("x") { ($0.env, $0.port) = (["PORT": "3"], 65_535) }.environment["PORT"] == "3")
        #expect(try plan("x", commitEnv: ["PORT": "4"]) { $0.port = 5000 }.environment["PORT"] == "4")
        #expect(throws: GafferError.self) { try plan("x") { $0.port = 65_535 } }
    }

    @Test("Without os_env nothing is inherited")
    func notInherited() throws {
        let plan = try self.plan("x", inherited: ["HOME": "/root"])
        #expect(plan.environment.keys.sorted() == ["GAFFER_INSTANCE", "GAFFER_JOB", "GAFFER_PID", "GAFFER_SESSION"])
    }

    @Test("What is meant for gafferd alone is never inherited", arguments: LaunchPlan.private.sorted())
    func privateVariables(name: String) throws {
        let plan = try self.plan("x", inherited: [name: "secret", "HOME": "/root"]) { $0.osEnv = true }
        #expect(plan.environment[name] != "secret")
        #expect(plan.environment["HOME"] == "/root")
    }

    @Test("A job may name such a variable itself, but not pose as another process")
    func namedPrivateVariables() throws {
        let plan = try self.plan("x") { $0.env = ["NOTIFY_SOCKET": "/mine", "GAFFER_PID": "1"] }
        #expect(plan.environment["NOTIFY_SOCKET"] == "/mine")
        #expect(plan.environment["GAFFER_PID"] == "7")
    }

    // MARK: Words

    struct Case: Sendable, CustomTestStringConvertible {
        let cmd: String
        var args: [String] = []
        let words: [String]
        var testDescription: String { ([cmd] + args).joined(separator: " | ") }
    }

    @Test(
        "Variables are replaced in each word after the command was split",
        arguments: [
            Case(cmd: "web", words: ["web"]),
            Case(cmd: "web -a 'b c'", args: ["d e"], words: ["web", "-a", "b c", "d e"]),
            Case(cmd: "web $TWO ${TWO}x", words: ["web", "a b", "a bx"]),
            Case(cmd: "web", args: ["$TWO", "$$HOME"], words: ["web", "a b", "$HOME"]),
            // What comes out of a variable is not looked at again.
            Case(cmd: "web $DOLLAR '$QUOTE'", words: ["web", "$TWO", "'"]),
            Case(cmd: "$PROGRAM $GAFFER_JOB-$GAFFER_INSTANCE", words: ["/bin/web", "web-2"]),
            Case(cmd: "web $EMPTY", words: ["web", ""]),
        ]
    )
    func words(row: Case) throws {
        let plan = try self.plan(row.cmd) {
            $0.args = row.args
            $0.env = ["TWO": "a b", "DOLLAR": "$TWO", "QUOTE": "'", "PROGRAM": "/bin/web", "EMPTY": ""]
        }
        #expect([plan.program] + plan.arguments == row.words)
    }

    @Test(
        "What can't be made words of is an error that names it",
        arguments: [
            ("web $MISSING", "MISSING"), ("web ${MISSING}", "MISSING"), ("web 'a", "'a"), ("", "empty"),
            ("  ", "empty"), ("$EMPTY", "empty"), ("web $", "$"), ("web ${A", "${A"),
        ]
    )
    func errors(cmd: String, word: String) {
        let error = #expect(throws: GafferError.self) { try self.plan(cmd) { $0.env = ["EMPTY": ""] } }
        #expect(error?.code == .badValue)
        #expect(error?.message.contains(word) == true)
    }

    @Test("A variable comes from the process's own environment, not from gafferd's")
    func foreignVariable() throws {
        #expect(throws: GafferError.self) { try self.plan("web $HOME", inherited: ["HOME": "/root"]) }
        let plan = try self.plan("web $HOME", inherited: ["HOME": "/root"]) { $0.osEnv = true }
        #expect(plan.arguments == ["/root"])
    }

    // MARK: Shell

    @Test("With shell the command goes to sh as it is, and each argument stays one word")
    func shell() throws {
        let plan = try self.plan("echo $HOME; cat 'x") {
            $0.shell = true
            $0.args = ["a b", "$x", "it's"]
        }
        #expect(plan.program == "/bin/sh")
        #expect(plan.arguments.first == "-c")
        let script = try #require(plan.arguments.last)
        #expect(plan.arguments.count == 2)
        #expect(script.hasPrefix("echo $HOME; cat 'x "))
        let quoted = String(script.dropFirst("echo $HOME; cat 'x ".count))
        #expect(try ShellWords.split(quoted) == ["a b", "$x", "it's"])
    }

    // MARK: Checking

    @Test("An unknown variable is an error before anything starts, unless a file may still name it")
    func check() throws {
        var config = JobConfig(cmd: "web $LATER")
        #expect(throws: GafferError.self) { try LaunchPlan.check(config, name: .web, inherited: [:]) }
        config.envFile = ["/etc/web.env"]
        try LaunchPlan.check(config, name: .web, inherited: [:])
        config.cmd = "web 'a"
        #expect(throws: GafferError.self) { try LaunchPlan.check(config, name: .web, inherited: [:]) }
    }

    @Test("A file's path takes the process's variables, and is relative to the working directory")
    func paths() throws {
        let plan = try self.plan("web") { $0.env = ["DIR": "logs"] }
        let file = OutputFile(path: "$DIR/$GAFFER_JOB.$GAFFER_INSTANCE")
        #expect(plan.path(of: file, directory: "/srv") == "/srv/logs/web.2")
        #expect(plan.path(of: file, directory: nil) == "logs/web.2")
        #expect(plan.path(of: OutputFile(path: "/var/log/x"), directory: "/srv") == "/var/log/x")
    }
}
