import Glibc

@testable import GafferSystem

/// A folder of its own for a test, removed with everything in it.
struct TemporaryFolder: ~Copyable {
    let path: String

    init() throws {
        var template = Array("/tmp/gaffer-system-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw SystemError("mkdtemp") }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        // mkdtemp leaves it to its owner, but some tests run programs in it as somebody else.
        chmod(path, 0o755)
    }

    deinit {
        _ = try? run(SpawnRequest(program: "/bin/rm", arguments: ["-rf", path]))
    }

    /// Makes a program and returns its path.
    ///
    /// Another process writes it: a child that some other test starts at this moment would hold a copy of our
    /// descriptor for an instant, and a file that is open for writing can't be executed ("text file busy").
    @discardableResult
    borrowing func program(_ name: String, _ text: String) throws -> String {
        let source = try file("\(name).text", text)
        let program = "\(path)/\(name)"
        let copied = try run(SpawnRequest(program: "/bin/cp", arguments: [source, program]))
        guard copied.exit.outcome == .code(0) else { throw SystemError(errno: EIO, call: "cp", what: program) }
        try SystemError.check("chmod", on: program) { chmod(program, 0o755) }
        return program
    }

    /// Makes a file and returns its path.
    @discardableResult
    borrowing func file(_ name: String, _ text: String = "", mode: mode_t = 0o644) throws -> String {
        let file = "\(path)/\(name)"
        let number = try SystemError.check("open", on: file) {
            open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
        }
        let descriptor = Descriptor(owning: number)
        let bytes = Array(text.utf8)
        try SystemError.check("write", on: file) { write(descriptor.rawValue, bytes, bytes.count) }
        chmod(file, mode)
        return file
    }

    @discardableResult
    borrowing func folder(_ name: String, mode: mode_t = 0o755) throws -> String {
        let folder = path + "/" + name
        try SystemError.check("mkdir", on: folder) { mkdir(folder, mode) }
        return folder
    }
}
