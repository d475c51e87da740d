import Glibc
import Testing

/// Files beside the tests: what is read, and what is expected.
///
/// With `GAFFER_RECORD_GOLDEN=1` in the environment what comes out is written as what is expected; look at the
/// difference before it is committed.
enum Golden {
    static let isRecording = getenv("GAFFER_RECORD_GOLDEN") != nil

    /// The folder of these tests.
    static let root: String = {
        let folders = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(2)
        return folders.joined(separator: "/")
    }()

    static func bytes(_ path: String) throws -> [UInt8] {
        try #require(SystemFile.read("\(root)/\(path)"), "there is no \(path)")
    }

    static func text(_ path: String) throws -> String {
        try String(decoding: bytes(path), as: UTF8.self)
    }

    /// The names in a folder that end so, sorted.
    static func names(in path: String, endingIn suffix: String) -> [String] {
        guard let folder = opendir("\(root)/\(path)") else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let type = entry.pointee.d_type
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name.hasSuffix(suffix), type == DT_REG { names.append(name) }
        }
        return names.sorted()
    }

    /// Expects that a file has just this text.
    static func expect(_ text: String, in path: String) throws {
        if isRecording {
            let file = try #require(fopen("\(root)/\(path)", "w"))
            defer { fclose(file) }
            try #require(fputs(text, file) >= 0)
            return
        }
        let expected = try self.text(path)
        guard text != expected else { return }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let wanted = expected.split(separator: "\n", omittingEmptySubsequences: false)
        let first = zip(lines, wanted).enumerated().first { $0.element.0 != $0.element.1 }?.offset
        let index = first ?? min(lines.count, wanted.count)
        let line = index < lines.count ? String(lines[index]) : "(nothing)"
        let should = index < wanted.count ? String(wanted[index]) : "(nothing)"
        Issue.record("\(path):\(index + 1) has\n  \(should)\nand this came:\n  \(line)")
    }
}
