/// The ids of messages that the server begins, 32 hexadecimal digits as those of the original.
enum RandomId {
    static func make() -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(32)
        for _ in 0..<2 {
            let number = UInt64.random(in: .min ... .max)
            for shift in stride(from: 60, through: 0, by: -4) {
                bytes.append(digits[Int(number >> UInt64(shift) & 0xF)])
            }
        }
        return bytes
    }

    private static let digits = Array("0123456789abcdef".utf8)
}
