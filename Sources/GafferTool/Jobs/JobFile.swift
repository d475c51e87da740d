package import GafferModel
internal import Glibc

/// The jobs in a JSON file, for `load` and `update`.
package struct JobFile {
    /// One job.
    package struct Job: Equatable {
        package let name: JobName
        /// Its configuration without the member `name`.
        package let members: [JSON.Member]
    }

    /// The most bytes of a file; one configuration may have 1 MiB.
    package static let maximumSize = 64 << 20

    /// Reads the file that the command line names.
    ///
    /// - Throws: ``Failure`` or ``UsageError``.
    package static func read(_ invocation: Invocation) throws -> [Job] {
        let path = invocation.operands[0]
        let bytes = try contents(of: path)
        return try jobs(in: bytes, path: path, session: invocation.line.value("session"), invocation)
    }

    /// Reads a file's text.
    ///
    /// - Throws: ``Failure`` that names the file.
    package static func jobs(
        in bytes: [UInt8],
        path: String,
        session: String?,
        _ invocation: Invocation
    ) throws -> [Job] {
        let file = path == "-" ? "The standard input" : path.escaped
        let document: JSON
        do throws(JSON.ParseError) {
            document = try JSON(parsing: bytes)
        } catch {
            throw Failure(.failed, "\(file) is no JSON: \(error)")
        }
        let entries = document.arrayValue ?? [document]
        guard !entries.isEmpty else { throw Failure(.failed, "\(file) has no jobs.") }
        return try entries.enumerated().map { index, entry in
            let place = entries.count == 1 ? file : "\(file), job \(index + 1)"
            guard let members = entry.objectValue else {
                throw Failure(.failed, "\(place): a job is a JSON object.")
            }
            guard let text = entry["name"]?.stringValue else {
                throw Failure(.failed, "\(place): the member name is missing.")
            }
            return Job(
                name: try name(text, session: session, invocation),
                members: members.filter { $0.name != "name" }
            )
        }
    }

    /// The full name of a job.
    ///
    /// - Parameter session: the session of a name without one.
    /// - Throws: ``Failure`` where it is none, or has another session than the one given.
    package static func name(_ text: String, session: String?, _ invocation: Invocation) throws -> JobName {
        let home = try session ?? invocation.application() ?? JobName.defaultSession
        do throws(GafferError) {
            let hasSession = text.contains { $0 == "." || $0 == "/" || $0 == ":" }
            guard hasSession else { return try JobName(session: home, job: text) }
            let name = try JobName(parsing: text)
            if let session, session != name.session {
                throw GafferError(
                    .badRequest,
                    "\(name) has the session \(name.session) in its name, and --session says \(session.quoted)."
                )
            }
            return name
        } catch {
            throw Failure(.usage, error.message)
        }
    }

    /// The bytes of a file, or of the standard input where the path is `-`.
    ///
    /// - Throws: ``Failure`` that names the file.
    package static func contents(of path: String, input: Int32 = STDIN_FILENO) throws(Failure) -> [UInt8] {
        let descriptor = path == "-" ? input : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw unreadable(path, errno) }
        defer { if path != "-" { close(descriptor) } }
        var bytes: [UInt8] = []
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 65_536, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            if count == 0 { return bytes }
            if count < 0 {
                if errno == EINTR { continue }
                throw unreadable(path, errno)
            }
            bytes += buffer[..<count]
            guard bytes.count <= maximumSize else {
                throw Failure(.failed, "\(path.escaped) is larger than \(maximumSize >> 20) MiB.")
            }
        }
    }

    private static func unreadable(_ path: String, _ code: Int32) -> Failure {
        let reason = strerror(code).map { String(cString: $0) } ?? "error \(code)"
        return Failure(.failed, "\(path.escaped) can't be read: \(reason).")
    }
}
