internal import CGafferSystem
internal import Glibc

/// One cgroup, as the folder of files by which the kernel tells of it and takes orders.
///
/// All calls return at once, but for the kernel's own locks.
package struct CgroupDirectory: Sendable, Hashable {
    /// Where it is in the file system.
    package let path: String

    package init(path: String) {
        self.path = path
    }

    package func child(_ name: String) -> CgroupDirectory {
        CgroupDirectory(path: "\(path)/\(name)")
    }

    // MARK: The folder

    /// - Throws: ``SystemError`` with `EEXIST` where it is there already.
    package func make() throws(SystemError) {
        try SystemError.check("mkdir", on: path) { mkdir(path, 0o755) }
    }

    /// - Throws: ``SystemError`` with `EBUSY` where a process or another cgroup is in it.
    package func remove() throws(SystemError) {
        try SystemError.check("rmdir", on: path) { rmdir(path) }
    }

    package var exists: Bool { access(path, F_OK) == 0 }

    /// A descriptor of it, by which a process is started in it; the caller closes it.
    package func open() throws(SystemError) -> Int32 {
        try SystemError.check("open", on: path) { Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
    }

    /// False where there is certainly no cgroup in it: the kernel counts them as links, two being its own.
    private var mayHaveChildren: Bool {
        var facts = stat()
        return stat(path, &facts) != 0 || facts.st_nlink != 2
    }

    /// The cgroups in it; none where it can't be read.
    package var children: [CgroupDirectory] {
        var capacity = 4096
        while true {
            var found = 0
            let names = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
                buffer.withMemoryRebound(to: CChar.self) { buffer in
                    found = gaffer_list_folders(path, buffer.baseAddress, buffer.count)
                }
                count = max(0, min(found, buffer.count))
            }
            guard found > capacity else {
                return names.split(separator: 0).map { child(String(decoding: $0, as: UTF8.self)) }
            }
            capacity = found * 2
        }
    }

    /// Removes it with the empty cgroups in it, those of its processes' own making too; false where one is in use.
    package func removeAll() -> Bool {
        if rmdir(path) == 0 || errno == ENOENT { return true }
        guard errno == EBUSY || errno == ENOTEMPTY else { return false }
        var isEmpty = true
        for child in children where !child.removeAll() { isEmpty = false }
        return isEmpty && (rmdir(path) == 0 || errno == ENOENT)
    }

    // MARK: Its files

    package func has(_ file: String) -> Bool { access("\(path)/\(file)", F_OK) == 0 }

    /// What a file holds.
    package func read(_ file: String) throws(SystemError) -> [UInt8] {
        let path = "\(path)/\(file)"
        let descriptor = try SystemError.check("open", on: path) { Glibc.open(path, O_RDONLY | O_CLOEXEC) }
        defer { close(descriptor) }
        var content: [UInt8] = []
        // Most are shorter by far.
        var size = 1024
        while true {
            var failure: SystemError?
            let part = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
                do throws(SystemError) {
                    count = try SystemError.check("read", on: path) {
                        Glibc.read(descriptor, buffer.baseAddress, buffer.count)
                    }
                } catch {
                    failure = error
                    count = 0
                }
            }
            if let failure { throw failure }
            content += part
            // A first look that is not full has seen the end; later ones may be cut by the kernel's own buffer.
            if part.isEmpty || content.count < 1024 { return content }
            size = 16 << 10
        }
    }

    /// Writes to a file, as one order.
    package func write(_ text: String, to file: String) throws(SystemError) {
        let path = "\(path)/\(file)"
        // Where the kernel can (Linux 6.16), a memory limit below what is used takes effect without the writer waiting for
        // the memory to be given back.
        let descriptor = try SystemError.check("open", on: path) {
            Glibc.open(path, O_WRONLY | O_CLOEXEC | O_NONBLOCK)
        }
        defer { close(descriptor) }
        try SystemError.check("write \(text)", on: path) {
            Glibc.write(descriptor, text, text.utf8.count)
        }
    }

    // MARK: Its processes

    /// Whether a process that has not ended is in it, or below it; nil where it can't be told.
    package var isPopulated: Bool? {
        guard let text = try? read("cgroup.events") else { return nil }
        return CgroupCounts.number("populated", in: text).map { $0 != 0 }
    }

    /// The file that tells whether it is populated, read once, so that the next change is told.
    package func openEvents() throws(SystemError) -> CgroupEvents {
        let path = "\(path)/cgroup.events"
        let file = try SystemError.check("open", on: path) { Glibc.open(path, O_RDONLY | O_CLOEXEC) }
        let events = CgroupEvents(owning: file)
        events.readAgain()
        return events
    }

    /// The os pids of the processes in it and in the cgroups below it; those that have ended are not among them.
    package func processes() throws(SystemError) -> [Int32] {
        var found = CgroupDirectory.numbers(try read("cgroup.procs"))
        guard mayHaveChildren else { return found }
        for child in children {
            // One that was removed meanwhile has none.
            found += (try? child.processes()) ?? []
        }
        return found
    }

    /// Sends SIGKILL to all that are in it and below it, those that are just being started too.
    ///
    /// - Throws: ``SystemError`` with `ENOENT` before Linux 5.14.
    package func kill() throws(SystemError) {
        try write("1", to: "cgroup.kill")
    }

    /// A number a line.
    package static func numbers(_ text: [UInt8]) -> [Int32] {
        text.split(separator: UInt8(ascii: "\n")).compactMap { line in
            // 0: of a process that is not of this namespace.
            Int32(String(decoding: line, as: UTF8.self)).flatMap { $0 > 0 ? $0 : nil }
        }
    }
}
