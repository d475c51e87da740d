import GafferModel
import ProgramTestKit
import WebTestKit

/// Where a connection to gafferd is made.
enum Door: Sendable {
    /// The unix socket.
    case unix
    /// A TCP endpoint, by its place among those of the configuration, from the address `127.0.0.HOST`.
    case tcp(Int = 0, from: UInt8 = 1)
}

extension Daemon {
    /// What connects, byte for byte; to be used on a thread that may block.
    func dialer(_ door: Door = .tcp()) async throws -> @Sendable () throws -> RawClient {
        switch door {
        case .unix:
            return { [socket = bench.socket] in try RawClient(unix: socket) }
        case .tcp(let index, let host):
            let port = try await port(index)
            return { try RawClient(port: port, from: host) }
        }
    }

    /// Talks byte for byte, on a thread of its own.
    func raw<Value: Sendable>(
        _ door: Door = .tcp(),
        _ body: @escaping @Sendable (RawClient) throws -> Value
    ) async throws -> Value {
        let dial = try await dialer(door)
        return try await onOwnThread { try body(dial()) }
    }

    /// Sends one request on a connection of its own, and reads the head of the answer, and as much of a body as that
    /// says there is.
    func ask(_ request: String, at door: Door = .tcp()) async throws -> RawAnswer {
        try await raw(door) { client in
            try client.send(request)
            return try client.receive()
        }
    }

    /// The port of a TCP endpoint.
    func port(_ index: Int = 0) async throws -> UInt16 {
        let address = try await address(index)
        guard let port = address.split(separator: ":").last.flatMap({ UInt16($0) }) else {
            throw Failure("\(address) has no port")
        }
        return port
    }

    /// gaffer's number of a job's only process.
    func pid(_ job: String) async throws -> Int {
        let pids = try await info(job)["processes"]?.integers ?? []
        guard let pid = pids.first, pids.count == 1 else { throw Failure("\(job) has the processes \(pids), not one") }
        return pid
    }
}
