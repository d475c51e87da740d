internal import Glibc

/// A folder of its own for a test.
package struct TestFolder: Sendable {
    package let path: String

    package init() throws {
        var template = Array("/tmp/gaffer-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw FolderError() }
        path = template.withUnsafeBufferPointer { buffer in
            String(decoding: buffer.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
    }

    /// Removes it with everything in it.
    package func remove() {
        TestFolder.remove(path)
    }

    private static func remove(_ path: String) {
        if unlink(path) == 0 || errno == ENOENT { return }
        guard let folder = opendir(path) else { return }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        closedir(folder)
        for name in names { remove("\(path)/\(name)") }
        rmdir(path)
    }
}

private struct FolderError: Error {}
