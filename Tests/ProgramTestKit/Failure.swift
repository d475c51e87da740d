import Glibc

/// Why a step of a test could not be carried out, with everything needed to see why.
package struct Failure: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }

    /// A system call that failed, with what it was called on.
    package static func call(_ name: String, _ subject: String, errno code: Int32) -> Failure {
        Failure("\(name) of \(subject) failed: \(String(cString: strerror(code)))")
    }
}
