import GafferModel
import ProgramTestKit
import Testing

/// Readers that don't read, of a process that writes as fast as it can.
@Suite("Stuck readers", .oneSlot, .timeLimit(.minutes(3)), .enabled(if: Clients.isPythonThere, Clients.wayToPython))
struct StuckReaderTests {
    private static let bytes = 100_000_000
    private static let pattern =
        "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ 0123456789abcdefghijklmnopqrst"

    /// What gafferd may take for all of it: the ring and what waits for the readers are 1 MiB at most, of each byte of
    /// which there may be some copies; the rest is the heap's.
    private static let room = 32 << 20

    @Test("They stop neither the process nor other readers, and every byte comes or is told to be missing")
    func stuck() async throws {
        try await Workbench.with { bench in
            let writer = try bench.scratch.write(
                "writer.py",
                """
                #!/usr/bin/python3
                import os, sys
                block = (b"\(Self.pattern)" + b"\\n") * 640
                place = 0
                for line in sys.stdin:
                    left = int(line)
                    while left > 0:
                        count = os.write(1, block[place:place + left])
                        left -= count
                        place = (place + count) % \(Self.pattern.utf8.count + 1)
                    with open("\(bench.signs.path)", "a") as signs:
                        signs.write(f"written {line}")
                """
            )
            try bench.configure(
                """
                [endpoint:open]
                bind = 127.0.0.1:0
                require_key = false

                [process:writer]
                cmd = \(writer)
                redirect_input = true
                redirect_output = out
                """
            )
            try await bench.gafferd { daemon in
                let before = try ProcessTable.memory(of: daemon.osPid)
                let told = try await daemon.client(
                    "subscribers.py",
                    base: "http://\(daemon.address())",
                    environment: [
                        "GAFFER_PID": "\(daemon.pid("default/writer"))", "GAFFER_BYTES": "\(Self.bytes)",
                        "GAFFER_PATTERN": Self.pattern,
                    ],
                    within: .seconds(150)
                )
                // The process has written everything, although two never read.
                try await bench.signs.line(containing: "written \(Self.bytes)")
                let outcome = try parseJSON(Array(told.utf8))
                let good = outcome["good"]?["bytes"]?.intValue ?? 0
                for name in ["stuck", "stuck feed"] {
                    let reader = try #require(outcome[name])
                    guard reader["closed"] == nil else { continue }
                    #expect(reader["gaps"]?.intValue ?? 0 > 0, "\(told)")
                    // What waited for it in gafferd and in the kernel, and what the stream keeps at the end.
                    #expect(reader["bytes"]?.intValue ?? .max < good, "\(told)")
                }
                let grown = (ProcessTable.peakMemory(of: daemon.osPid) ?? .max) - before
                #expect(grown < Self.room, "\(grown >> 10) KiB")
            }
        }
    }
}
