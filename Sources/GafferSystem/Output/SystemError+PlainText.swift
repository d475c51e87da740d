internal import CGafferSystem

extension SystemError {
    /// The kernel's text of an error number as it stands, as `No space left on device`.
    package static func plainText(of errno: Int32) -> String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 128) { buffer in
            buffer.initialize(repeating: 0)
            return String(cString: gaffer_error_text(errno, buffer.baseAddress, buffer.count))
        }
    }
}
