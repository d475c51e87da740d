import CGafferSystem
import Glibc
import Testing

@testable import GafferSystem

/// What a child said until it closed its stdout, and how it ended.
struct Finished {
    var output: String
    var exit: ChildExit

    var lines: [String] { output.split(separator: "\n").map(String.init) }
}

/// Runs a program to its end, with its stdout read.
func run(_ request: SpawnRequest) throws -> Finished {
    var child = try TestChild(request)
    let output = child.readToEnd()
    return Finished(output: output, exit: try child.wait())
}

/// A shell script with the environment that the tests' scripts need.
func script(_ text: String) -> SpawnRequest {
    SpawnRequest(program: "/bin/sh", arguments: ["-c", text], environment: ["PATH=/usr/bin:/bin"])
}

/// A child whose stdin and stdout are pipes of the test.
struct TestChild: ~Copyable {
    let osPid: Int32
    let startTime: UInt64
    private let pidfd: Descriptor
    private let output: Descriptor
    private var input: Descriptor?

    init(_ request: SpawnRequest) throws {
        var request = request
        let out = try Pipe()
        let into = try Pipe()
        request.descriptors += [
            .init(source: into.readEnd.rawValue, target: 0), .init(source: out.writeEnd.rawValue, target: 1),
        ]
        let process = try Spawner().spawn(request)
        osPid = process.osPid
        startTime = process.startTime
        pidfd = Descriptor(owning: process.takePidfd())
        output = out.takeReadEnd()
        input = into.takeWriteEnd()
    }

    /// Blocks until the child has written a whole line.
    borrowing func readLine() -> String {
        var line: [UInt8] = []
        var byte: UInt8 = 0
        while read(output.rawValue, &byte, 1) == 1, byte != UInt8(ascii: "\n") { line.append(byte) }
        return String(decoding: line, as: UTF8.self)
    }

    borrowing func readToEnd() -> String {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = read(output.rawValue, &buffer, buffer.count)
            if count <= 0 { return String(decoding: bytes, as: UTF8.self) }
            bytes += buffer[..<count]
        }
    }

    /// Ends what waits for its stdin.
    mutating func closeInput() {
        input = nil
    }

    borrowing func send(_ signal: Int32) {
        _ = gaffer_pidfd_send_signal(pidfd.rawValue, signal)
    }

    mutating func wait() throws -> ChildExit {
        closeInput()
        return try #require(try ChildExit.wait(pidfd: pidfd.rawValue))
    }

    borrowing func reapIfEnded() throws -> ChildExit? {
        try ChildExit.reap(pidfd: pidfd.rawValue)
    }
}
