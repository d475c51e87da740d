import GafferConfig
import GafferModel
import Testing

@Suite("The sections of jobs")
struct JobSectionTests {
    @Test(
        "A section's name is the job's, in every spelling",
        arguments: [
            ("process:web", "default.web"), ("job:web", "default.web"), ("process:shop:web", "shop.web"),
            ("process:shop.web", "shop.web"), ("process:shop/web", "shop.web"), ("job:shop:web", "shop.web"),
            ("PROCESS:web", "default.web"), ("process: shop:web ", "shop.web"),
            ("process:Shop:Web-1_a", "Shop.Web-1_a"),
            ("process:default.web", "default.web"),
        ]
    )
    func names(section: String, name: String) throws {
        let config = try Reading.load("\n[\(section)]\ncmd = /bin/true")
        #expect(config.jobs.map(\.name.description) == [name])
        #expect(config.jobs.first?.file == Reading.path)
        #expect(config.jobs.first?.line == 2)
    }

    @Test(
        "What is no name is an error",
        arguments: [
            "process:", "process: ", "process:1", "process:a b", "process:a:b:c", "process:a..b", "process:é",
            "process",
        ]
    )
    func badNames(section: String) {
        #expect(Reading.errors("\n[\(section)]\ncmd = /bin/true").map(\.line) == [2])
    }

    @Test(
        "A job that stands twice is an error that names the first place",
        arguments: ["process:web", "job:web", "process:default.web", "job:default/web", "PROCESS:default:web"]
    )
    func duplicates(section: String) throws {
        let errors = Reading.errors("[process:web]\ncmd = a\n[\(section)]\ncmd = b")
        #expect(errors.map(\.line) == [3])
        #expect(try #require(errors.first).message.contains("\(Reading.path):1"))
    }

    @Test("A section without cmd is an error of its own")
    func withoutCommand() {
        let errors = Reading.errors("\n[process:web]\nnumprocesses = 2")
        #expect(errors.places == ["gafferd.ini:2"])
        #expect(errors.first?.message.contains("cmd") == true)
    }

    @Test("Jobs keep the order in which they are written")
    func order() throws {
        let config = try Reading.load(["b", "a", "c"].map { "[process:\($0)]\ncmd = x\n" }.joined())
        #expect(config.jobs.map(\.name.job) == ["b", "a", "c"])
    }

    @Test(
        "[env:NAME] gives a job its variables in upper case, and wins over env:KEY",
        arguments: ["env:shop:web", "env:shop.web", "env:shop/web", "ENV:shop:web"]
    )
    func environment(section: String) throws {
        let job = "[process:shop:web]\ncmd = x\nenv:PORT = 1\nenv:port = 2\nenv:HOST = a"
        let variables = "[\(section)]\nport = 80\nDebug ="
        for text in ["\(job)\n\(variables)", "\(variables)\n\(job)"] {
            let config = try Reading.load(text)
            #expect(config.jobs.first?.config.env == ["PORT": "80", "port": "2", "HOST": "a", "DEBUG": ""])
        }
    }

    @Test(
        "A section of variables that nobody has is an error",
        arguments: ["env:two", "env:shop:one", "env:", "env:1", "env"]
    )
    func strayEnvironment(section: String) {
        let errors = Reading.errors("[process:one]\ncmd = x\n[\(section)]\na = b")
        #expect(errors.map(\.line) == [3], "\(errors)")
    }

    @Test("Two sections of variables for one job are an error, and so is env:KEY within one")
    func badEnvironment() {
        let twice = Reading.errors("[process:a]\ncmd = x\n[env:a]\nb = 1\n[env:default.a]\nc = 1")
        #expect(twice.map(\.line) == [5])
        let prefixed = Reading.errors("[process:a]\ncmd = x\n[env:a]\nenv:b = 1")
        #expect(prefixed.map(\.line) == [4])
    }

    @Test(
        "A variable that is known is no error",
        arguments: [
            "cmd = x $HOME", "cmd = x ${HOME}/a", "cmd = x '$LANG'", "cmd = x $$HOME $$", "cmd = x $A\nenv:A = 1",
            "cmd = x\nargs = $A\nenv:A = 1", "cmd = x $GAFFER_SESSION $GAFFER_JOB $GAFFER_INSTANCE $GAFFER_PID",
            "cmd = x $B\nenv_file = .env", "cmd = x $NO_SUCH $( ${\nshell = true", "cmd = x $B\n[env:one]\nb = 1",
            "cmd = $HOME/x",
        ]
    )
    func knownVariables(lines: String) {
        #expect(Reading.errors("[process:one]\n\(lines)") == [])
    }

    @Test(
        "An unknown variable is an error in the line that names it",
        arguments: [
            ("cmd = x $NO_SUCH", "2 cmd", "$NO_SUCH"), ("cmd = x\nargs = a ${NO_SUCH}", "3 args", "$NO_SUCH"),
            ("cmd = $NO_SUCH/x", "2 cmd", "$NO_SUCH"), ("cmd = x $HOME\nos_env = false", "2 cmd", "$HOME"),
            ("cmd = x $a\nenv:A = 1", "2 cmd", "$a"), ("cmd = x $", "2 cmd", "$"), ("cmd = x $1", "2 cmd", "$1"),
            ("cmd = x ${A", "2 cmd", "${"), ("cmd = x ${}", "2 cmd", "${"), ("cmd = x $é", "2 cmd", "$"),
        ]
    )
    func unknownVariables(lines: String, place: String, word: String) throws {
        let errors = Reading.errors("[process:one]\n\(lines)")
        #expect(errors.places == ["gafferd.ini:\(place)"])
        #expect(try #require(errors.first).message.contains(word))
    }

    @Test("Every unknown variable is told")
    func allVariables() {
        #expect(Reading.errors("[process:one]\ncmd = x $A $B\nargs = $C").count == 3)
    }
}
