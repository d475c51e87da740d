import GafferModel
import Glibc
import ProgramTestKit
import Testing

@Suite("gaffer run and gaffer check", .oneSlot, .timeLimit(.minutes(1)))
struct RunAndCheckTests {
    @Test("run has the application's variables and folder, and hands on the exit code")
    func environment() async throws {
        try await Workbench.with { bench in
            try bench.scratch.makeFolder("app")
            try bench.scratch.write("app/Procfile", "web: echo web $PORT $A\nworker: sh -c 'echo $PORT; exit 9'\n")
            try bench.scratch.write("app/.env", "A=1\n")
            let words = ["run", "-d", "app", "sh", "-c", "echo $A $PORT $(basename $PWD); cat; exit 4"]
            let run = try await bench.gaffer(words, input: "typed\n")
            #expect(run.code == 4, "\(run.all)")
            #expect(run.output == "1 5000 app\ntyped\n")
            #expect(try await bench.gaffer(["run", "-d", "app", "web"]).output == "web 5000 1\n")
            let worker = try await bench.gaffer(["run", "-d", "app", "--port", "7000", "worker"])
            #expect(worker.output == "7100\n")
            #expect(worker.code == 9)
        }
    }

    @Test(
        "run tells as a shell does what can't be run",
        arguments: [("/nonesuch", 127), ("nonesuch", 127), ("./Procfile", 126)] as [(String, Int32)]
    )
    func missing(program: String, code: Int32) async throws {
        try await Workbench.with { bench in
            let run = try await bench.gaffer(["run", program, "--help"], procfile: "web: true\n")
            #expect(run.code == code)
            #expect(run.error.hasPrefix("gaffer: \(program): can't be started: "))
        }
    }

    @Test("run takes gaffer's place, so that a signal reaches the command")
    func signal() async throws {
        try await Workbench.with { bench in
            let run = try await bench.gaffer(["run", "sh", "-c", "kill -USR1 $$"])
            #expect(run.exit == .signal(SIGUSR1))
        }
    }

    @Test("run -c runs several in the foreground")
    func several() async throws {
        try await Workbench.with { bench in
            let run = try await bench.gaffer(["run", "-c", "2", "sh", "-c", "echo $PORT; exec sleep 0.2"])
            #expect(run.code == 0, "\(run.all)")
            let lines = run.output.split(separator: "\n").map { $0.dropFirst(9) }
            #expect(Set(lines.filter { $0.contains("| 500") }) == ["sh.1 | 5000", "sh.2 | 5001"])
        }
    }

    @Test("check tells all that is wrong, with its place")
    func check() async throws {
        try await Workbench.with { bench in
            try bench.scratch.write(".env", "A=1\nnonsense\n")
            let bad = try await bench.gaffer(["check"], procfile: "web: true\nweb: false\nx\ny: nonesuch-program\n")
            #expect(bad.code == 1)
            let places = bad.output.split(separator: "\n").map { $0.split(separator: " ")[0] }
            #expect(places.contains { $0.hasPrefix("Procfile:2") }, "\(bad.all)")
            #expect(places.contains { $0.hasPrefix("Procfile:3") }, "\(bad.all)")
            #expect(places.contains { $0.hasPrefix(".env:2") }, "\(bad.all)")
            #expect(bad.output.contains("Procfile:4: warning: "), "\(bad.all)")
            let json = try parseJSON(Array(try await bench.gaffer(["check", "--json"]).output.utf8))
            #expect(json["ok"] == false)
            #expect(json["findings"]?.arrayValue?.count == places.count)
            #expect(json["findings"]?.arrayValue?.first?["file"] == "Procfile")

            try bench.scratch.write(".env", "A=1\n")
            let good = try await bench.gaffer(["check"], procfile: "web: true\nworker: false\n")
            #expect(good.output == "OK: web, worker\n")
            #expect(good.code == 0)
        }
    }
}
