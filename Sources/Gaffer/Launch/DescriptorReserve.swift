internal import GafferSystem
internal import Glibc

/// Keeps some descriptors from the jobs, so that a machine full of them can still be controlled.
///
/// The kernel gives out the lowest free number, so that the number of a new descriptor tells how many are in use.
struct DescriptorReserve: Sendable {
    /// How many are kept for the API, files and /proc.
    static let size: Int32 = 32

    private let limit: Int32

    init() {
        let soft = (try? SpawnRequest.Limit.current(SpawnRequest.Limit.openFiles))?.soft ?? 1024
        limit = Int32(clamping: soft)
    }

    /// - Throws: ``SystemError`` with `EMFILE` where a new descriptor would be of the reserve.
    func check() throws(SystemError) {
        let probe = try SystemError.check("open", on: "/dev/null") { open("/dev/null", O_RDONLY | O_CLOEXEC) }
        close(probe)
        try check(probe)
    }

    /// - Throws: ``SystemError`` with `EMFILE` where this descriptor is of the reserve.
    func check(_ descriptor: Int32) throws(SystemError) {
        guard descriptor < limit - min(Self.size, limit / 2) else {
            throw SystemError(errno: EMFILE, call: "reserve", what: "descriptor \(descriptor) of \(limit)")
        }
    }
}
