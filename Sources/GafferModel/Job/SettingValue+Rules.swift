extension Account {
    init(_ value: SettingValue) throws(SettingError) {
        switch value {
        case .json(.integer(let number)):
            // -1 would mean "leave it as it is" to the kernel.
            guard let id = UInt32(exactly: number), id != .max else { break }
            self = .id(id)
            return
        case .text(let text), .json(.string(let text)):
            if let id = UInt32(text), id != .max {
                self = .id(id)
                return
            }
            guard !text.isEmpty, text.first?.isNumber != true, text.first != "-",
                !text.contains(where: { $0.isWhitespace || $0 == ":" || $0 == "\0" })
            else { break }
            self = .name(text)
            return
        case .json:
            break
        }
        throw SettingError("a name or a number is expected")
    }
}

extension SuccessExit {
    init(_ value: SettingValue) throws(SettingError) {
        self.init(codes: [], signals: [])
        let elements: [SettingValue] =
            if case .json(.integer) = value { [value] } else { try value.list() }
        for element in elements {
            // A text of digits is a code too; as a signal it would be another thing.
            let text = try? element.string()
            if let code = text.map({ Int($0) }) ?? element.code {
                guard (0...255).contains(code) else {
                    throw SettingError("\(element.shown) is no exit code, 0 to 255")
                }
                codes.insert(Int32(code))
            } else if let text, let signal = try? Signal(parsing: text) {
                signals.insert(signal)
            } else {
                throw SettingError("\(element.shown) is neither an exit code, 0 to 255, nor a signal, as SIGTERM")
            }
        }
    }

    /// Codes, then signals, in order.
    var json: JSON {
        .array(
            codes.sorted().map { .integer(Int64($0)) }
                + signals.sorted { $0.rawValue < $1.rawValue }.map { .string($0.name) }
        )
    }
}

extension SettingValue {
    fileprivate var code: Int? {
        if case .json(let json) = self { json.intValue } else { nil }
    }
}

extension FlappingRule {
    init(_ value: SettingValue) throws(SettingError) {
        let defaults = FlappingRule()
        var parts: [SettingValue?]
        if case .json(.object(let members)) = value {
            let names = ["attempts", "window", "retry_in", "max_retry"]
            if let unknown = members.first(where: { !names.contains($0.name) }) {
                throw SettingError("there is no \(unknown.name.cited) in it")
            }
            parts = names.map { name in members.first { $0.name == name }.map { .json($0.value) } }
        } else {
            let elements = try value.list()
            guard elements.count == 4 else {
                throw SettingError("four numbers are expected: attempts, window, retry_in, max_retry")
            }
            parts = elements
        }
        try self.init(
            attempts: parts[0].map { part throws(SettingError) in try Self.count(part, from: 1) } ?? defaults.attempts,
            window: parts[1].map { part throws(SettingError) in try part.duration() } ?? defaults.window,
            retryIn: parts[2].map { part throws(SettingError) in try part.duration() } ?? defaults.retryIn,
            maxRetry: parts[3].map { part throws(SettingError) in try Self.count(part, from: 0) } ?? defaults.maxRetry
        )
    }

    /// A whole number, which the original also took as `2.`.
    private static func count(_ value: SettingValue, from least: Int) throws(SettingError) -> Int {
        guard let number = Int(exactly: try value.number()), (least...10_000).contains(number) else {
            throw SettingError("\(value.shown) is no whole number from \(least) to 10000")
        }
        return number
    }

    var json: JSON {
        [
            "attempts": .integer(Int64(attempts)),
            "window": window.json,
            "retry_in": retryIn.json,
            "max_retry": .integer(Int64(maxRetry)),
        ]
    }
}

extension BackoffRule {
    init(_ value: SettingValue) throws(SettingError) {
        let standard = BackoffRule.standard
        var parts: [SettingValue?]
        switch value {
        case .json(.object(let members)):
            let names = ["initial", "factor", "max"]
            if let unknown = members.first(where: { !names.contains($0.name) }) {
                throw SettingError("there is no \(unknown.name.cited) in it")
            }
            parts = names.map { name in members.first { $0.name == name }.map { .json($0.value) } }
        case .json(.integer), .json(.double):
            parts = [value, nil, nil]
        case .text, .json:
            let elements = try value.list()
            guard (1...3).contains(elements.count) else {
                throw SettingError("one to three numbers are expected: initial, factor, max")
            }
            parts = elements + Array(repeating: nil, count: 3 - elements.count)
        }
        let initial = try parts[0].map { part throws(SettingError) in try part.duration() } ?? standard.initial
        let factor = try parts[1].map { part throws(SettingError) in try part.number() } ?? standard.factor
        guard (1...1000).contains(factor) else { throw SettingError("the factor has to be 1 to 1000") }
        let longest = try parts[2].map { part throws(SettingError) in try part.duration() }
        guard initial > .zero else {
            self = .none
            return
        }
        if let longest, longest < initial { throw SettingError("the longest wait is shorter than the first") }
        self.init(initial: initial, factor: factor, max: longest ?? Swift.max(standard.max, initial))
    }

    var json: JSON {
        guard initial > .zero else { return 0 }
        return ["initial": initial.json, "factor": .double(factor), "max": max.json]
    }
}

extension ResourceLimit {
    init(_ value: SettingValue) throws(SettingError) {
        let text: String
        switch value {
        case .text(let written), .json(.string(let written)): text = written
        case .json(let json):
            guard let number = json.intValue, number >= 0 else {
                throw SettingError("a limit is expected: SOFT, SOFT:HARD or unlimited")
            }
            text = String(number)
        }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(\.trimmed)
        guard (1...2).contains(parts.count) else {
            throw SettingError("a limit is expected: SOFT, SOFT:HARD or unlimited")
        }
        let limits = try parts.map { part throws(SettingError) -> UInt64? in
            if part.lowercased() == "unlimited" || part.lowercased() == "infinity" { return nil }
            guard let number = ByteSize.parse(part) else {
                throw SettingError("\(part.printable) is no limit: a number, 64K, 10M, or unlimited is expected")
            }
            return number
        }
        self.init(soft: limits[0], hard: limits[limits.count - 1])
        guard (soft ?? .max) <= (hard ?? .max) else { throw SettingError("the soft limit is above the hard one") }
    }

    var json: JSON {
        func text(_ limit: UInt64?) -> String { limit.map(String.init) ?? "unlimited" }
        return .string(soft == hard ? text(soft) : "\(text(soft)):\(text(hard))")
    }
}
