internal import Glibc
internal import Logging
internal import ServiceLifecycle
internal import WebServer

/// Serves the services that the public tests of the SockJS protocol ask, on 127.0.0.1.
///
/// The port is the only argument; without it a free one is taken. The address is the first line that it prints.
@main
struct Program {
    static func main() async throws {
        guard let port = UInt16(CommandLine.arguments.dropFirst().first ?? "0") else {
            print("usage: sockjs-server [PORT]")
            exit(64)
        }
        var logger = Logger(label: "sockjs-server")
        logger.logLevel = .warning
        let socket = try ListenSocket.tcp(host: "127.0.0.1", port: port)
        print("http://127.0.0.1:\(socket.port ?? port)")
        fflush(nil)
        let endpoint = HTTPServer.Endpoint(
            socket: socket,
            hosts: HostRule(configured: ["127.0.0.1"]),
            origins: .any,
            responder: ExampleServices()
        )
        let server = HTTPServer(endpoints: [endpoint], logger: logger)
        let group = ServiceGroup(services: [server], logger: logger)
        try await group.run()
    }
}
