import Glibc

/// Why a step of a test could not be carried out, with everything needed to see why.
struct Failure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }

    /// A system call that failed, with what it was called on.
    static func call(_ name: String, _ subject: String, errno code: Int32) -> Failure {
        Failure("\(name) of \(subject) failed: \(String(cString: strerror(code)))")
    }
}
