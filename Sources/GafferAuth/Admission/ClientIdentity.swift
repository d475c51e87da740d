internal import Glibc

/// Who is held to account for wrong keys and passwords.
package enum ClientIdentity: Sendable, Hashable {
    /// A user at a unix socket.
    case uid(UInt32)
    /// An IPv4 address, or the network of an IPv6 one: a client of those has 2⁶⁴ addresses to choose from.
    case address([UInt8])
    /// Nobody can tell; all of these are one.
    case unknown

    /// Reads an address as `127.0.0.1`, `::1` or `fe80::1%eth0`.
    package init(address: String) {
        var text = address
        if let zone = text.firstIndex(of: "%") { text = String(text[..<zone]) }
        var four = in_addr()
        if inet_pton(AF_INET, text, &four) == 1 {
            self = .address(withUnsafeBytes(of: four) { Array($0) })
            return
        }
        var six = in6_addr()
        guard inet_pton(AF_INET6, text, &six) == 1 else {
            self = .unknown
            return
        }
        let bytes = withUnsafeBytes(of: six) { Array($0) }
        let isMapped = bytes[..<10].allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF
        self = .address(isMapped ? Array(bytes[12...]) : Array(bytes[..<8]))
    }
}
