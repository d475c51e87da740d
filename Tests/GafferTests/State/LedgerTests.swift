import GafferModel
import GafferSystem
import GafferTestKit
import Glibc
import Testing

@testable import Gaffer

@Suite struct LedgerTests {
    private func record(_ number: Int, name: JobName = .web, isDetached: Bool = false) -> ProcessRecord {
        ProcessRecord(
            name: name,
            pid: number,
            osPid: Int32(number) + 1000,
            startTime: UInt64(number) << 33,
            instance: number,
            isDetached: isDetached,
            stopSignal: .quit,
            gracefulTimeout: .milliseconds(1500),
            time: 1_700_000_000.25
        )
    }

    @Test("Records survive reopening, removed ones do not")
    func reopening() throws {
        let folder = try TestFolder()
        defer { folder.remove() }
        let path = folder.path + "/processes"
        do {
            let (ledger, records) = try ProcessLedger.open(path)
            #expect(records.isEmpty)
            for number in 1...4 { ledger.add(record(number, isDetached: number == 3)) }
            ledger.remove(2)
            ledger.remove(2)
            ledger.remove(99)
            ledger.add(record(5))
        }
        let (_, records) = try ProcessLedger.open(path)
        let expected = [record(1), record(3, isDetached: true), record(4), record(5)]
        #expect(records.sorted { $0.pid < $1.pid } == expected)
    }

    @Test("What was in it stays until it is dealt with; then a daemon's own records are all that is there")
    func cleared() throws {
        let folder = try TestFolder()
        defer { folder.remove() }
        let path = folder.path + "/processes"
        do {
            let (ledger, _) = try ProcessLedger.open(path)
            ledger.add(record(1))
        }
        do {
            let (ledger, records) = try ProcessLedger.open(path)
            #expect(records.count == 1)
            ledger.add(record(2))
        }
        do {
            // Killed before it had dealt with what was there: nothing is forgotten.
            let (ledger, records) = try ProcessLedger.open(path)
            #expect(records.map(\.pid).sorted() == [1, 2])
            ledger.add(record(3))
            ledger.forgetOld()
        }
        let (_, records) = try ProcessLedger.open(path)
        #expect(records == [record(3)])
    }

    @Test("A ledger grows as far as it has to, and reuses what is free")
    func growth() throws {
        let folder = try TestFolder()
        defer { folder.remove() }
        let path = folder.path + "/processes"
        do {
            let (ledger, _) = try ProcessLedger.open(path)
            for number in 1...2500 { ledger.add(record(number)) }
            let size = try size(of: path)
            for number in 1...2500 where number.isMultiple(of: 2) { ledger.remove(number) }
            for number in 3001...4000 { ledger.add(record(number)) }
            #expect(try self.size(of: path) == size)
        }
        let (_, records) = try ProcessLedger.open(path)
        let expected = (1...2500).filter { !$0.isMultiple(of: 2) } + Array(3001...4000)
        #expect(records.map(\.pid).sorted() == expected)
    }

    @Test("The longest names fit")
    func longNames() throws {
        let folder = try TestFolder()
        defer { folder.remove() }
        let path = folder.path + "/processes"
        let name = try JobName(session: String(repeating: "s", count: 100), job: String(repeating: "j", count: 100))
        do {
            let (ledger, _) = try ProcessLedger.open(path)
            ledger.add(record(1, name: name))
            ledger.add(record(2))
        }
        let (_, records) = try ProcessLedger.open(path)
        #expect(Set(records.map(\.name)) == [name, .web])
    }

    struct Damage: Sendable, CustomTestStringConvertible {
        let testDescription: String
        /// How many of two records are left.
        let left: Int
        let change: @Sendable (inout [UInt8]) -> Void
    }

    private static let firstSlot = 4096

    @Test(
        "What is torn, foreign or of another boot is not believed",
        arguments: [
            Damage(testDescription: "none", left: 2) { _ in },
            Damage(testDescription: "another boot", left: 0) { $0[25] ^= 1 },
            Damage(testDescription: "another format", left: 0) { $0[0] = 0 },
            Damage(testDescription: "a longer header", left: 0) { bytes in
                let end = bytes.firstIndex(of: 0) ?? 0
                bytes[end] = UInt8(ascii: "x")
            },
            Damage(testDescription: "empty", left: 0) { $0 = [] },
            Damage(testDescription: "another file", left: 0) { $0 = Array("root:x:0:0\n".utf8) },
            Damage(testDescription: "half a header", left: 0) { $0.removeLast($0.count - 30) },
            // A record is marked as one by its os pid, which is written last.
            Damage(testDescription: "a torn record", left: 1) { $0.replaceSubrange(4096..<4100, with: [0, 0, 0, 0]) },
            Damage(testDescription: "a negative os pid", left: 1) { $0[4099] = 0xff },
            Damage(testDescription: "the os pid of init", left: 1) {
                $0.replaceSubrange(4096..<4100, with: [1, 0, 0, 0])
            },
            Damage(testDescription: "a name beyond the record", left: 1) { $0[4096 + 52] = 250 },
            Damage(testDescription: "a name that is none", left: 1) { $0[4096 + 56] = UInt8(ascii: "/") },
            Damage(testDescription: "cut within the second record", left: 1) {
                $0.removeLast($0.count - 4096 - 256 - 100)
            },
        ]
    )
    func damage(row: Damage) throws {
        let folder = try TestFolder()
        defer { folder.remove() }
        let path = folder.path + "/processes"
        do {
            let (ledger, _) = try ProcessLedger.open(path)
            ledger.add(record(1))
            ledger.add(record(2))
        }
        var bytes = try FileContent.read(path, limit: 10 << 20)
        row.change(&bytes)
        try FileContent.replace(path, with: bytes, mode: 0o600)
        let (ledger, records) = try ProcessLedger.open(path)
        #expect(records.count == row.left)
        // It works, whatever was there.
        ledger.add(record(3))
        ledger.remove(3)
    }

    @Test("A link in the ledger's place is not followed")
    func link() throws {
        let folder = try TestFolder()
        defer { folder.remove() }
        let path = folder.path + "/processes"
        symlink("/etc/passwd", path)
        let error = #expect(throws: SystemError.self) { try ProcessLedger.open(path) }
        #expect(error?.errno == ELOOP)
    }

    private func size(of path: String) throws -> Int {
        try FileContent.read(path, limit: 100 << 20).count
    }
}
