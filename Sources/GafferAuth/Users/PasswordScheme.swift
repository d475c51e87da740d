internal import CCrypt
internal import Glibc

/// A way in which libcrypt hashes passwords.
package struct PasswordScheme: Sendable, Equatable {
    /// What its hashes begin with, as `$y$`.
    package let prefix: String
    /// libcrypt's measure of what a hash costs.
    let cost: UInt

    /// The best first.
    ///
    /// yescrypt and scrypt take 16 MiB for each hash, so that machines that guess are no faster than
    /// they have memory; the last is for a libcrypt that has neither.
    static let known = [
        PasswordScheme(prefix: "$y$", cost: 5),
        PasswordScheme(prefix: "$7$", cost: 6),
        PasswordScheme(prefix: "$6$", cost: 656_000),
    ]

    /// The best one that this libcrypt has; nil: it has none of them.
    package static let best = known.first { $0.makesHashes }

    private var makesHashes: Bool {
        // The cheapest there is, only to see that libcrypt can.
        let probe = PasswordScheme(prefix: prefix, cost: prefix == "$6$" ? 1000 : prefix == "$7$" ? 6 : 1)
        guard let setting = probe.newSetting(), let hash = Self.hash([0x61], setting: setting) else { return false }
        return hash.hasPrefix(prefix)
    }

    /// Everything but the hash itself, with fresh salt; nil where libcrypt can't.
    func newSetting() -> String? {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(CRYPT_GENSALT_OUTPUT_SIZE)) { buffer in
            // Without bytes of ours it takes the kernel's.
            crypt_gensalt_rn(prefix, cost, nil, 0, buffer.baseAddress, CRYPT_GENSALT_OUTPUT_SIZE)
                .map { String(cString: $0) }
        }
    }

    /// Blocks for tens of milliseconds; nil where the setting is none, or there is no memory.
    ///
    /// - Parameter setting: a new one, or a whole hash, whose setting is taken.
    static func hash(_ password: [UInt8], setting: String) -> String? {
        var data: UnsafeMutableRawPointer?
        var size: Int32 = 0
        defer {
            // What is left of the password in libcrypt's memory must not be found there later.
            if let data { explicit_bzero(data, Int(size)) }
            free(data)
        }
        return (password + [0]).withUnsafeBytes { bytes in
            bytes.withMemoryRebound(to: CChar.self) { crypt_ra($0.baseAddress, setting, &data, &size) }
                .map { String(cString: $0) }
        }
    }

    /// Whether a hash is weaker than what this scheme makes now.
    func isStronger(than hash: String) -> Bool {
        guard hash.hasPrefix(prefix) else { return true }
        // The part after the prefix says what it costs, in a form of the scheme's own: equal is as strong.
        return Self.parameters(of: hash) != newSetting().map { Self.parameters(of: $0) }
    }

    private static func parameters(of hash: String) -> String {
        hash.split(separator: "$", omittingEmptySubsequences: true).dropFirst().first.map { text in
            // scrypt's stand before the salt without a sign between: N, r and p have 1, 5 and 5 characters.
            hash.hasPrefix("$7$") ? String(text.prefix(11)) : String(text)
        } ?? ""
    }
}
