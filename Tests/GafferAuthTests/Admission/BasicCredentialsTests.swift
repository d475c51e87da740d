import Testing

@testable import GafferAuth

@Suite("Basic credentials")
struct BasicCredentialsTests {
    @Test(
        "Name and password are told apart by the first colon",
        arguments: [
            ("Basic YTpi", "a", [0x62]), ("basic YTpi", "a", [0x62]), ("Basic  YTpi", "a", [0x62]),
            ("Basic YTpiOmM6", "a", Array("b:c:".utf8)), ("Basic OmI=", "", [0x62]), ("Basic OmI", "", [0x62]),
            ("Basic YTr/+w==", "a", [0xFF, 0xFB]),
        ] as [(String, String, [UInt8])]
    )
    func read(header: String, name: String, password: [UInt8]) throws {
        let credentials = try #require(BasicCredentials(authorization: header))
        #expect(credentials.name == name)
        #expect(credentials.password.bytes == password)
        #expect(!"\(credentials)".contains("\(password)"))
    }

    @Test(
        "What can't be read is none",
        arguments: [
            "", "Basic", "Basic ", "Bearer YTpi", "Basic YWI=", "Basic YTo=", "Basic !!!!", "Basic YTpiY",
            "Basic YTpi=", "Basic YTpi====", "Basic YTpj\0", "Basic /zpi", "Basic YToA", "Basic OmJ=", "Basic YT pi",
            "Basic Y", "YTpi",
        ]
    )
    func wrong(header: String) {
        #expect(BasicCredentials(authorization: header) == nil)
    }
}
