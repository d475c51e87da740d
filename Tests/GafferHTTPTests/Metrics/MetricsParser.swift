/// Reads the text format of Prometheus as strictly as its own reader, and more: a family is told once and whole, no
/// series comes twice, counters end in `_total` and are not negative, histograms are consistent.
struct MetricsParser {
    struct Problem: Error, CustomStringConvertible {
        var description: String
    }

    struct Sample {
        var name: String
        var labels: [String: String]
        var value: Double
    }

    struct Family {
        var name: String
        var help: String
        var type: String
        var samples: [Sample] = []
    }

    private(set) var families: [Family] = []
    private var series: Set<String> = []

    init(_ text: [UInt8]) throws {
        guard let text = String(validating: text, as: UTF8.self) else { throw Problem(description: "no UTF-8") }
        guard text.hasSuffix("\n") else { throw Problem(description: "the last line has no end") }
        for line in text.dropLast().split(separator: "\n", omittingEmptySubsequences: false) {
            do {
                try read(String(line))
            } catch let problem as Problem {
                throw Problem(description: "\(problem): \(line)")
            }
        }
        for family in families { try MetricsParser.check(family) }
        guard Set(families.map(\.name)).count == families.count else {
            throw Problem(description: "a family comes twice")
        }
    }

    /// The value of a series; nil where there is none.
    func value(_ name: String, _ labels: [String: String] = [:]) -> Double? {
        families.flatMap(\.samples).first { $0.name == name && $0.labels == labels }?.value
    }

    /// The series of a name.
    func samples(_ name: String) -> [Sample] {
        families.flatMap(\.samples).filter { $0.name == name }
    }

    private mutating func read(_ line: String) throws {
        let words = line.split(separator: " ", maxSplits: 3).map(String.init)
        if line.hasPrefix("# HELP ") {
            guard words.count == 4 else { throw Problem(description: "no help") }
            families.append(Family(name: words[2], help: words[3], type: ""))
        } else if line.hasPrefix("# TYPE ") {
            guard words.count == 4, ["counter", "gauge", "histogram"].contains(words[3]),
                let last = families.indices.last, families[last].name == words[2], families[last].type.isEmpty
            else { throw Problem(description: "a type without its help") }
            families[last].type = words[3]
        } else {
            try readSample(line)
        }
    }

    private mutating func readSample(_ line: String) throws {
        guard let last = families.indices.last, !families[last].type.isEmpty else {
            throw Problem(description: "a sample without a family")
        }
        let name = String(line.prefix { $0 != "{" && $0 != " " })
        guard name.wholeMatch(of: /[a-zA-Z_:][a-zA-Z0-9_:]*/) != nil else { throw Problem(description: "a bad name") }
        var rest = line.dropFirst(name.count)
        var labels: [String: String] = [:]
        if rest.first == "{" {
            rest = rest.dropFirst()
            repeat {
                let label = String(rest.prefix { $0 != "=" })
                guard label.wholeMatch(of: /[a-zA-Z_][a-zA-Z0-9_]*/) != nil else {
                    throw Problem(description: "a bad label")
                }
                rest = rest.dropFirst(label.count)
                guard rest.hasPrefix("=\"") else { throw Problem(description: "no quote") }
                rest = rest.dropFirst(2)
                guard labels.updateValue(try MetricsParser.text(&rest), forKey: label) == nil else {
                    throw Problem(description: "a label twice")
                }
                guard let mark = rest.popFirst(), mark == "," || mark == "}" else {
                    throw Problem(description: "no end")
                }
                if mark == "}" { break }
            } while true
        }
        guard rest.first == " ", let value = MetricsParser.number(rest.dropFirst()) else {
            throw Problem(description: "a bad value")
        }
        let family = families[last]
        let suffixes = family.type == "histogram" ? ["_bucket", "_sum", "_count"] : [""]
        guard suffixes.contains(where: { name == family.name + $0 }) else {
            throw Problem(description: "another family")
        }
        let key = name + labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)\0" }.joined()
        guard series.insert(key).inserted else { throw Problem(description: "a series twice") }
        families[last].samples.append(Sample(name: name, labels: labels, value: value))
    }

    private static func text(_ rest: inout Substring) throws -> String {
        var text = ""
        while let character = rest.popFirst() {
            switch character {
            case "\"": return text
            case "\\":
                switch rest.popFirst() {
                case "n": text.append("\n")
                case "\\": text.append("\\")
                case "\"": text.append("\"")
                default: throw Problem(description: "a bad escape")
                }
            default: text.append(character)
            }
        }
        throw Problem(description: "a text without end")
    }

    private static func number(_ text: Substring) -> Double? {
        switch text {
        case "+Inf": .infinity
        case "-Inf": -.infinity
        case "NaN": .nan
        default: text.wholeMatch(of: /-?[0-9]+(\.[0-9]+)?(e-?[0-9]+)?/) == nil ? nil : Double(text)
        }
    }

    private static func check(_ family: Family) throws {
        func fail(_ text: String) -> Problem { Problem(description: "\(family.name): \(text)") }
        guard !family.samples.isEmpty else { throw fail("no sample") }
        switch family.type {
        case "counter":
            guard family.name.hasSuffix("_total"), family.samples.allSatisfy({ $0.value >= 0 }) else {
                throw fail("no counter")
            }
        case "gauge":
            guard !family.name.hasSuffix("_total") else { throw fail("no gauge") }
        default:
            let kinds = Dictionary(grouping: family.samples) { sample in
                sample.labels.filter { $0.key != "le" }.sorted { $0.key < $1.key }.map { "\($0)" }.joined()
            }
            for samples in kinds.values {
                let buckets = samples.filter { $0.name.hasSuffix("_bucket") }
                let bounds = buckets.compactMap { MetricsParser.number(($0.labels["le"] ?? "")[...]) }
                let counts = buckets.map(\.value)
                guard bounds.count == buckets.count, bounds == bounds.sorted(), bounds.last == .infinity,
                    counts == counts.sorted(),
                    counts.last == samples.first(where: { $0.name.hasSuffix("_count") })?.value,
                    samples.contains(where: { $0.name.hasSuffix("_sum") && $0.value >= 0 })
                else { throw fail("no histogram") }
            }
        }
    }
}
