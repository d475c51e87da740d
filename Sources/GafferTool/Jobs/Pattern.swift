/// A pattern as shells have them: `*` is any text, `?` any character, `[a-z]` one of a set, `[!a-z]` one that is not in it.
///
/// `*` also passes the dot between session and job. Matching takes at most the product of both lengths.
package struct Pattern: Equatable {
    private enum Element: Equatable {
        case byte(UInt8)
        case any
        case anything
        case set([ClosedRange<UInt8>], isInverted: Bool)

        func matches(_ byte: UInt8) -> Bool {
            switch self {
            case .byte(let own): own == byte
            case .any: true
            case .anything: false
            case .set(let ranges, let isInverted): ranges.contains { $0.contains(byte) } != isInverted
            }
        }
    }

    private let elements: [Element]

    /// Whether `text` has a character that makes it a pattern.
    package static func isPattern(_ text: String) -> Bool {
        text.utf8.contains { "*?[".utf8.contains($0) }
    }

    /// Reads a pattern; a `[` without its `]` stands for itself.
    package init(_ text: String) {
        var elements: [Element] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "*"):
                if elements.last != .anything { elements.append(.anything) }
            case UInt8(ascii: "?"):
                elements.append(.any)
            case UInt8(ascii: "["):
                elements.append(Pattern.set(&rest) ?? .byte(byte))
            default:
                elements.append(.byte(byte))
            }
        }
        self.elements = elements
    }

    /// Whether the whole text matches.
    package func matches(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        var element = 0
        var position = 0
        // Where the last `*` stands, and how far it reaches; going back to an earlier one can't help.
        var star: (element: Int, position: Int)?
        while position < bytes.count {
            if element < elements.count, elements[element] == .anything {
                star = (element, position)
                element += 1
            } else if element < elements.count, elements[element].matches(bytes[position]) {
                element += 1
                position += 1
            } else if let last = star {
                star = (last.element, last.position + 1)
                element = last.element + 1
                position = last.position + 1
            } else {
                return false
            }
        }
        return elements[element...].allSatisfy { $0 == .anything }
    }

    /// Reads a set after its `[`; nil, and nothing read, where it has no end.
    private static func set(_ rest: inout ArraySlice<UInt8>) -> Element? {
        var inside = rest
        var isInverted = false
        if inside.first == UInt8(ascii: "!") || inside.first == UInt8(ascii: "^") {
            isInverted = true
            inside.removeFirst()
        }
        var ranges: [ClosedRange<UInt8>] = []
        while let low = inside.popFirst() {
            // A `]` right at the beginning belongs to the set.
            if low == UInt8(ascii: "]"), !ranges.isEmpty {
                rest = inside
                return .set(ranges, isInverted: isInverted)
            }
            let afterDash = inside.dropFirst().first
            if inside.first == UInt8(ascii: "-"), let high = afterDash, high != UInt8(ascii: "]") {
                inside = inside.dropFirst(2)
                ranges.append(min(low, high)...max(low, high))
            } else {
                ranges.append(low...low)
            }
        }
        return nil
    }
}
