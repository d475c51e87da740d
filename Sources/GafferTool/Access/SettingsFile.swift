internal import Glibc

/// Where the user's ``NodeSettings`` are kept.
package struct SettingsFile {
    /// Its path.
    package let path: String

    /// The most bytes of it, and of a file with a key.
    package static let maximumSize = 1 << 20

    /// `$GAFFER_CONFIG`, `gaffer/gaffer.ini` of the user's configuration where it exists, else `~/.gaffer/gaffer.ini`;
    /// nil where the user has no home.
    package init?(_ environment: Environment) {
        if let given = environment.nonEmpty("GAFFER_CONFIG") {
            path = given
            return
        }
        let home = environment.nonEmpty("HOME")
        if let folder = environment.nonEmpty("XDG_CONFIG_HOME") ?? home.map({ "\($0)/.config" }) {
            let path = "\(folder)/gaffer/gaffer.ini"
            if environment.exists(path) {
                self.path = path
                return
            }
        }
        guard let home else { return nil }
        path = "\(home)/.gaffer/gaffer.ini"
    }

    /// The settings; none where there is no file.
    ///
    /// - Throws: ``Failure`` that names the file.
    package func read() throws(Failure) -> NodeSettings {
        guard let bytes = try SettingsFile.contents(of: path) else { return NodeSettings("") }
        return NodeSettings(String(decoding: bytes, as: UTF8.self))
    }

    /// Whether others than the user may read the file.
    package var isOpenToOthers: Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & 0o077 != 0
    }

    /// Puts the settings into the place of the file at once, readable by the user alone.
    ///
    /// - Throws: ``Failure`` that names the file.
    package func write(_ settings: NodeSettings) throws(Failure) {
        // A link to the file stays one: what it leads to is replaced.
        let target = realpath(path, nil).map { pointer in
            defer { free(pointer) }
            return String(cString: pointer)
        }
        let path = target ?? self.path
        if let end = path.lastIndex(of: "/"), end > path.startIndex {
            let folder = String(path[..<end])
            if mkdir(folder, 0o700) != 0, errno != EEXIST { throw SettingsFile.failed(folder, "made", errno) }
        }
        // mkstemp makes it readable by the user alone.
        var template = Array("\(path).XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        guard descriptor >= 0 else { throw SettingsFile.failed(path, "written", errno) }
        let temporary = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let bytes = Array(settings.text.utf8)
        var code: Int32? = Output.write(bytes, to: descriptor)
        if code == nil, fsync(descriptor) != 0 { code = errno }
        close(descriptor)
        if code == nil, rename(temporary, path) != 0 { code = errno }
        guard let code else { return }
        unlink(temporary)
        throw SettingsFile.failed(path, "written", code)
    }

    /// A file's bytes; nil where there is no file.
    ///
    /// - Throws: ``Failure`` that names the file.
    package static func contents(of path: String) throws(Failure) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            let code = errno
            if code == ENOENT || code == ENOTDIR { return nil }
            throw failed(path, "read", code)
        }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count == 0 { return bytes }
            if count < 0 {
                if errno == EINTR { continue }
                throw failed(path, "read", errno)
            }
            bytes += buffer[..<count]
            guard bytes.count <= maximumSize else {
                throw Failure(.failed, "\(path.escaped) is larger than \(maximumSize >> 20) MiB.")
            }
        }
    }

    private static func failed(_ path: String, _ what: String, _ code: Int32) -> Failure {
        let reason = strerror(code).map { String(cString: $0) } ?? "error \(code)"
        return Failure(.failed, "\(path.escaped) can't be \(what): \(reason).")
    }
}
