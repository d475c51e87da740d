/// Stands in for the API, of which only its limit is needed.
enum HTTPAPI {
    static let maximumDepth = 32
}

/// Stands in for what a job can be told, which belongs to the supervision and needs all of it.
enum JobCommand {
    case start, stop, restart, reload
}

/// Stands in for the kernel's random bytes, which a key is made of, and its errors; no key is made here.
enum RandomBytes {
    static func make(_ count: Int) throws(SystemError) -> [UInt8] {
        throw SystemError()
    }
}

struct SystemError: Error {}
