internal import GafferTool
internal import Glibc

/// Files that a command writes: all of them, or none where one is there already.
struct OutputFiles {
    struct File: Equatable {
        var path: String
        var text: String
    }

    /// Whether files that exist are replaced.
    var replaces = false
    /// Whether only the user may read them.
    var isPrivate = false

    /// Where files go.
    ///
    /// - Parameters:
    ///   - names: their names, without a folder.
    ///   - out: a folder, which may be still to be made; or, for one file that is to have another name, a path.
    /// - Returns: the folder to be made, nil where there is none; and the path of each file.
    static func places(_ names: [String], out: String) -> (folder: String?, paths: [String]) {
        if names.count == 1, !out.hasSuffix("/"), !isFolder(out) { return (nil, [out]) }
        let folder = out.hasSuffix("/") ? out : "\(out)/"
        return (isFolder(folder) ? nil : folder, names.map { folder + $0 })
    }

    /// Writes the files.
    ///
    /// - Throws: ``Failure`` that names the file that is there already, or can't be written.
    func write(_ files: [File], makingFolder folder: String? = nil) throws(Failure) {
        if !replaces {
            let there = files.filter { Self.exists($0.path) }
            guard there.isEmpty else {
                throw Failure(
                    .failed,
                    messages: there.map { "\($0.path.escaped) exists already: give --force to replace it." }
                        + ["Nothing was written."]
                )
            }
        }
        if let folder, mkdir(folder, 0o777) != 0, errno != EEXIST { throw Self.failed(folder, "made", errno) }
        for file in files { try write(file) }
    }

    /// Written beside it and renamed, so that nobody sees half of it.
    private func write(_ file: File) throws(Failure) {
        var template = Array("\(file.path).XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        guard descriptor >= 0 else { throw Self.failed(file.path, "written", errno) }
        let temporary = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        var code = Output.write(Array(file.text.utf8), to: descriptor)
        if code == nil, fchmod(descriptor, isPrivate ? 0o600 : 0o666 & ~Self.mask) != 0 { code = errno }
        if code == nil, fsync(descriptor) != 0 { code = errno }
        close(descriptor)
        // A link takes no file's place, should one have appeared meanwhile.
        if code == nil, (replaces ? rename(temporary, file.path) : link(temporary, file.path)) != 0 { code = errno }
        if !replaces || code != nil { unlink(temporary) }
        if let code { throw Self.failed(file.path, "written", code) }
    }

    private static var mask: mode_t {
        let mask = umask(0o077)
        umask(mask)
        return mask
    }

    private static func exists(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }

    private static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    private static func failed(_ path: String, _ what: String, _ code: Int32) -> Failure {
        Failure(.failed, "\(path.escaped) can't be \(what): \(String(cString: strerror(code))).")
    }
}

extension Option {
    static let out = Option(
        name: "out",
        short: "o",
        value: "PATH",
        completion: .file,
        help: "write to this file, or into this folder; to the standard output otherwise"
    )
    static let force = Option(name: "force", help: "replace files that exist")
}
