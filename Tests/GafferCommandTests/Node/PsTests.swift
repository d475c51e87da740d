import GafferModel
import Testing
import WebTestKit

@testable import gaffer

@Suite("gaffer ps")
struct PsTests {
    private static let web = job(
        "shop.web",
        config: #"{"cmd":"python3","args":["-u","serve.py","a b"],"priority":1}"#,
        wanted: 3,
        instances: """
            [{"pid":4,"os_pid":104,"instance":1,"state":"running","commited":false,"create_time":1000099.5},
            {"pid":5,"os_pid":0,"instance":2,"state":"starting","commited":false,"create_time":0},
            {"pid":9,"os_pid":109,"instance":3,"state":"stopping","commited":true,"create_time":996367}]
            """
    )
    private static let worker = """
        {"name":"shop.worker","running":0,"running_out":0,"max_processes":2,"config":{"cmd":"echo $$","shell":true,\
        "priority":0},"state":"backoff","restarts":7,"last_error":"No such file.","retry_in":2.5,"instances":[]}
        """
    private static let jobs = ["shop.web": web, "shop.worker": worker, "store.web": web]

    @Test("shows the application as the manual does", arguments: [[], ["shop"], ["."], ["--app", "shop"], ["shop.*"]])
    func golden(words: [String]) {
        let shop = Shop()
        let server = gafferd(Self.jobs)
        #expect(
            gaffer(words: ["ps"] + words, at: server, in: shop.folder)
                == NodeRun(
                    code: 0,
                    output: """
                        === worker: `echo $$`
                        Total CPU: 1.80 Total MEM: 0.30

                        worker: backoff, next try in 2.5s: No such file.
                        === web: `python3 -u serve.py 'a b'`
                        Total CPU: 1.80 Total MEM: 0.30

                        web.4: up for 0:00.50
                        web.5: starting
                        web.9: up for 1:02:13, stopping (one-off)

                        """,
                    messages: ""
                )
        )
    }

    @Test("shows one job, and as JSON")
    func json() throws {
        let shop = Shop()
        let server = gafferd(Self.jobs)
        #expect(gaffer("ps", "web", at: server, in: shop.folder).output.hasPrefix("=== web: "))
        let text = gaffer("ps", "worker", "--json", at: server, in: shop.folder).output
        #expect(
            text == #"{"jobs":[{"name":"shop.worker","cmd":"echo $$","state":"backoff","numprocesses":2,"cpu":1.8,"#
                + #""mem":0.3,"restarts":7,"processes":[]}]}"# + "\n"
        )
        let web = try JSON(parsing: Array(gaffer("ps", "web", "--json", at: server, in: shop.folder).output.utf8))
        let first = web["jobs"]?.arrayValue?.first?["processes"]?.arrayValue?.first
        #expect(first?["pid"] == 4)
        #expect(first?["os_pid"] == 104)
        #expect(first?["state"] == "running")
        #expect(first?["uptime"]?.doubleValue.map { ($0 * 100).rounded() } == 50)
    }

    @Test(
        "names the time that a process is up",
        arguments: [
            (0, "0:00.00"), (0.449, "0:00.44"), (62.5, "1:02.50"), (3_599.99, "59:59.99"), (3_600, "1:00:00"),
            (90_061, "1 day, 1:01:01"), (864_000, "10 days, 0:00:00"), (-5, "0:00.00"), (.infinity, "-"),
        ] as [(Double, String)]
    )
    func uptime(seconds: Double, text: String) {
        #expect(PsView.uptime(seconds) == text)
    }

    @Test("makes what could change the terminal visible")
    func escapes() {
        let shop = Shop()
        let server = gafferd(["shop.web": job("shop.web", config: #"{"cmd":"a\u001b[2J","shell":true}"#)])
        #expect(!gaffer("ps", at: server, in: shop.folder).output.contains("\u{1B}"))
    }

    @Test(
        "tells what is not there, and what was meant",
        arguments: [
            (["ps"], "stor", "The application \"stor\" is not loaded. Did you mean store?"),
            (["ps", "wbe"], "shop", "There is no job and no application \"wbe\". Did you mean web?"),
            (["ps", "stroe"], "shop", "There is no job and no application \"stroe\". Did you mean store?"),
            (["ps", "x*"], "shop", "No job matches \"x*\"."),
        ]
    )
    func missing(words: [String], application: String, message: String) {
        let server = gafferd(Self.jobs)
        #expect(
            gaffer(words: ["--app", application] + words, at: server)
                == NodeRun(code: 4, output: "", messages: "gaffer: \(message)\n")
        )
    }
}
