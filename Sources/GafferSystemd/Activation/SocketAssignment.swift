/// Which socket from systemd serves what: pure.
///
/// Sockets are known by their addresses, so that a socket unit can only take over what the configuration asks for, and
/// with the rules that it has there. Only the control socket is known by its name too.
package struct SocketAssignment: Sendable, Equatable {
    /// `FileDescriptorName=` of the control socket.
    package static let controlName = "control"

    /// A socket as it is passed.
    package struct Passed: Sendable {
        /// As `unix:/run/gaffer/gafferd.sock` or `127.0.0.1:5000`.
        package var address: String
        package var name: String

        package init(address: String, name: String) {
            self.address = address
            self.name = name
        }
    }

    /// Places in the list that was passed.
    package var control: Int?
    /// By the place in the list of endpoints.
    package var endpoints: [Int: Int] = [:]
    /// Those that nothing asks for.
    package var unwanted: [Int] = []

    /// Assigns sockets.
    ///
    /// - Parameters:
    ///   - control: the address of the control socket.
    ///   - endpoints: the addresses of the others, as the configuration writes them.
    package init(_ passed: [Passed], control: String, endpoints: [String]) {
        // All sockets of a unit have its one name, so that addresses go first.
        var others: [Int] = []
        for (index, socket) in passed.enumerated() {
            let endpoint = endpoints.firstIndex { Self.isSame(socket.address, $0) }
            if socket.address == control, self.control == nil {
                self.control = index
            } else if let endpoint, self.endpoints[endpoint] == nil {
                self.endpoints[endpoint] = index
            } else {
                others.append(index)
            }
        }
        for index in others {
            let socket = passed[index]
            if self.control == nil, socket.name == Self.controlName, socket.address.hasPrefix("unix:") {
                self.control = index
            } else {
                unwanted.append(index)
            }
        }
    }

    private static func isSame(_ passed: String, _ configured: String) -> Bool {
        if passed == configured { return true }
        // The only name that needs nobody to be asked.
        guard configured.lowercased().hasPrefix("localhost:") else { return false }
        let port = configured.dropFirst("localhost:".count)
        return passed == "127.0.0.1:\(port)" || passed == "[::1]:\(port)"
    }
}
