import GafferAuth
import GafferHTTP
import GafferModel
import Glibc
import Logging
import NIOCore
import Testing
import WebServer
import WebTestKit

/// What other users get; only root can be another user, and only in a process of its own.
@Suite("Peers", .enabled(if: geteuid() == 0, "needs root"))
struct PeerTests {
    private static let nobody: uid_t = 65_534

    /// What a process of `nobody` gets for each request, where members of `group` are members.
    private static func answers(_ group: UInt32?, _ requests: [String]) async throws -> [Int] {
        try await withTemporaryFolder { folder in
            let path = folder + "/gafferd.sock"
            let socket = try ListenSocket.unix(path)
            // The kernel's own check comes first; here it is the second that is looked at.
            chmod(path, 0o666)
            chmod(folder, 0o755)
            var logger = Logger(label: "test")
            logger.logLevel = .error
            let server = HTTPServer(
                endpoints: [
                    HTTPServer.Endpoint(
                        socket: socket,
                        hosts: nil,
                        responder: APIResponder(api: makeAPI(FakeSupervisor())) {
                            let groups = group.map { [$0: PeerRule.member] } ?? [:]
                            return .peer(PeerRule(owner: 0, groups: groups))
                        }
                    )
                ],
                logger: logger
            )
            return try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await server.run() }
                let statuses = try await blocking { () -> [Int] in
                    try #require(seteuid(nobody) == 0)
                    defer { seteuid(0) }
                    return try requests.map { request in
                        let client = try RawClient(unix: path)
                        try client.send("\(request) HTTP/1.1\r\nContent-Length: 1\r\n\r\n0")
                        return try client.receive().status
                    }
                }
                tasks.cancelAll()
                return statuses
            }
        }
    }

    @Test("Who is neither root nor the owner nor in the group is refused everything")
    func refusesStrangers() async {
        await #expect(processExitsWith: .success) {
            let requests = ["GET /ping", "GET /nothing", "POST /state", "POST /reload"]
            let statuses = try await PeerTests.answers(900, requests)
            try #require(statuses == [403, 403, 403, 403])
        }
    }

    @Test("Who is in the group reads and commands, but loads and reloads nothing")
    func letsMembersIn() async {
        await #expect(processExitsWith: .success) {
            let group = getegid()
            let statuses = try await PeerTests.answers(
                group,
                ["GET /ping", "POST /state", "POST /reload", "POST /jobs/shop", "POST /jobs/shop/web/commit"]
            )
            try #require(statuses == [200, 202, 403, 403, 403])
        }
    }
}
