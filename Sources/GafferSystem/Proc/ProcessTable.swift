internal import CGafferSystem
internal import Glibc

/// The processes of the machine at one moment.
package struct ProcessTable: Sendable {
    /// In the order in which they were found.
    package let entries: [ProcessEntry]
    private let positions: [Int32: Int]

    package init(_ entries: [ProcessEntry]) {
        self.entries = entries
        positions = Dictionary(
            entries.indices.map { (entries[$0].osPid, $0) },
            // A number that is given out anew during a scan is found twice: the later one is alive.
            uniquingKeysWith: { $1 }
        )
    }

    package subscript(osPid: Int32) -> ProcessEntry? {
        positions[osPid].map { entries[$0] }
    }
}

extension ProcessTable {
    /// Reads /proc once.
    ///
    /// Processes that end meanwhile are left out.
    /// - Throws: ``SystemError`` where /proc can't be read at all.
    package static func snapshot() throws(SystemError) -> ProcessTable {
        let proc = Descriptor(owning: try SystemError.check("open", on: "/proc") { gaffer_open_proc() })
        let osPids = try list(proc)
        var entries: [ProcessEntry] = []
        entries.reserveCapacity(osPids.count)
        for osPid in osPids {
            if let entry = read(osPid, in: proc.rawValue) { entries.append(entry) }
        }
        return ProcessTable(entries)
    }

    /// Reads one process; nil: there is none.
    package static func readOne(_ osPid: Int32) -> ProcessEntry? {
        let number = gaffer_open_proc()
        guard number >= 0 else { return nil }
        let proc = Descriptor(owning: number)
        return read(osPid, in: proc.rawValue)
    }

    static func read(_ osPid: Int32, in proc: Int32) -> ProcessEntry? {
        // The file is some 300 bytes long, 500 at most.
        withUnsafeTemporaryAllocation(byteCount: 1024, alignment: 8) { buffer in
            let count = gaffer_read_process_file(proc, osPid, "stat", buffer.baseAddress, buffer.count)
            guard count > 0 else { return nil }
            return ProcessEntry(contiguous: UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
    }

    private static func list(_ proc: borrowing Descriptor) throws(SystemError) -> [Int32] {
        var capacity = 4096
        while true {
            var found = 0
            var failure: SystemError?
            let number = proc.rawValue
            let osPids = [Int32](unsafeUninitializedCapacity: capacity) { buffer, count in
                found = gaffer_list_processes(number, buffer.baseAddress, buffer.count)
                if found < 0 { failure = SystemError("getdents64", on: "/proc") }
                count = max(0, min(found, buffer.count))
            }
            if let failure { throw failure }
            if found <= capacity { return osPids }
            capacity = found + found / 4
        }
    }
}
