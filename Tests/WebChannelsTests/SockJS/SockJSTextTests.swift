import GafferModel
import Testing
import WebChannels

@Suite("Strings as SockJS sends them")
struct SockJSTextTests {
    private func quoted(_ text: String, escapesMarkup: Bool = false) -> String {
        var bytes: [UInt8] = []
        SockJSText.appendQuoted(Array(text.utf8), escapesMarkup: escapesMarkup, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test(
        "Usual text stays as it is, and what JSON wants escaped is",
        arguments: [
            ("", #""""#), ("abc é 漢 😀", #""abc é 漢 😀""#), (#"say "x\y""#, #""say \"x\\y\"""#),
            ("\u{0}\u{8}\t\n\u{C}\r\u{1F}", #""\u0000\b\t\n\f\r\u001f""#), ("a<b>&'/", #""a<b>&'/""#),
        ]
    )
    func quoting(text: String, json: String) {
        #expect(quoted(text) == json)
    }

    @Test("Markup is escaped where a string becomes part of a page")
    func markup() {
        #expect(quoted("</script>", escapesMarkup: true) == #""\u003c/script\u003e""#)
    }

    @Test("Exactly the characters are escaped that the protocol lists")
    func dangerous() {
        let listed: [ClosedRange<UInt32>] = [
            0...0x1F, 0x200C...0x200F, 0x2028...0x202F, 0x2060...0x206F, 0xFFF0...0xFFFF,
        ]
        for value in UInt32(0)...0x1_0000 {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let json = quoted("x\(Character(scalar))y")
            let isEscaped = json.contains("\\")
            let shouldBe = listed.contains { $0.contains(value) } || value == 0x22 || value == 0x5C
            if isEscaped != shouldBe { Issue.record("U+\(String(value, radix: 16)): \(json)") }
        }
    }

    @Test("Whatever is quoted is read back as it was, by JSON's reader and by ours")
    func roundTrip() throws {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<500 {
            var text = ""
            for _ in 0..<Int.random(in: 0...40, using: &random) {
                let limit: UInt32 = [0x80, 0x3000, 0x1_0000, 0x11_0000].randomElement(using: &random) ?? 0x80
                let value = UInt32.random(in: 0..<limit, using: &random)
                if let scalar = Unicode.Scalar(value) { text.unicodeScalars.append(scalar) }
            }
            let json = quoted(text, escapesMarkup: Bool.random(using: &random))
            let read = try JSON(parsing: json).stringValue.map { Array($0.utf8) }
            #expect(read == Array(text.utf8))
            let messages = try SockJSPayload.messages(in: Array(json.utf8)).map { Array($0.utf8) }
            #expect(messages == [Array(text.utf8)])
        }
    }

    @Test("Bytes that are no UTF-8 are never read beyond their end", arguments: [[0xE2], [0xE2, 0x80], [0xEF, 0xBF]])
    func truncated(bytes: [UInt8]) {
        var json: [UInt8] = []
        SockJSText.appendQuoted(bytes, to: &json)
        #expect(json == [0x22] + bytes + [0x22])
    }
}
