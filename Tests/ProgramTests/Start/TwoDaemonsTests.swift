import GafferModel
import Glibc
import ProgramTestKit
import Testing

@Suite("Two gafferds on one runtime directory", .oneSlot, .timeLimit(.minutes(2)))
struct TwoDaemonsTests {
    @Test("The second one exits with a clear error, and the first is untouched")
    func secondOne() async throws {
        try await withGafferd("[process:one]\ncmd = /bin/sleep 1000") { daemon in
            try await daemon.state("default/one", becomes: "running")
            let osPid = try await daemon.osPid("default/one")

            let second = try await daemon.bench.runGafferd(["-c", "gafferd.ini"])
            #expect(second.code == 1)
            #expect(second.error.contains(daemon.bench.scratch("run")))
            #expect(second.error.contains("\(daemon.osPid)"), "who holds the directory is told: \(second.error)")

            #expect(try await daemon.curl("GET", "/ping").text == "OK")
            #expect(try await daemon.osPid("default/one") == osPid)
            #expect(try await daemon.info("default/one")["restarts"] == 0)
        }
    }

    @Test("A socket that a killed gafferd left is replaced")
    func staleSocket() async throws {
        try await Workbench.with { bench in
            try bench.configure()
            let first = try await Daemon.start(on: bench)
            first.signal(SIGKILL)
            try await first.exit()
            #expect(bench.scratch.has("run/gafferd.sock"))

            try await bench.gafferd { daemon async throws in
                #expect(try await daemon.curl("GET", "/ping").text == "OK")
            }
            #expect(!bench.scratch.has("run/gafferd.sock"))
        }
    }

    @Test("Two gafferds on directories of their own do not meet")
    func directoriesOfTheirOwn() async throws {
        try await Workbench.with { bench in
            try bench.configure("[process:one]\ncmd = /bin/sleep 1000")
            try await bench.gafferd { first in
                let options = ["--runtime-dir", bench.scratch("run2"), "--state-dir", bench.scratch("state2")]
                let second = try await Daemon.start(on: bench, options: options)
                try await second.stop()
                #expect(try await first.state("default/one", becomes: "running")["restarts"] == 0)
            }
        }
    }
}
