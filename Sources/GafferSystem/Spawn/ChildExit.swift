internal import CGafferSystem
internal import Glibc

/// How a child ended, and what it had used.
package struct ChildExit: Sendable, Hashable {
    package enum Outcome: Sendable, Hashable {
        /// It exited with this code.
        case code(Int32)
        /// This signal ended it.
        case signal(Int32, dumpedCore: Bool)
    }

    package var osPid: Int32
    package var outcome: Outcome
    /// CPU time, that of the children it had waited for included.
    package var userTime: Duration
    package var systemTime: Duration
    /// The most memory that was resident at a time, in bytes.
    package var peakResidentBytes: UInt64

    package init(
        osPid: Int32,
        outcome: Outcome,
        userTime: Duration = .zero,
        systemTime: Duration = .zero,
        peakResidentBytes: UInt64 = 0
    ) {
        self.osPid = osPid
        self.outcome = outcome
        self.userTime = userTime
        self.systemTime = systemTime
        self.peakResidentBytes = peakResidentBytes
    }
}

extension ChildExit {
    /// Reaps a child by its pidfd, which stays open; nil: it still runs.
    ///
    /// Never waits.
    /// - Throws: ``SystemError`` with `ECHILD` where it is no child of this process, or was reaped before.
    package static func reap(pidfd: Int32) throws(SystemError) -> ChildExit? {
        try wait(GAFFER_WAIT_PIDFD, pidfd, options: 0)
    }

    /// Waits for the end of a child and reaps it.
    package static func wait(pidfd: Int32) throws(SystemError) -> ChildExit? {
        try wait(GAFFER_WAIT_PIDFD, pidfd, options: Int32(GAFFER_WAIT_BLOCK.rawValue))
    }

    /// Reaps a child by its number: an orphan that this process inherited; nil: it still runs.
    package static func reap(osPid: Int32) throws(SystemError) -> ChildExit? {
        try wait(GAFFER_WAIT_PID, osPid, options: 0)
    }

    /// The number of a child that has ended, whichever, and leaves it to be reaped; nil: none has, or there is none.
    ///
    /// Its price grows with the number of children, so it is for inherited ones only. The same one is told until it is
    /// reaped.
    package static func anyEnded() throws(SystemError) -> Int32? {
        do {
            return try wait(GAFFER_WAIT_ANY, 0, options: Int32(GAFFER_WAIT_PEEK.rawValue))?.osPid
        } catch {
            if error.errno == ECHILD { return nil }
            throw error
        }
    }

    private static func wait(
        _ kind: gaffer_wait_for,
        _ id: Int32,
        options: Int32
    ) throws(SystemError) -> ChildExit? {
        var found = gaffer_exit()
        try SystemError.check("waitid", on: "\(id)") { gaffer_wait(kind, id, options, &found) }
        guard found.found != 0 else { return nil }
        return ChildExit(
            osPid: found.pid,
            outcome: found.signalled != 0
                ? .signal(found.status, dumpedCore: found.core_dumped != 0) : .code(found.status),
            userTime: .microseconds(found.user_microseconds),
            systemTime: .microseconds(found.system_microseconds),
            peakResidentBytes: found.peak_resident_kib * 1024
        )
    }
}

extension ChildExit {
    /// Whether this process has any child, ended or not, its own or inherited.
    package static var hasChildren: Bool {
        var found = gaffer_exit()
        let result = gaffer_wait(GAFFER_WAIT_ANY, 0, Int32(GAFFER_WAIT_PEEK.rawValue), &found)
        return result == 0
    }
}
