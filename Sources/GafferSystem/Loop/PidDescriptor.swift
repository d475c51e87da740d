internal import CGafferSystem

/// pidfds: descriptors that mean one process, however its number is used later.
package enum PidDescriptor {
    /// Opens one; the caller closes it.
    ///
    /// - Throws: ``SystemError`` with `ESRCH` where there is no such process.
    package static func open(_ osPid: Int32) throws(SystemError) -> Int32 {
        try SystemError.check("pidfd_open", on: "os pid \(osPid)") { gaffer_pidfd_open(osPid) }
    }

    /// Sends a signal; false where the process has ended, or may not be signalled.
    package static func send(_ signal: Int32, to pidfd: Int32) -> Bool {
        gaffer_pidfd_send_signal(pidfd, signal) == 0
    }
}
