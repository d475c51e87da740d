internal import NIOHTTP1
package import WebChannels
package import WebServer

/// The services that the protocol's public tests ask, each below its name.
package struct ExampleServices: Responder {
    private let services: [String: SockJSService]

    /// Makes the services; each differs from the configuration in what its name says.
    package init(_ configuration: SockJSConfiguration = SockJSConfiguration()) {
        var configuration = configuration
        // The tests fill an answer.
        configuration.responseBytes = 4096
        var withoutWebSockets = configuration
        withoutWebSockets.allowsWebSockets = false
        var withCookie = configuration
        withCookie.needsCookie = true
        services = [
            "echo": SockJSService(configuration, run: ExampleServices.echo),
            "disabled_websocket_echo": SockJSService(withoutWebSockets, run: ExampleServices.echo),
            "cookie_needed_echo": SockJSService(withCookie, run: ExampleServices.echo),
            "close": SockJSService(configuration) { channel, _ in
                await channel.close(code: 3000, reason: "Go away!")
            },
        ]
    }

    /// Answers for the service that the first segment of the path names; owners are told apart by a header, which only
    /// tests send.
    package func plan(for head: RequestHead) -> RequestPlan {
        guard let target = try? RequestTarget(parsing: head.target), let name = target.segments.first,
            let service = services[name]
        else { return .respond(Response(status: 404, contentType: .text, body: [])) }
        return service.plan(
            for: head,
            segments: target.segments.dropFirst(),
            query: target.query,
            owner: head.headers.first(name: "x-test-owner") ?? "everybody",
            answersOrigin: true
        )
    }

    /// How many sessions a service has.
    package func sessionCount(of name: String) -> Int {
        services[name]?.sessionCount ?? 0
    }

    /// Ends the sessions of all services.
    package func stop() {
        for service in services.values { service.stop() }
    }

    private static let echo: SockJSService.Application = { channel, _ in
        while let message = await channel.receive() {
            let answer: OutgoingMessages.Element =
                switch message {
                case .text(let text): .text(Array(text.utf8))
                case .binary(let bytes): .binary(bytes)
                }
            guard (try? await channel.send(OutgoingMessages([answer]))) != nil else { return }
        }
    }
}
