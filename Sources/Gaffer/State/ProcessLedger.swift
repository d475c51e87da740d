package import GafferSystem
internal import Glibc

/// The processes that run, in a file that is mapped into memory.
///
/// A record is written by storing it: without a system call, so that a thousand restarts a second cost nothing, and so
/// that it is there for the next daemon even if this one is killed in the next moment. (After a crash of the machine
/// the boot is another one, and nothing in the file holds.) Used on the supervision loop alone.
///
/// Layout: 4,096 bytes of header (magic, the boot's id), then slots of ``ProcessRecord/size`` bytes.
package final class ProcessLedger: @unchecked Sendable {
    // @unchecked: confined to the supervision loop once it is open.

    private static let magic: [UInt8] = Array("gaffer processes 1\n".utf8)
    private static let headerSize = 4096
    private static let growth = 1024

    private let descriptor: Descriptor
    private let path: String
    private var map: UnsafeMutableRawBufferPointer
    private var slots: [Int: Int] = [:]
    private var free: [Int] = []
    /// Slots with records of an earlier daemon.
    private var oldSlots: [Int] = []

    /// Opens the ledger, and tells what an earlier daemon of this boot left in it.
    ///
    /// - Throws: ``SystemError`` where the file can't be opened, grown or mapped.
    package static func open(_ path: String) throws(SystemError) -> (ledger: ProcessLedger, records: [ProcessRecord]) {
        let number = try SystemError.check("open", on: path) {
            Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        }
        let ledger = try ProcessLedger(Descriptor(owning: number), path: path)
        let old = ledger.records()
        if old.isEmpty {
            try ledger.clear()
        } else {
            // They stay until their processes are dealt with: this daemon may be killed before that.
            ledger.oldSlots = old.map(\.slot)
            let taken = Set(ledger.oldSlots)
            ledger.free = (0..<ledger.slotCount).reversed().filter { !taken.contains($0) }
        }
        return (ledger, old.map(\.record))
    }

    private init(_ descriptor: consuming Descriptor, path: String) throws(SystemError) {
        self.path = path
        var status = stat()
        let number = descriptor.rawValue
        try SystemError.check("fstat", on: path) { fstat(number, &status) }
        let size = max(Int(status.st_size), Self.headerSize)
        try SystemError.check("ftruncate", on: path) { ftruncate(number, off_t(size)) }
        map = try Self.map(number, size: size, path: path)
        self.descriptor = descriptor
    }

    deinit {
        munmap(map.baseAddress, map.count)
    }

    package func add(_ record: ProcessRecord) {
        if free.isEmpty {
            // Without room the process merely is unknown to the next daemon; the disk may be full.
            guard (try? grow()) != nil else { return }
        }
        let slot = free.removeLast()
        slots[record.pid] = slot
        record.store(in: bytes(of: slot))
    }

    /// What an earlier daemon left is dealt with.
    package func forgetOld() {
        for slot in oldSlots {
            bytes(of: slot).storeBytes(of: 0, toByteOffset: 0, as: Int32.self)
            free.append(slot)
        }
        oldSlots = []
    }

    package func remove(_ pid: Int) {
        guard let slot = slots.removeValue(forKey: pid) else { return }
        bytes(of: slot).storeBytes(of: 0, toByteOffset: 0, as: Int32.self)
        free.append(slot)
    }

    private func bytes(of slot: Int) -> UnsafeMutableRawBufferPointer {
        let start = Self.headerSize + slot * ProcessRecord.size
        return UnsafeMutableRawBufferPointer(rebasing: map[start..<(start + ProcessRecord.size)])
    }

    private var slotCount: Int { (map.count - Self.headerSize) / ProcessRecord.size }

    private func records() -> [(slot: Int, record: ProcessRecord)] {
        let boot = Array((Machine.bootID ?? "").utf8)
        let header = Self.magic + boot
        guard map.prefix(header.count).elementsEqual(header), map[header.count] == 0 else { return [] }
        return (0..<slotCount).compactMap { slot in
            ProcessRecord(bytes: UnsafeRawBufferPointer(bytes(of: slot))).map { (slot, $0) }
        }
    }

    private func clear() throws(SystemError) {
        let number = descriptor.rawValue
        try SystemError.check("ftruncate", on: path) { ftruncate(number, 0) }
        try SystemError.check("ftruncate", on: path) { ftruncate(number, off_t(Self.headerSize)) }
        try remap(to: Self.headerSize)
        map.copyBytes(from: Self.magic + Array((Machine.bootID ?? "").utf8))
    }

    private func grow() throws(SystemError) {
        let first = slotCount
        let size = map.count + Self.growth * ProcessRecord.size
        let number = descriptor.rawValue
        // A store to a mapped page that the disk has no room for would be SIGBUS, so the room is taken now.
        let error = posix_fallocate(number, off_t(map.count), off_t(size - map.count))
        guard error == 0 else { throw SystemError(errno: error, call: "posix_fallocate", what: path) }
        try remap(to: size)
        free.append(contentsOf: (first..<(first + Self.growth)).reversed())
    }

    private func remap(to size: Int) throws(SystemError) {
        let new = try Self.map(descriptor.rawValue, size: size, path: path)
        munmap(map.baseAddress, map.count)
        map = new
    }

    private static func map(
        _ descriptor: Int32,
        size: Int,
        path: String
    ) throws(SystemError) -> UnsafeMutableRawBufferPointer {
        let address = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0)
        guard let address, address != MAP_FAILED else { throw SystemError(errno: errno, call: "mmap", what: path) }
        return UnsafeMutableRawBufferPointer(start: address, count: size)
    }
}
