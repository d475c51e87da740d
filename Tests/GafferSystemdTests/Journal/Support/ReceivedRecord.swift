/// A record as journald would read it, by a reader of its own.
struct ReceivedRecord {
    /// The values of each field, in their order.
    private(set) var fields: [String: [[UInt8]]] = [:]
    /// It came as a file in memory.
    var isSealed = false

    struct Malformed: Error {
        let at: Int
        let bytes: [UInt8]
    }

    init(_ bytes: [UInt8]) throws {
        var index = 0
        while index < bytes.count {
            guard let end = bytes[index...].firstIndex(of: 10) else { throw Malformed(at: index, bytes: bytes) }
            if let equals = bytes[index..<end].firstIndex(of: UInt8(ascii: "=")) {
                add(bytes[index..<equals], bytes[(equals + 1)..<end])
                index = end + 1
                continue
            }
            guard end + 8 < bytes.count else { throw Malformed(at: index, bytes: bytes) }
            let length = bytes[(end + 1)...(end + 8)].reversed().reduce(0) { $0 << 8 | Int($1) }
            let value = end + 9
            guard length >= 0, value + length < bytes.count, bytes[value + length] == 10 else {
                throw Malformed(at: end, bytes: bytes)
            }
            add(bytes[index..<end], bytes[value..<(value + length)])
            index = value + length + 1
        }
    }

    private mutating func add(_ name: ArraySlice<UInt8>, _ value: ArraySlice<UInt8>) {
        fields[String(decoding: name, as: UTF8.self), default: []].append(Array(value))
    }

    /// The first value of a field, as text.
    subscript(_ name: String) -> String? {
        fields[name]?.first.map { String(decoding: $0, as: UTF8.self) }
    }

    var message: String { self["MESSAGE"] ?? "" }
    /// How many lines it says were dropped; 0 where it is another record.
    var dropped: Int { self["N_DROPPED"].flatMap { Int($0) } ?? 0 }
    /// All names and values but those of `MESSAGE_ID`, `SYSLOG_FACILITY`.
    var texts: [String: String] {
        fields.mapValues { $0.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "|") }
    }
}
