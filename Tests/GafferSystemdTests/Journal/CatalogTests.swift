import GafferSystem
import Glibc
import Testing

@testable import GafferSystemd

/// The catalog that is shipped, against the messages that there are.
@Suite struct CatalogTests {
    struct Entry {
        let id: String
        var headers: [String: String] = [:]
        var text = ""
    }

    /// Reads the catalog as journalctl does: an entry begins with `-- ID`, its headers end with an empty line.
    private static func entries() throws -> [Entry] {
        let folders = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(4)
        let path = (folders + ["systemd", "gaffer.catalog"]).joined(separator: "/")
        let descriptor = try SystemError.check("open", on: path) { open(path, O_RDONLY | O_CLOEXEC) }
        defer { close(descriptor) }
        let bytes = [UInt8](unsafeUninitializedCapacity: 1 << 20) { buffer, count in
            count = max(0, read(descriptor, buffer.baseAddress, buffer.count))
        }
        var entries: [Entry] = []
        var isHeader = false
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("-- ") {
                entries.append(Entry(id: String(line.dropFirst(3))))
                isHeader = true
            } else if line.hasPrefix("#") || entries.isEmpty {
                continue
            } else if isHeader, let colon = line.firstIndex(of: ":") {
                let value = line[line.index(after: colon)...].drop { $0 == " " }
                entries[entries.count - 1].headers[String(line[..<colon])] = String(value)
            } else if isHeader {
                isHeader = false
            } else {
                entries[entries.count - 1].text += line + "\n"
            }
        }
        return entries
    }

    @Test("Each message has one entry, and each entry its message")
    func entries() throws {
        let ids = try CatalogTests.entries().map(\.id)
        #expect(ids.sorted() == MessageID.allCases.map(\.rawValue).sorted())
    }

    @Test("No two messages have one number, and each is 32 hexadecimal digits")
    func numbers() {
        let numbers = MessageID.allCases.map(\.rawValue)
        #expect(Set(numbers).count == numbers.count)
        for number in numbers {
            #expect(number.utf8.count == 32)
            #expect(number.allSatisfy { "0123456789abcdef".contains($0) })
        }
    }

    @Test("Each entry says what it is about, who says so, and more")
    func headers() throws {
        for entry in try CatalogTests.entries() {
            #expect(Set(entry.headers.keys) == ["Subject", "Defined-By", "Support"], "\(entry.id)")
            #expect(entry.headers["Defined-By"] == "gaffer")
            #expect(entry.headers["Subject"]?.isEmpty == false)
            #expect(entry.text.utf8.count > 60, "\(entry.id)")
        }
    }

    @Test("An entry names only fields that its record has")
    func fields() throws {
        var known: [String: Set<String>] = [:]
        for row in EventTests.rows {
            let fields = ["GAFFER_SESSION", "GAFFER_JOB"] + row.fields.keys
            // What some records of a kind lack must not be named.
            known[row.id.rawValue] = known[row.id.rawValue].map { $0.intersection(fields) } ?? Set(fields)
        }
        known[MessageID.outOfMemory.rawValue] = known[MessageID.exit.rawValue]
        known[MessageID.configurationRefused.rawValue] = ["GAFFER_REASON"]
        known[MessageID.limitsUnavailable.rawValue] = [
            "GAFFER_SESSION", "GAFFER_JOB", "GAFFER_REASON",
        ]
        known[MessageID.dropped.rawValue] = [
            "SYSLOG_IDENTIFIER", "N_DROPPED", "GAFFER_DROPPED_BYTES", "GAFFER_DROPPED_SECONDS",
        ]
        known[MessageID.changed.rawValue] = ["GAFFER_ACTOR", "GAFFER_ACTION", "GAFFER_STATUS"]
        for entry in try CatalogTests.entries() {
            let text = (entry.headers["Subject"] ?? "") + "\n" + entry.text
            // Between two @ without a space stands a name.
            let parts = text.split(separator: "@", omittingEmptySubsequences: false)
            let names = parts.dropFirst().filter { part in
                !part.isEmpty && part.utf8.allSatisfy { $0 == 0x5F || (0x41...0x5A).contains($0) }
            }
            #expect(known[entry.id, default: []].isSuperset(of: names.map(String.init)), "\(entry.id) \(names)")
        }
    }
}
