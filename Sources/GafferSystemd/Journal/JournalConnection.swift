internal import CGafferSystem
internal import Glibc

/// What systemd has connected to the journal.
package enum JournalConnection {
    /// Whether stderr goes to the journal, so that records may go there instead, with all their fields.
    ///
    /// `$JOURNAL_STREAM` alone does not tell: it is inherited by programs whose stderr somebody has turned elsewhere.
    package static var isStderr: Bool {
        guard let variable = getenv("JOURNAL_STREAM") else { return false }
        return isJournal(STDERR_FILENO, variable: String(cString: variable))
    }

    /// Whether a descriptor is the one that `$JOURNAL_STREAM` names by device and inode, as `8:12345`.
    package static func isJournal(_ descriptor: Int32, variable: String) -> Bool {
        var device: UInt64 = 0
        var inode: UInt64 = 0
        guard gaffer_descriptor_identity(descriptor, &device, &inode) == 0 else { return false }
        return variable == "\(device):\(inode)"
    }
}
