internal import GafferConfig
internal import GafferHTTP
internal import GafferSystemd
internal import Glibc
internal import Logging
internal import WebServer

/// The sockets that systemd has opened for gafferd, each for what it serves.
struct InheritedSockets {
    private(set) var control: ListenSocket?
    private var endpoints: [String: ListenSocket] = [:]

    init() {}

    /// Sorts out what systemd passes; what nothing asks for is closed, and told.
    init(_ passed: [ActivatedSocket], controlPath: String, endpoints: [EndpointConfig], logger: Logger) {
        var sockets: [(socket: ListenSocket, name: String)] = []
        for passed in passed {
            do throws(ListenError) {
                sockets.append((try ListenSocket.inherited(passed.descriptor), passed.name))
            } catch {
                logger.error("a socket from systemd can't be used: \(error)", metadata: ["socket": "\(passed.name)"])
                _ = close(passed.descriptor)
            }
        }
        let assignment = SocketAssignment(
            sockets.map { SocketAssignment.Passed(address: $0.socket.address, name: $0.name) },
            control: "unix:\(controlPath)",
            endpoints: endpoints.map(\.address.description)
        )
        control = assignment.control.map { sockets[$0].socket }
        for (endpoint, index) in assignment.endpoints {
            self.endpoints[endpoints[endpoint].name] = sockets[index].socket
        }
        for index in assignment.unwanted {
            logger.error(
                """
                a socket from systemd is not served: no endpoint of the configuration has its address; name it in an \
                [endpoint:NAME], or take it out of the socket unit
                """,
                metadata: ["socket": "\(sockets[index].name)", "address": "\(sockets[index].socket.address)"]
            )
            sockets[index].socket.close()
        }
    }

    /// The socket of an endpoint; nil: gafferd opens it itself.
    func socket(of endpoint: EndpointConfig) -> ListenSocket? {
        endpoints[endpoint.name]
    }
}
