import GafferModel
import Glibc
import ProgramTestKit
import Testing

@Suite("An application in a gafferd", .oneSlot, .timeLimit(.minutes(2)))
struct LoadingTests {
    private static let procfile = """
        web: sleep 1000
        worker: sleep 1001 && true
        clock: sleep 1002

        """

    @Test("is loaded twice, and only what differs changes")
    func twice() async throws {
        try await withGafferd { daemon in
            try daemon.bench.application("shop", Self.procfile, environment: "COLOR=red\n")
            let node = "unix:\(daemon.bench.socket)"
            func load() async throws -> String {
                let run = try await daemon.gaffer(in: "shop", "load")
                #expect(run.code == 0, "\(run.all)")
                #expect(run.error.isEmpty, "\(run.error)")
                return run.output
            }
            let done = "==> 'shop' has been loaded in \(node)\n"
            #expect(try await load() == "shop.web: loaded\nshop.worker: loaded\nshop.clock: loaded\n" + done)
            var osPids: [String: Int] = [:]
            for name in ["web", "worker", "clock"] { osPids[name] = try await daemon.osPid("shop/\(name)") }
            let info = try await daemon.info("shop/web")
            #expect(info["config"]?["cwd"] == .string(daemon.bench.scratch("shop")))
            #expect(info["config"]?["env"]?["COLOR"] == "red")

            #expect(try await load() == "shop.web: unchanged\nshop.worker: unchanged\nshop.clock: unchanged\n" + done)
            for (name, osPid) in osPids { #expect(try await daemon.osPid("shop/\(name)") == osPid, "\(name)") }

            // One is another one, one is gone, one is new.
            try daemon.bench.application("shop", "web: sleep 1000\nworker: sleep 2001 && true\nmail: sleep 1003\n")
            #expect(
                try await load() == """
                    shop.clock: removed
                    shop.web: unchanged
                    shop.worker: changed
                    shop.mail: loaded
                    \(done)
                    """
            )
            #expect(try await daemon.osPid("shop/web") == osPids["web"])
            #expect(try await daemon.osPid("shop/worker") != osPids["worker"])
            #expect(!ProcessTable.isAlive(osPids["clock"] ?? 0))
            #expect(try await daemon.curl("GET", "/jobs/shop/clock").status == 404)

            // Other variables are another environment for all.
            try daemon.bench.scratch.write("shop/.env", "COLOR=blue\n")
            #expect(try await load() == "shop.web: changed\nshop.worker: changed\nshop.mail: changed\n" + done)

            let run = try await daemon.gaffer(in: "shop", "unload")
            #expect(run.code == 0, "\(run.all)")
            #expect(run.output.hasSuffix("==> 'shop' has been unloaded from \(node)\n"))
            #expect(try await daemon.curl("GET", "/sessions").json["sessions"]?.strings == [])
            #expect(try await daemon.gaffer(in: "shop", "ps").code == 4)
        }
    }

