internal import CGafferSystem
internal import Glibc

/// The files of /proc/PID other than its stat, each read whole up to a bound.
///
/// For an instant after a program was executed its name is still the old one, and its command line and environment are
/// empty: the kernel lets ``Spawner`` go on before it fills these in.
package struct ProcessFiles: ~Copyable, Sendable {
    private let proc: Descriptor

    /// Opens /proc.
    package init() throws(SystemError) {
        proc = Descriptor(owning: try SystemError.check("open", on: "/proc") { gaffer_open_proc() })
    }

    /// Up to `limit` bytes of a file; nil: the process is gone, or is not ours to look into.
    package borrowing func read(_ name: String, of osPid: Int32, limit: Int) -> [UInt8]? {
        let number = proc.rawValue
        var isRead = true
        let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
            let got = gaffer_read_process_file(number, osPid, name, buffer.baseAddress, buffer.count)
            isRead = got >= 0
            count = max(0, got)
        }
        return isRead ? bytes : nil
    }

    /// What /proc/PID/stat tells; nil: there is no such process.
    package borrowing func entry(of osPid: Int32) -> ProcessEntry? {
        ProcessTable.read(osPid, in: proc.rawValue)
    }

    /// The user that a process runs as.
    package borrowing func owner(of osPid: Int32) -> UInt32? {
        var uid: uid_t = 0
        guard gaffer_process_owner(proc.rawValue, osPid, &uid) == 0 else { return nil }
        return uid
    }

    /// The command line, its words joined by spaces, up to 4 KiB; nil where it can't be read.
    ///
    /// It is empty for a zombie.
    package borrowing func commandLine(of osPid: Int32) -> String? {
        read("cmdline", of: osPid, limit: 4096).map(ProcessFiles.commandLine(from:))
    }

    /// A variable of the environment that a process was started with; nil where it has none such, or can't be read.
    package borrowing func environmentVariable(_ name: String, of osPid: Int32) -> String? {
        // Far beyond what is usual; who has more hides.
        for limit in [16 << 10, 2 << 20] {
            guard let bytes = read("environ", of: osPid, limit: limit) else { return nil }
            if let value = ProcessFiles.variable(name, in: bytes[...]) { return value }
            if bytes.count < limit { return nil }
        }
        return nil
    }

    /// `GAFFER_PID` of the environment that a process was started with.
    package borrowing func gafferPid(of osPid: Int32) -> Int? {
        environmentVariable("GAFFER_PID", of: osPid).flatMap { Int($0) }
    }

    /// Joins the words of /proc/PID/cmdline.
    package static func commandLine(from bytes: [UInt8]) -> String {
        var bytes = bytes[...]
        while bytes.last == 0 { bytes.removeLast() }
        return String(decoding: bytes.map { $0 == 0 ? UInt8(ascii: " ") : $0 }, as: UTF8.self)
    }

    /// Finds a variable in /proc/PID/environ.
    package static func variable(_ name: String, in bytes: ArraySlice<UInt8>) -> String? {
        let prefix = Array("\(name)=".utf8)
        for word in bytes.split(separator: 0) where word.starts(with: prefix) {
            return String(decoding: word.dropFirst(prefix.count), as: UTF8.self)
        }
        return nil
    }
}
