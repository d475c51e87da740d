import GafferModel
import ProgramTestKit
import Testing
import WebTestKit

/// Those who take up room by being slow.
@Suite("Slow clients", .oneSlot, .timeLimit(.minutes(3)))
struct SlowClientTests {
    /// As they are where nothing is said of them: 512 connections, 32 of one address.
    private static let endpoint = "[endpoint:open]\nbind = 127.0.0.1:0\nrequire_key = false"

    @Test(
        "Two thousand of them get a share of the room, for a while, and others are answered meanwhile",
        .enabled(if: Clients.isPythonThere, Clients.wayToPython)
    )
    func crowd() async throws {
        try await withGafferd(Self.endpoint) { daemon in
            let before = try ProcessTable.memory(of: daemon.osPid)
            let told = try await daemon.client(
                "slow_clients.py",
                base: "http://\(daemon.address())",
                environment: ["GAFFER_SOCKET": daemon.bench.socket, "GAFFER_PID": "\(daemon.osPid)"],
                within: .seconds(150)
            )
            let outcome = try parseJSON(Array(told.utf8))
            let grown = (ProcessTable.peakMemory(of: daemon.osPid) ?? .max) - before
            #expect(grown < 32 << 20, "\(grown >> 10) KiB")
            let (many, slow) = (outcome["too many"]?.intValue ?? 0, outcome["too slow"]?.intValue ?? 0)
            let cut = outcome["cut off"]?.intValue ?? 0
            #expect(many + slow + cut == 2000, "\(told)")
            #expect(many > 0 && slow > 0, "\(told)")
            // Those that are served, those that are being told that they are too many, and who asks on the unix socket.
            let most = outcome["most"]?.intValue ?? 0
            #expect((32...512 + 64 + 16).contains(most), "\(told)")
            #expect(outcome["slowest"]?.doubleValue ?? 100 < 10, "\(told)")
            // The room is free again.
            let answer = try await daemon.ask("GET /ping HTTP/1.1\r\nHost: localhost\r\n\r\n")
            #expect(answer.text == "OK")
        }
    }

    @Test("An address gets its share, and so do all together; what is given back is free")
    func shares() async throws {
        let endpoint = Self.endpoint + "\nmax_connections = 6\nmax_connections_per_address = 2"
        try await withGafferd(endpoint) { daemon in
            let port = try await daemon.port()
            let request = "GET /ping HTTP/1.1\r\nHost: localhost\r\n\r\n"
            let statuses = try await onOwnThread {
                var held: [RawClient] = []
                var statuses: [[Int]] = []
                for host: UInt8 in 1...3 {
                    for _ in 0..<2 {
                        let client = try RawClient(port: port, from: host)
                        try client.send(request)
                        statuses.append([try client.receive().status])
                        held.append(client)
                    }
                    statuses.append([try RawClient(port: port, from: host).receive().status])
                }
                statuses.append([try RawClient(port: port, from: 4).receive().status])
                // Who was let in before is not disturbed.
                statuses.append(
                    try held.map { client in
                        try client.send(request)
                        return try client.receive().status
                    }
                )
                try held.removeLast().reset()
                // The client may see its end before gafferd counts it.
                var status = 503
                for _ in 0..<10_000 where status == 503 {
                    let next = try RawClient(port: port, from: 4)
                    try next.send(request)
                    status = try next.receive().status
                }
                withExtendedLifetime(held) {}
                return statuses + [[status]]
            }
            let first = [[200], [200], [503]]
            #expect(statuses == first + first + first + [[503], [200, 200, 200, 200, 200, 200], [200]])
        }
    }
}

extension ProcessTable {
    /// Its resident memory now, in bytes.
    static func memory(of osPid: Int) throws -> Int {
        guard let text = status(osPid, "VmRSS"), let kibibytes = text.split(separator: " ").first.flatMap({ Int($0) })
        else { throw Failure("/proc/\(osPid)/status does not tell the memory") }
        return kibibytes * 1024
    }
}