    @Test("keeps the numbers that scale gave it, until -c says others")
    func scale() async throws {
        try await withGafferd { daemon in
            try daemon.bench.application("shop", "dummy: sleep 1000\ndummy1: sleep 1001\n")
            #expect(try await daemon.gaffer(in: "shop", "load", "--nostart").code == 0)
            #expect(try await daemon.osPids("shop/dummy").isEmpty)
            #expect(try await daemon.gaffer(in: "shop", "ps:start").code == 0)
            let run = try await daemon.gaffer(in: "shop", "scale", "dummy=3", "dummy1+2")
            #expect(
                run.output == """
                    Scaling dummy processes... done, now running 3
                    Scaling dummy1 processes... done, now running 3

                    """,
                "\(run.all)"
            )
            let osPids = try await daemon.osPids("shop/dummy")
            #expect(osPids.count == 3)
            #expect(try await daemon.gaffer(in: "shop", "load").output.contains("shop.dummy: unchanged\n"))
            #expect(try await daemon.osPids("shop/dummy") == osPids)
            let fewer = try await daemon.gaffer(in: "shop", "load", "-c", "dummy=1")
            #expect(fewer.output.contains("shop.dummy: scaled to 1\nshop.dummy1: unchanged\n"), "\(fewer.all)")
            #expect(try await daemon.osPids("shop/dummy").count == 1)
            #expect(try await daemon.osPids("shop/dummy1").count == 3)
        }
    }

    @Test("is shown as the manual shows it")
    func ps() async throws {
        try await withGafferd { daemon in
            try daemon.bench.application("shop", "dummy: sleep -- 1000\ndummy1: sleep 1001\n")
            #expect(try await daemon.gaffer(in: "shop", "load", "-c", "dummy=2").code == 0)
            let run = try await daemon.gaffer(in: "shop", "ps")
            #expect(run.code == 0, "\(run.all)")
            // Numbers that are others each time are made alike.
            let times = try Regex(#"up for \d+:\d\d\.\d\d"#)
            let shares = try Regex(#"Total CPU: \d+\.\d\d Total MEM: \d+\.\d\d"#)
            #expect(
                run.output.replacing(times, with: "up for T").replacing(shares, with: "Total") == """
                    === dummy: `sleep -- 1000`
                    Total

                    dummy.1: up for T
                    dummy.2: up for T
                    === dummy1: `sleep 1001`
                    Total

                    dummy1.3: up for T

                    """
            )
        }
    }

    @Test("that is wrong changes nothing")
    func wrong() async throws {
        try await withGafferd { daemon in
            try daemon.bench.application("shop", "web: sleep 1000\n")
            #expect(try await daemon.gaffer(in: "shop", "load").code == 0)
            let osPid = try await daemon.osPid("shop/web")
            try daemon.bench.application("shop", "web: sleep 2000\nworker sleep\n")
            let run = try await daemon.gaffer(in: "shop", "load")
            #expect(run.code == 1)
            #expect(run.output.isEmpty)
            #expect(run.error.contains("Procfile:2:"), "\(run.error)")
            #expect(try await daemon.osPid("shop/web") == osPid)
        }
    }

    @Test("that does not start is told so, and what became of the rest")
    func failing() async throws {
        try await withGafferd { daemon in
            try daemon.bench.application("shop", "good: sleep 1000\nbad: /nonexistent/x\n")
            let run = try await daemon.gaffer(in: "shop", "load")
            #expect(run.code == 1, "\(run.all)")
            #expect(run.output == "shop.good: loaded\n")
            #expect(
                run.error.hasPrefix("gaffer: shop.bad: loaded, but not all of it runs: /nonexistent/x: "),
                "\(run.error)"
            )
            #expect(run.error.hasSuffix("gaffer: 1 of 2 jobs failed; the others are as told.\n"), "\(run.error)")
            let shown = try await daemon.gaffer(in: "shop", "ps", "bad")
            #expect(shown.output.contains("bad: backoff, next try in "), "\(shown.all)")
        }
    }

    @Test("reads what is sent to it, and its output is followed until Ctrl-C")
    func streams() async throws {
        try await withGafferd { daemon in
            let folder = try daemon.bench.application(
                "shop",
                "console: while read -r line; do echo \"got $line\"; done\nquiet: sleep 1000\n",
                environment: "GAFFER_REDIRECT_INPUT=console\n"
            )
            #expect(try await daemon.gaffer(in: "shop", "load").code == 0)
            let output = try Record(path: daemon.bench.scratch("output"), name: "gaffer logs")
            let logs = try Child(
                try Programs.gaffer(),
                ["logs"],
                environment: daemon.bench.environment.merging(["GAFFER_ENDPOINT": "unix:\(daemon.bench.socket)"]) {
                    $1
                },
                directory: folder,
                streams: .init(output: output.path)
            )
            #expect(try await daemon.gaffer(in: "shop", "send", "console", "one").code == 0)
            try await output.line(containing: "console.1 | got one")
            // A process that is started later is followed, too.
            #expect(try await daemon.gaffer(in: "shop", "ps:restart", "console").code == 0)
            #expect(try await daemon.gaffer(in: "shop", "send", "console", "two").code == 0)
            try await output.line(containing: "console.1 | got two")
            logs.signal(SIGINT)
            #expect(try await logs.exit() == .signal(SIGINT))
        }
    }

    @Test("is exported as JSON, and loaded from it under another name")
    func export() async throws {
        try await withGafferd { daemon in
            try daemon.bench.application("shop", "web: sleep 1000\nworker: sleep 1001 | cat\n")
            let json = try await daemon.gaffer(in: "shop", "export", "--format", "json", "--app", "store")
            #expect(json.code == 0, "\(json.all)")
            let run = try await daemon.gaffer(in: "shop", "load", "-", input: json.output)
            #expect(run.output.hasPrefix("store.web: loaded\nstore.worker: loaded\n"), "\(run.all)")
            try await daemon.state("store/web", becomes: "running")
            let again = try await daemon.gaffer(in: "shop", "load", "--app", "store")
            #expect(again.output.hasPrefix("store.web: unchanged\nstore.worker: unchanged\n"), "\(again.all)")
            let apps = try await daemon.gaffer(in: "shop", "apps")
            #expect(apps.output == "store\n")
        }
    }
}
