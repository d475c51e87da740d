internal import GafferModel
internal import Glibc

/// What the threads of `gafferctl top` have to tell to the one that shows it.
final class TopInbox: Sendable {
    /// Can be read while something waits.
    let descriptor: Int32

    private let writer: Int32
    private let reports = Locked<[TopReport]>([])

    /// - Throws: ``Failure`` where there is no pipe to be had.
    init() throws(Failure) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw Failure(.failed, "A pipe can't be made: error \(errno).") }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        descriptor = ends[0]
        writer = ends[1]
    }

    deinit {
        close(descriptor)
        close(writer)
    }

    /// Adds a report; many changes become one, so that a storm of events needs no more room than a few.
    func post(_ report: TopReport) {
        reports.withLock { reports in
            if case .changed(let new) = report, case .changed(let old)? = reports.last {
                reports[reports.count - 1] = .changed(old.union(new))
            } else {
                reports.append(report)
            }
        }
        var byte: UInt8 = 1
        // A full pipe wakes as well.
        _ = write(writer, &byte, 1)
    }

    /// Takes everything that waits.
    func take() -> [TopReport] {
        var buffer = [UInt8](repeating: 0, count: 256)
        while read(descriptor, &buffer, buffer.count) == buffer.count {}
        return reports.withLock { reports in
            defer { reports = [] }
            return reports
        }
    }
}
