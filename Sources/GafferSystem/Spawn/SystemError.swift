internal import CGafferSystem
internal import Glibc

/// A system call that failed.
package struct SystemError: Error, Hashable, Sendable {
    /// What the kernel said.
    package var errno: Int32
    /// The call, as `pipe2`.
    package var call: String
    /// What it was called on: a path, a number; nil where the call says it all.
    package var what: String?

    package init(errno: Int32, call: String, what: String? = nil) {
        self.errno = errno
        self.call = call
        self.what = what
    }

    /// The call that has just failed, with what `errno` says of it.
    package init(_ call: String, on what: String? = nil) {
        self.init(errno: Glibc.errno, call: call, what: what)
    }

    /// The kernel's text of an error number, as `no such file or directory`.
    package static func text(of errno: Int32) -> String {
        var buffer = [CChar](repeating: 0, count: 128)
        let text = buffer.withUnsafeMutableBufferPointer { buffer in
            String(cString: gaffer_error_text(errno, buffer.baseAddress, buffer.count))
        }
        // Within a sentence, but "RFS specific error" keeps its capital letters.
        guard let first = text.first, let second = text.dropFirst().first, !second.isUppercase else { return text }
        return first.lowercased() + text.dropFirst()
    }

    /// Runs a call until no signal interrupts it, and throws what it failed with.
    @discardableResult
    package static func check<Result: SignedInteger>(
        _ call: String,
        on what: @autoclosure () -> String? = nil,
        _ body: () -> Result
    ) throws(SystemError) -> Result {
        while true {
            let result = body()
            if result >= 0 { return result }
            let errno = Glibc.errno
            if errno != EINTR { throw SystemError(errno: errno, call: call, what: what()) }
        }
    }
}

extension SystemError: CustomStringConvertible {
    /// As `/run/gaffer: permission denied (open)`.
    package var description: String {
        let text = "\(SystemError.text(of: errno)) (\(call))"
        return what.map { "\($0): \(text)" } ?? text
    }
}
