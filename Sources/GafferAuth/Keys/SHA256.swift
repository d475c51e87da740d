/// SHA-256 (FIPS 180-4), for the secrets of keys.
///
/// It is written here because nothing that gafferd links offers it: BoringSSL's belongs to swift-nio-ssl alone,
/// swift-crypto would bring a second copy of that, and libcrypt only has its slow, salted relative for passwords. A
/// key's secret is 256 random bits, of which one plain hash gives nothing away.
struct SHA256 {
    private var state: [UInt32] = [
        0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
    ]

    /// The digest of a text.
    static func digest(of text: some Sequence<UInt8>) -> Digest {
        var hash = SHA256()
        var block: [UInt8] = []
        block.reserveCapacity(64)
        var length: UInt64 = 0
        for byte in text {
            block.append(byte)
            length += 1
            if block.count == 64 {
                hash.take(block)
                block.removeAll(keepingCapacity: true)
            }
        }
        block.append(0x80)
        if block.count > 56 {
            block.append(contentsOf: repeatElement(0, count: 64 - block.count))
            hash.take(block)
            block.removeAll(keepingCapacity: true)
        }
        block.append(contentsOf: repeatElement(0, count: 56 - block.count))
        for shift in stride(from: 56, through: 0, by: -8) {
            block.append(UInt8(truncatingIfNeeded: (length << 3) >> shift))
        }
        hash.take(block)
        return Digest(words: hash.state)
    }

    private mutating func take(_ block: [UInt8]) {
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 64) { schedule in
            for i in 0..<16 {
                schedule[i] = block[4 * i..<4 * i + 4].reduce(0) { $0 << 8 | UInt32($1) }
            }
            for i in 16..<64 {
                let a = schedule[i - 15]
                let b = schedule[i - 2]
                let small0 = a.rotated(7) ^ a.rotated(18) ^ (a >> 3)
                let small1 = b.rotated(17) ^ b.rotated(19) ^ (b >> 10)
                schedule[i] = schedule[i - 16] &+ small0 &+ schedule[i - 7] &+ small1
            }
            var a = state[0]
            var b = state[1]
            var c = state[2]
            var d = state[3]
            var e = state[4]
            var f = state[5]
            var g = state[6]
            var h = state[7]
            for i in 0..<64 {
                let large1 = e.rotated(6) ^ e.rotated(11) ^ e.rotated(25)
                let choice = (e & f) ^ (~e & g)
                let first = h &+ large1 &+ choice &+ SHA256.constants[i] &+ schedule[i]
                let large0 = a.rotated(2) ^ a.rotated(13) ^ a.rotated(22)
                let second = large0 &+ ((a & b) ^ (a & c) ^ (b & c))
                (h, g, f, e) = (g, f, e, d &+ first)
                (d, c, b, a) = (c, b, a, first &+ second)
            }
            for (i, word) in [a, b, c, d, e, f, g, h].enumerated() { state[i] &+= word }
        }
    }

    private static let constants: [UInt32] = [
        0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4, 0xab1c_5ed5,
        0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7, 0xc19b_f174,
        0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da,
        0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7, 0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967,
        0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85,
        0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070,
        0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
        0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7, 0xc671_78f2,
    ]
}

extension UInt32 {
    fileprivate func rotated(_ bits: UInt32) -> UInt32 {
        self >> bits | self << (32 - bits)
    }
}

/// A SHA-256 digest, compared in a time that does not depend on where two of them differ.
package struct Digest: Sendable, Equatable {
    private let a: UInt64
    private let b: UInt64
    private let c: UInt64
    private let d: UInt64

    /// Makes one of the eight words of the hash's state.
    fileprivate init(words: [UInt32]) {
        a = UInt64(words[0]) << 32 | UInt64(words[1])
        b = UInt64(words[2]) << 32 | UInt64(words[3])
        c = UInt64(words[4]) << 32 | UInt64(words[5])
        d = UInt64(words[6]) << 32 | UInt64(words[7])
    }

    /// Reads 64 hexadecimal digits in lower case; nil where these are not.
    package init?(hexadecimal text: String) {
        guard let bytes = Hexadecimal.bytes(of: text), bytes.count == 32 else { return nil }
        func word(_ i: Int) -> UInt64 { bytes[8 * i..<8 * i + 8].reduce(0) { $0 << 8 | UInt64($1) } }
        (a, b, c, d) = (word(0), word(1), word(2), word(3))
    }

    /// 64 hexadecimal digits.
    package var hexadecimal: String {
        Hexadecimal.text(
            of: [a, b, c, d].flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - 8 * $0)) } }
        )
    }

    /// Looks at every bit, whatever was found before.
    package static func == (left: Digest, right: Digest) -> Bool {
        (left.a ^ right.a) | (left.b ^ right.b) | (left.c ^ right.c) | (left.d ^ right.d) == 0
    }
}
