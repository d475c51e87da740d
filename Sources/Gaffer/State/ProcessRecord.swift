package import GafferModel

/// A process that this daemon runs, as it stands in the ``ProcessLedger`` for the daemon after it.
package struct ProcessRecord: Sendable, Equatable {
    package var name: JobName
    package var pid: Int
    package var osPid: Int32
    /// In clock ticks since boot: with the os pid and the boot it names one process for ever.
    package var startTime: UInt64
    package var instance: Int
    package var isDetached: Bool
    package var stopSignal: Signal
    package var gracefulTimeout: Duration
    /// When it was started, in seconds since 1970.
    package var time: Double

    package init(
        name: JobName,
        pid: Int,
        osPid: Int32,
        startTime: UInt64,
        instance: Int,
        isDetached: Bool,
        stopSignal: Signal,
        gracefulTimeout: Duration,
        time: Double
    ) {
        self.name = name
        self.pid = pid
        self.osPid = osPid
        self.startTime = startTime
        self.instance = instance
        self.isDetached = isDetached
        self.stopSignal = stopSignal
        self.gracefulTimeout = gracefulTimeout
        self.time = time
    }
}

extension ProcessRecord {
    /// The size of a record in the ledger, in bytes: 56 of numbers and two names of up to 100 each.
    static let size = 256

    /// Reads a record; nil where the slot is empty or torn.
    init?(bytes: UnsafeRawBufferPointer) {
        let osPid = bytes.loadUnaligned(fromByteOffset: 0, as: Int32.self)
        let sessionLength = Int(bytes[52])
        let jobLength = Int(bytes[53])
        guard osPid > 1, sessionLength + jobLength <= ProcessRecord.size - 56 else { return nil }
        let session = String(decoding: bytes[56..<(56 + sessionLength)], as: UTF8.self)
        let job = String(decoding: bytes[(56 + sessionLength)..<(56 + sessionLength + jobLength)], as: UTF8.self)
        guard let name = try? JobName(session: session, job: job) else { return nil }
        self.init(
            name: name,
            pid: Int(bytes.loadUnaligned(fromByteOffset: 8, as: Int64.self)),
            osPid: osPid,
            startTime: bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self),
            instance: Int(bytes.loadUnaligned(fromByteOffset: 24, as: Int32.self)),
            isDetached: bytes[54] != 0,
            stopSignal: Signal(rawValue: bytes.loadUnaligned(fromByteOffset: 28, as: Int32.self)),
            gracefulTimeout: .milliseconds(bytes.loadUnaligned(fromByteOffset: 32, as: Int64.self)),
            time: bytes.loadUnaligned(fromByteOffset: 40, as: Double.self)
        )
    }

    /// Writes the record so that a reader never sees half of it: the os pid, which makes it one, comes last.
    func store(in bytes: UnsafeMutableRawBufferPointer) {
        bytes.storeBytes(of: 0, toByteOffset: 0, as: Int32.self)
        bytes.storeBytes(of: Int64(pid), toByteOffset: 8, as: Int64.self)
        bytes.storeBytes(of: startTime, toByteOffset: 16, as: UInt64.self)
        bytes.storeBytes(of: Int32(clamping: instance), toByteOffset: 24, as: Int32.self)
        bytes.storeBytes(of: stopSignal.rawValue, toByteOffset: 28, as: Int32.self)
        bytes.storeBytes(of: Int64(clamping: gracefulTimeout.wholeMilliseconds), toByteOffset: 32, as: Int64.self)
        bytes.storeBytes(of: time, toByteOffset: 40, as: Double.self)
        bytes[52] = UInt8(name.session.utf8.count)
        bytes[53] = UInt8(name.job.utf8.count)
        bytes[54] = isDetached ? 1 : 0
        var offset = 56
        for byte in name.session.utf8 {
            bytes[offset] = byte
            offset += 1
        }
        for byte in name.job.utf8 {
            bytes[offset] = byte
            offset += 1
        }
        bytes.storeBytes(of: osPid, toByteOffset: 0, as: Int32.self)
    }
}

extension Duration {
    /// Rounded down.
    var wholeMilliseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds.multipliedReportingOverflow(by: 1000).partialValue + attoseconds / 1_000_000_000_000_000
    }
}
