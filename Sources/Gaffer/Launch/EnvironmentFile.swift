internal import GafferModel
internal import GafferSystem

/// An `env_file`, read anew at each spawn.
enum EnvironmentFile {
    /// - Throws: ``GafferError`` where it can't be read, with the line that is wrong.
    static func read(_ path: String, directory: String?) throws(GafferError) -> [String: String] {
        let path = path.hasPrefix("/") ? path : directory.map { "\($0)/\(path)" } ?? path
        let content: [UInt8]
        do {
            content = try FileContent.read(path, limit: 1 << 20)
        } catch {
            throw GafferError(.failed, "The env_file can't be read: \(error) (env_file)")
        }
        return try EnvironmentText.parse(content, file: path)
    }
}
