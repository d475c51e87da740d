import GafferSystem

@testable import GafferSystemd

extension JournalOutput {
    /// An observer of `shop.web`'s stdout, unless told otherwise.
    convenience init(_ writer: JournalWriter, job: String = "web", label: String = "stdout") {
        self.init(
            writer: writer,
            session: "shop",
            job: job,
            pid: 7,
            osPid: 4711,
            instance: 2,
            label: label,
            namesObject: true
        )
    }

    /// Output comes.
    func write(_ text: String) {
        write(Array(text.utf8))
    }

    /// Output comes.
    func write(_ bytes: [UInt8]) {
        bytes.withByteView { received($0, at: 0) }
    }
}

/// A number generator whose numbers are the same each time.
struct SeededNumbers: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
    }

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state &* 0x2545_F491_4F6C_DD1D
    }
}
