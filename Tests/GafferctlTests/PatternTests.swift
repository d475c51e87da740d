import Testing

@testable import GafferTool
@testable import gafferctl

@Suite("A pattern")
struct PatternTests {
    @Test(
        "matches whole texts",
        arguments: [
            ("*", "", true), ("*", "shop.web", true), ("shop.*", "shop.web", true), ("shop.*", "shopping.web", false),
            ("*.web", "shop.web", true), ("*.web", "shop.web2", false), ("web-?", "web-1", true),
            ("web-?", "web-12", false), ("web-?", "web-", false), ("web-[0-9]", "web-5", true),
            ("web-[0-9]", "web-x", false), ("web-[!0-9]", "web-x", true), ("web-[^0-9]", "web-5", false),
            ("web-[ab]", "web-b", true), ("[]]", "]", true), ("[a-]", "-", true), ("[z-a]", "m", true),
            ("web-[", "web-[", true), ("web-[0", "web-[0", true), ("", "", true), ("", "a", false),
            ("a*b*c", "aXbYbZc", true), ("a*b*c", "aXbYbZ", false), ("**a**", "bab", true), ("*a", "aab", false),
            ("?*?", "ab", true), ("?*?", "a", false),
        ]
    )
    func matches(pattern: String, text: String, expected: Bool) {
        #expect(Pattern(pattern).matches(text) == expected)
    }

    @Test("does not take for ever on a hostile text")
    func hostile() {
        let pattern = Pattern(String(repeating: "*a", count: 200) + "b")
        #expect(!pattern.matches(String(repeating: "a", count: 20_000)))
    }

    @Test(
        "is told by its characters",
        arguments: [("web", false), ("a.b", false), ("*", true), ("a?", true), ("[a]", true)]
    )
    func isPattern(text: String, expected: Bool) {
        #expect(Pattern.isPattern(text) == expected)
    }
}
