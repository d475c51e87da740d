import Glibc
import WebTestKit

/// Lends a folder of its own, removed afterwards with all that is in it.
func withTemporaryFolder<Result>(
    isolation: isolated (any Actor)? = #isolation,
    _ body: (String) async throws -> Result
) async throws -> Result {
    let path = try makeTemporaryFolder()
    defer { removeFolder(path) }
    return try await body(path)
}

func withTemporaryFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
    let path = try makeTemporaryFolder()
    defer { removeFolder(path) }
    return try body(path)
}

private func makeTemporaryFolder() throws -> String {
    var template = Array("/tmp/gaffer-http-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw RawClientError(description: "mkdtemp: errno \(errno)") }
    return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

/// Tests put files in it, but no folders.
private func removeFolder(_ path: String) {
    guard let folder = opendir(path) else { return }
    while let entry = readdir(folder) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
            pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        unlink("\(path)/\(name)")
    }
    closedir(folder)
    rmdir(path)
}
