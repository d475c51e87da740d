import GafferModel
import Glibc
import ProgramTestKit
import Testing

/// The clients of Tests/Clients, and where they find what they need.
enum Clients {
    /// The top of the project, which holds this file.
    static let top: String = {
        var parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
        parts.removeLast(4)
        return parts.joined(separator: "/")
    }()

    /// The Python that `make test` sets up, with the libraries that the clients need.
    static let python = "\(top)/.build-python/bin/python"
    static let isPythonThere = access(python, X_OK) == 0
    /// Said where it is not.
    static let wayToPython: Comment = "needs .build-python, which `make test` sets up (.ci/python)"
    static let isBrowserThere = access("/usr/bin/chromium", X_OK) == 0
    static let wayToBrowser: Comment = "needs Debian's chromium, which `make test` installs"
    static let isOpenSSLThere = access("/usr/bin/openssl", X_OK) == 0
    static let wayToOpenSSL: Comment = "needs openssl, which `make test` installs"
}

extension Daemon {
    /// The address that the log says an endpoint of TCP listens on, as `127.0.0.1:41234`.
    ///
    /// - Parameter index: its place among the endpoints of the configuration; they are opened in any order.
    func address(_ index: Int = 0) async throws -> String {
        let sections = readText(bench.scratch("gafferd.ini")).matches(of: #/\[endpoint:(.*)\]/#).map {
            String($0.output.1)
        }
        guard sections.indices.contains(index) else { throw Failure("there is no endpoint \(index) but \(sections)") }
        // Behind its name stands how many there were before it, reloads included.
        let name = " name=\(sections[index])."
        let isIt: @Sendable (String) -> Bool = { $0.contains("listening") && $0.contains(name) }
        let lines = try await log.lines(until: "line of the endpoint \(sections[index])") { $0.contains(where: isIt) }
        let words = lines.last(where: isIt)?.split(separator: " ")
        guard let word = words?.first(where: { $0.hasPrefix("endpoint=") }) else {
            throw Failure("no address: \(lines)")
        }
        return String(word.dropFirst("endpoint=".count))
    }

    /// Runs one of the clients on an endpoint, and says what it said where it ended with an error.
    @discardableResult
    func client(
        _ script: String,
        base: String,
        key: String = "",
        environment: [String: String] = [:],
        within limit: Duration = .seconds(100)
    ) async throws -> String {
        let output = try await runTool(
            Clients.python,
            ["\(Clients.top)/Tests/Clients/\(script)"],
            environment: bench.environment
                .merging(["GAFFER_BASE": base, "GAFFER_KEY": key, "PYTHONDONTWRITEBYTECODE": "1"]) { $1 }
                .merging(environment) { $1 },
            directory: bench.path,
            within: limit
        )
        guard output.code == 0 else { throw Failure("\(script): \(output.all)") }
        return output.output
    }

    /// Makes a key over the unix socket.
    func key(_ permissions: String) async throws -> String {
        let answer = try await curl("POST", "/keys", #"{"permissions": \#(permissions)}"#)
        guard answer.status == 200, let key = answer.json["api_key"]?.stringValue else {
            throw Failure("POST /keys: \(answer.status) \(answer.text)")
        }
        return key
    }
}

/// A port of loopback that nobody listens on, for a page whose origin has to be known beforehand.
///
/// Not one of those that the kernel gives away by itself: another test might get it a moment later.
func freePort() throws -> UInt16 {
    for _ in 0..<100 {
        let port = UInt16.random(in: 20_000..<30_000)
        if try isFree(port) { return port }
    }
    throw Failure("there is no free port")
}

private func isFree(_ port: UInt16) throws -> Bool {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { throw Failure.call("socket", "TCP", errno: errno) }
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
    address.sin_port = port.bigEndian
    let length = socklen_t(MemoryLayout<sockaddr_in>.size)
    return withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) == 0 }
    }
}
