internal import GafferSystem
internal import Glibc

/// Bytes that nobody can guess.
enum RandomBytes {
    /// Asks the kernel (getrandom(2), by its wrapper), which waits in the first moments of a machine's life until it
    /// has gathered enough.
    ///
    /// - Parameter count: 256 at most.
    /// - Throws: ``SystemError`` where there are none to be had: then no key may be made.
    static func make(_ count: Int) throws(SystemError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        try SystemError.check("getentropy") { bytes.withUnsafeMutableBytes { getentropy($0.baseAddress, count) } }
        return bytes
    }
}
