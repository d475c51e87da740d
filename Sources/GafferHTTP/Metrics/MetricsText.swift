/// Numbers of one name, as Prometheus has them.
struct MetricFamily: Sendable, Equatable {
    /// What the numbers are.
    enum Kind: String, Sendable {
        case counter, gauge, histogram
    }

    /// A label with its value; values may be any text.
    struct Label: Sendable, Equatable {
        var name: String
        var value: String

        init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// One number.
    struct Sample: Sendable, Equatable {
        /// What follows the family's name, as `_sum`.
        var suffix = ""
        var labels: [Label]
        var value: Double
    }

    var name: String
    var help: String
    var kind: Kind
    var samples: [Sample] = []

    init(_ name: String, _ kind: Kind, _ help: String, _ samples: [Sample] = []) {
        self.name = name
        self.kind = kind
        self.help = help
        self.samples = samples
    }

    /// Adds a number.
    mutating func add(_ value: Double, _ labels: Label...) {
        samples.append(Sample(labels: labels, value: value))
    }

    /// Adds a number of things.
    mutating func add(_ value: some BinaryInteger, _ labels: Label...) {
        samples.append(Sample(labels: labels, value: Double(value)))
    }

    /// Adds the numbers of a histogram: its buckets, the sum and the count.
    ///
    /// - Parameter cumulated: how many values were up to each of the bounds, and last how many there were.
    mutating func add(cumulated: [UInt64], bounds: [Double], sum: Double, _ labels: Label...) {
        for (count, bound) in zip(cumulated, bounds + [.infinity]) {
            let label = Label("le", MetricsText.text(of: bound))
            samples.append(Sample(suffix: "_bucket", labels: labels + [label], value: Double(count)))
        }
        samples.append(Sample(suffix: "_sum", labels: labels, value: sum))
        samples.append(Sample(suffix: "_count", labels: labels, value: Double(cumulated.last ?? 0)))
    }
}

/// Writes the text format of Prometheus, version 0.0.4.
enum MetricsText {
    /// The text of families, those without a number left out.
    static func render(_ families: [MetricFamily]) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(families.reduce(0) { $0 + 200 + $1.samples.count * 100 })
        for family in families where !family.samples.isEmpty {
            text += "# HELP \(family.name) ".utf8
            escape(family.help, quotes: false, into: &text)
            text += "\n# TYPE \(family.name) \(family.kind.rawValue)\n".utf8
            for sample in family.samples { write(sample, of: family.name, into: &text) }
        }
        return text
    }

    private static func write(_ sample: MetricFamily.Sample, of name: String, into text: inout [UInt8]) {
        text += name.utf8
        text += sample.suffix.utf8
        for (index, label) in sample.labels.enumerated() {
            text.append(UInt8(ascii: index == 0 ? "{" : ","))
            text += label.name.utf8
            text += "=\"".utf8
            escape(label.value, quotes: true, into: &text)
            text.append(UInt8(ascii: "\""))
        }
        if !sample.labels.isEmpty { text.append(UInt8(ascii: "}")) }
        text.append(UInt8(ascii: " "))
        text += self.text(of: sample.value).utf8
        text.append(UInt8(ascii: "\n"))
    }

    private static func escape(_ value: String, quotes: Bool, into text: inout [UInt8]) {
        for byte in value.utf8 {
            switch byte {
            case UInt8(ascii: "\\"): text += "\\\\".utf8
            case UInt8(ascii: "\n"): text += "\\n".utf8
            case UInt8(ascii: "\"") where quotes: text += "\\\"".utf8
            default: text.append(byte)
            }
        }
    }

    /// A number without a fraction where it has none.
    static func text(of value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
        return Int64(exactly: value).map(String.init) ?? "\(value)"
    }
}
