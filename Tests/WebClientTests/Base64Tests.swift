import Testing
import WebClient

@Suite("Base64")
struct Base64Tests {
    @Test(
        "is read and written as RFC 4648 has it",
        arguments: [
            ("", []), ("Zg==", [0x66]), ("Zm8=", [0x66, 0x6F]), ("Zm9v", [0x66, 0x6F, 0x6F]),
            ("Zm9vYmFy", Array("foobar".utf8)), ("AP/+gA==", [0, 0xFF, 0xFE, 0x80]),
        ] as [(String, [UInt8])]
    )
    func decodes(text: String, bytes: [UInt8]) {
        #expect(Base64.decode(text) == bytes)
        #expect(Base64.encode(bytes) == text)
    }

    @Test(
        "that is not whole is refused",
        arguments: ["Z", "Zg", "Zg=", "Zg===", "=Zg=", "Z===", "====", "Zm9v\n", "Zm-v"]
    )
    func refuses(text: String) {
        #expect(Base64.decode(text) == nil)
    }
}
