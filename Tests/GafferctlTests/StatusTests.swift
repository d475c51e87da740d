import GafferModel
import Testing
import WebTestKit

@testable import GafferTool
@testable import gafferctl

@Suite("gafferctl status")
struct StatusTests {
    @Test("shows all jobs")
    func all() {
        let server = gafferd()
        #expect(
            run("status", at: "unix:\(server.path)")
                == Run(
                    code: 0,
                    output: """
                        JOB           STATE    PROCS  RESTARTS  UPTIME  LAST EXIT        NEXT
                        default.idle  idle       0/0         0       -  -                -
                        shop.web      backoff  2/3+1         7  1m 40s  code 1, 10s ago  restart in 2.5s: No such file.

                        """,
                    messages: ""
                )
        )
        #expect(server.requests.map(\.line) == ["GET /jobs?info=true"])
    }

    @Test("shows one job in detail, with one request where its name is full")
    func one() {
        let server = gafferd()
        #expect(
            run("status", "shop.web", at: "unix:\(server.path)")
                == Run(
                    code: 0,
                    output: """
                        shop.web: backoff, 2 of 3 processes, 1 one-off
                          Command:    serve -p 80
                          Restarts:   7
                          Last exit:  code 1, 10s ago
                          Last error: No such file.
                          Next:       restart in 2.5s
                          Why:        The last start failed: No such file. The next attempt is in 2.5s.

                        PID  OS PID  INSTANCE  STATE     UPTIME
                          4     104         1  running   1m 40s
                          5       -         2  starting      0s
                          9     109   one-off  running      50s

                        """,
                    messages: ""
                )
        )
        #expect(server.requests.map(\.line) == ["GET /jobs/shop/web?instances=true"])
    }

    @Test("exits with 3 where a named job does not run", arguments: ["idle", "default.idle", "*"])
    func notRunning(name: String) {
        let server = gafferd()
        #expect(run("status", name, at: "unix:\(server.path)").code == 3)
        #expect(run("status", "-q", name, at: "unix:\(server.path)") == Run(code: 3, output: "", messages: ""))
    }

    @Test("takes sessions, patterns and pids for their jobs", arguments: ["shop", "shop.*", "*.web", "4"])
    func selectors(word: String) {
        let server = gafferd()
        let run = run("status", word, at: "unix:\(server.path)")
        #expect(run.code == 0)
        #expect(run.output.contains("shop.web"))
        #expect(!run.output.contains("default.idle"))
    }

    @Test("prints one document with --json")
    func json() throws {
        let server = gafferd()
        let run = run("status", "--json", at: "unix:\(server.path)")
        let document = try JSON(parsing: run.output)
        #expect(document["jobs"]?.arrayValue?.compactMap { $0["name"]?.stringValue } == ["default.idle", "shop.web"])
        #expect(document["jobs"]?.arrayValue?.last == (try JSON(parsing: web)))
    }

    @Test("prints nothing on stdout where a name means nothing")
    func nothing() {
        let server = gafferd()
        #expect(
            run("status", "web.*", "shop.web", "--json", at: "unix:\(server.path)")
                == Run(code: 4, output: "", messages: "gafferctl: No job matches \"web.*\".\n")
        )
    }

    @Test("of a job that does not exist exits with 4")
    func missing() {
        let server = gafferd()
        #expect(
            run("status", "shop.nothing", at: "unix:\(server.path)")
                == Run(
                    code: 4,
                    output: "",
                    messages: "gafferctl: There is no GET /jobs/shop/nothing?instances=true.\n"
                )
        )
    }

    @Test("without a gafferd exits with 5 and says what to do")
    func unreachable() {
        #expect(
            run("status")
                == Run(
                    code: 5,
                    output: "",
                    messages: "gafferctl: There is no socket at unix:/nonexistent/gafferd.sock. Is gafferd running?\n"
                )
        )
    }
}
