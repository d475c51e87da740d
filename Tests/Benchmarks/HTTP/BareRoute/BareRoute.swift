import Hummingbird

/// Two routes that do nothing but answer, for a comparison: `bare-route PORT BODY`.
///
/// `/ping` answers as gafferd does, `/job` with as many bytes of JSON as are asked for.
@main
struct BareRoute {
    static func main() async throws {
        let arguments = CommandLine.arguments.dropFirst().compactMap { Int($0) }
        guard arguments.count == 2 else { fatalError("usage: bare-route PORT BODY") }
        let body = ByteBuffer(string: "{" + String(repeating: " ", count: max(0, arguments[1] - 2)) + "}")
        let router = Router()
        router.get("/ping") { _, _ in "OK" }
        router.get("/job") { _, _ in
            Response(
                status: .ok,
                headers: [.contentType: "application/json"],
                body: ResponseBody(byteBuffer: body)
            )
        }
        let application = Application(
            router: router,
            configuration: .init(address: .hostname("127.0.0.1", port: arguments[0]))
        )
        try await application.runService()
    }
}
