internal import Glibc

/// Which `Host` headers an endpoint answers to.
///
/// A page of any web site may let its own name point at 127.0.0.1 and then ask us as if we were that site (DNS
/// rebinding). Such a request is known by its `Host`, which is a name that we never had; an address can't be pointed
/// elsewhere.
package struct HostRule: Sendable, Hashable {
    private var names: Set<String>
    private var addresses: Set<[UInt8]>
    private var allowsAnyAddress: Bool

    /// Allows `localhost`, every loopback address, and the host that the endpoint was configured with.
    ///
    /// An endpoint on all addresses (`0.0.0.0`, `[::]`) is reached by any address of the machine, so there every
    /// address is allowed, but still no name.
    package init(configured hosts: [String]) {
        names = ["localhost"]
        addresses = []
        allowsAnyAddress = false
        for host in hosts {
            switch HostRule.read(host) {
            case .address(let bytes) where bytes.allSatisfy({ $0 == 0 }): allowsAnyAddress = true
            case .address(let bytes): addresses.insert(bytes)
            case .name(let name): names.insert(name)
            }
        }
    }

    /// Whether a request with this `Host` (`name`, `name:port`, `[address]:port`) is meant for us.
    package func allows(_ header: String?) -> Bool {
        guard let header, let host = HostRule.withoutPort(header) else { return false }
        switch HostRule.read(host) {
        case .name(let name): return names.contains(name)
        case .address(let bytes):
            return HostRule.isLoopback(bytes) || allowsAnyAddress || addresses.contains(bytes)
        }
    }

    private static func isLoopback(_ address: [UInt8]) -> Bool {
        if address.count == 4 { return address[0] == 127 }
        return address.dropLast().allSatisfy { $0 == 0 } && address.last == 1
    }

    private enum Host {
        /// Network order: 4 bytes, or 16.
        case address([UInt8])
        /// In lower case.
        case name(String)
    }

    private static func read(_ text: String) -> Host {
        var four = in_addr()
        if inet_pton(AF_INET, text, &four) == 1 {
            return .address(withUnsafeBytes(of: &four) { Array($0) })
        }
        if text.hasPrefix("["), text.hasSuffix("]") { return read(String(text.dropFirst().dropLast())) }
        var sixteen = in6_addr()
        if text.contains(":"), inet_pton(AF_INET6, text, &sixteen) == 1 {
            return .address(withUnsafeBytes(of: &sixteen) { Array($0) })
        }
        return .name(text.lowercased())
    }

    /// The host without its port, or nil where it is neither.
    private static func withoutPort(_ text: String) -> String? {
        let host: Substring
        let rest: Substring
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else { return nil }
            host = text[...end]
            rest = text[text.index(after: end)...]
            // A bracket can only hold the long kind of address.
            guard host.contains(":") else { return nil }
        } else {
            let end = text.firstIndex(of: ":") ?? text.endIndex
            host = text[..<end]
            rest = text[end...]
        }
        guard !host.isEmpty else { return nil }
        guard !rest.isEmpty else { return String(host) }
        let port = rest.dropFirst()
        guard rest.first == ":", (1...5).contains(port.utf8.count),
            port.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { return nil }
        return String(host)
    }
}
