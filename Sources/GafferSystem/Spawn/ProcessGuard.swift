internal import CGafferSystem
internal import Glibc

/// A small process that is the parent of this program, so that nothing this program started outlives it.
///
/// Whoever started the program sees the guard: it hands signals on, stops and continues with the program, and ends as
/// the program ended. If the program is killed, the guard kills what is left; if the guard is killed, the program does.
package struct ProcessGuard: Sendable {
    /// What the program gets from the guard; they are blocked, to be read by a ``SignalSource``.
    package static let signals = [SIGINT, SIGTERM, SIGHUP, SIGQUIT]

    private let lifeline: Int32

    /// Returns in the program that goes on below the guard, which leads a session of its own; for a program that has one
    /// thread so far.
    ///
    /// - Throws: ``SystemError`` where there is no process to be had.
    package static func enter() throws(SystemError) -> ProcessGuard {
        var lifeline: Int32 = -1
        try SystemError.check("fork") { gaffer_guard(&lifeline) }
        return ProcessGuard(lifeline: lifeline)
    }

    /// From now on, ends this program and all its descendants at once when the guard has ended; on the loop.
    package func bind(to loop: SupervisionLoop) throws(SystemError) {
        _ = try loop.watch(lifeline) {
            gaffer_end_descendants()
            _exit(128 + SIGKILL)
        }
    }
}
