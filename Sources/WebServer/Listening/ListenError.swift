internal import Glibc

/// Why a socket can't be listened on.
package struct ListenError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The address, as it was asked for.
    package let address: String
    /// What failed: the name of a system call, or of a check before it.
    package let step: String
    /// The errno; 0 where it was no system call.
    package let code: Int32
    /// A sentence that says it all.
    package let description: String

    init(_ address: String, _ step: String, code: Int32, _ reason: String? = nil) {
        self.address = address
        self.step = step
        self.code = code
        let reason = reason ?? "\(step): \(String(cString: strerror(code)))"
        description = "Can't listen on \(address): \(reason)."
    }
}
