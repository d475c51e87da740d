import GafferModel
import Glibc
import ProgramTestKit
import Testing

@Suite("The output of processes", .oneSlot, .timeLimit(.minutes(2)))
struct OutputTests {
    @Test("Bytes that are no text come out as they went in, in the tail and in the file")
    func anyBytes() async throws {
        try await Workbench.with { bench in
            let script = try bench.script(
                "bytes",
                #"""
                printf 'caf\303\251\n\377\376\000\001\303\n'
                printf 'no end' >&2
                sign done
                exec sleep 1000
                """#
            )
            try bench.configure(
                """
                [process:bytes]
                cmd = \(script)
                stdout_file = \(bench.scratch("out.log"))
                stderr_file = \(bench.scratch("err.log"))
                """
            )
            let expected: [UInt8] = [0x63, 0x61, 0x66, 0xc3, 0xa9, 0x0a, 0xff, 0xfe, 0x00, 0x01, 0xc3, 0x0a]
            try await bench.gafferd { daemon in
                try await bench.signs.line(containing: "done")
                let path = "/jobs/default/bytes/tail"
                let tail = try await daemon.eventually("the whole output") {
                    let tail = try await daemon.curl("GET", path).json["tail"]?.arrayValue ?? []
                    return tail.count { $0["data_b64"] != "" } == 2 ? tail : nil
                }
                let out = try #require(tail.first { $0["stream"] == "stdout" })
                let error = try #require(tail.first { $0["stream"] == "stderr" })
                #expect(out["data_b64"] == "Y2Fmw6kK//4AAcMK")
                #expect(out["data"]?.stringValue?.hasPrefix("café\n") == true)
                #expect(error["data"] == "no end")
                #expect(out["pid"]?.intValue == error["pid"]?.intValue)

                let raw = try await daemon.curl("GET", path + "?stream=stdout&format=text")
                #expect(raw.bytes == expected)
                let accepted = try await daemon.curl(
                    "GET",
                    path + "?stream=stdout",
                    options: ["-H", "Accept: text/plain"]
                )
                #expect(accepted.bytes == expected)
            }
            // Files are complete at the latest when gafferd has ended.
            #expect(readFile(bench.scratch("out.log")) == expected)
            #expect(readText(bench.scratch("err.log")) == "no end")
        }
    }

    @Test("The tail is of so many lines")
    func tailOfLines() async throws {
        try await Workbench.with { bench in
            let script = try bench.script("count", "seq 1 100; sign done; exec sleep 1000")
            try bench.configure("[process:count]\ncmd = \(script)")
            try await bench.gafferd { daemon in
                try await bench.signs.line(containing: "done")
                let path = "/jobs/default/count/tail?format=text"
                try await daemon.eventually("the whole output") {
                    try await daemon.curl("GET", path).text.hasSuffix("\n100\n") ? true : nil
                }
                #expect(try await daemon.curl("GET", path).text == "91\n92\n93\n94\n95\n96\n97\n98\n99\n100\n")
                #expect(try await daemon.curl("GET", path + "&n=2").text == "99\n100\n")
                #expect(try await daemon.curl("GET", path + "&n=1000").text.hasPrefix("1\n2\n"))
                for bad in ["n=0", "n=-1", "n=x", "n=10001"] {
                    #expect(try await daemon.curl("GET", "/jobs/default/count/tail?\(bad)").status == 400)
                }
                #expect(try await daemon.curl("GET", "/jobs/default/none/tail").status == 404)
            }
        }
    }

    @Test(
        "redirect_output names the streams",
        arguments: [
            ("", ["stderr e", "stdout o"]),
            ("redirect_output = out, err", ["err e", "out o"]),
            ("redirect_output = both, both", ["both oe"]),
            ("redirect_output = only", ["only o"]),
            ("redirect_output = none", []),
        ] as [(String, [String])]
    )
    func labels(setting: String, expected: [String]) async throws {
        try await Workbench.with { bench in
            let script = try bench.script("both", "printf o; printf e >&2; sign done; exec sleep 1000")
            try bench.configure("[process:both]\ncmd = \(script)\n\(setting)")
            try await bench.gafferd { daemon in
                try await bench.signs.line(containing: "done")
                let tails = try await daemon.eventually("\(expected)") {
                    let tail = try await daemon.curl("GET", "/jobs/default/both/tail").json["tail"]?.arrayValue ?? []
                    let tails = tail.map { "\($0["stream"]?.stringValue ?? "") \($0["data"]?.stringValue ?? "")" }
                    let written = tails.filter { !$0.hasSuffix(" ") }.sorted()
                    return written.count == expected.count && written.joined().count == expected.joined().count
                        ? written : nil
                }
                #expect(tails == expected)
            }
        }
    }

    @Test("A file is rotated by size, so many old ones are kept, and nothing is lost between them")
    func rotation() async throws {
        try await Workbench.with { bench in
            let script = try bench.script("count", "seq 1 2000; sign done; exec sleep 1000")
            try bench.configure(
                """
                [process:count]
                cmd = \(script)
                numprocesses = 2
                stdout_file = \(bench.scratch("$GAFFER_JOB-$GAFFER_INSTANCE.log"))
                stdout_file_max_size = 2K
                stdout_file_keep = 2
                """
            )
            try await bench.gafferd { _ in
                try await bench.signs.lines(until: "both done") { $0.count == 2 }
            }
            for instance in 1...2 {
                let name = "count-\(instance).log"
                let names = bench.scratch.list().filter { $0.hasPrefix(name) }
                #expect(names == [name, name + ".1", name + ".2"])
                let files = names.reversed().map { readText(bench.scratch($0)) }
                #expect(files.prefix(2).allSatisfy { (1...4096).contains($0.utf8.count) })
                let numbers = files.joined().split(separator: "\n").compactMap { Int($0) }
                #expect(numbers.last == 2000)
                // The first kept line may have begun in a file that is gone.
                let rest = numbers.dropFirst()
                #expect(Array(rest) == Array(((rest.first ?? 0)...2000)))
            }
        }
    }

    @Test("A console that nobody reads slows no job")
    func stuckConsole() async throws {
        try await Workbench.with { bench in
            let console = try bench.scratch.makeBarrier("console")
            // Held open and never read: a pipe that is full after 64 KiB.
            let reader = open(console.path, O_RDWR | O_CLOEXEC)
            try #require(reader >= 0)
            defer { close(reader) }
            let script = try bench.script("flood", "seq 1 500000; sign done; exec sleep 1000")
            try bench.configure("[process:flood]\ncmd = \(script)")
            try await bench.gafferd(options: ["-vv"], consolePath: console.path) { daemon in
                try await bench.signs.line(containing: "done")
                #expect(try await daemon.curl("GET", "/ping").text == "OK")
            }
        }
    }
}
