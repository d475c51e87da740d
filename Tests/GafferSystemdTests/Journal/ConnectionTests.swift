import GafferSystem
import Glibc
import Testing

@testable import GafferSystemd

@Suite struct ConnectionTests {
    @Test("A descriptor is the journal's where device and inode are those of JOURNAL_STREAM")
    func identity() throws {
        let ends = try Pipe().take()
        defer {
            close(ends.0)
            close(ends.1)
        }
        var known = stat()
        try SystemError.check("fstat") { fstat(ends.0, &known) }
        let variable = "\(known.st_dev):\(known.st_ino)"
        #expect(JournalConnection.isJournal(ends.0, variable: variable))
        #expect(!JournalConnection.isJournal(-1, variable: variable))
        for other in ["", ":", "\(known.st_dev)", "\(known.st_dev):\(known.st_ino)0", "0:\(known.st_ino)", "x:y"] {
            #expect(!JournalConnection.isJournal(ends.0, variable: other))
        }
    }

    @Test("Nothing is the journal's without JOURNAL_STREAM", .enabled(if: getenv("JOURNAL_STREAM") == nil, "it is set"))
    func unset() {
        #expect(!JournalConnection.isStderr)
    }
}
