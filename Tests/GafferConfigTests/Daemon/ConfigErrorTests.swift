import GafferConfig
import Testing

@Suite("How an error is told")
struct ConfigErrorTests {
    @Test(
        "File, line, section, key and value stand before the message",
        arguments: [
            (ConfigError(file: "/a.ini", message: "No."), "/a.ini: No."),
            (ConfigError(file: "/a.ini", line: 3, message: "No."), "/a.ini:3: No."),
            (ConfigError(file: "/a.ini", line: 3, section: "s", message: "No."), "/a.ini:3: [s] No."),
            (
                ConfigError(file: "/a.ini", line: 3, section: "process:web", key: "nice", value: "x", message: "No."),
                "/a.ini:3: [process:web] nice = x: No."
            ),
            (
                ConfigError(file: "/a.ini", line: 3, section: "s", key: "nice", message: "No."),
                "/a.ini:3: [s] nice: No."
            ),
        ]
    )
    func description(error: ConfigError, text: String) {
        #expect(error.description == text)
    }

    @Test("Nothing in it can control a terminal or fill it")
    func harmless() {
        let error = ConfigError(
            file: "/a.ini",
            section: "\u{1B}[31m",
            key: "\u{7}",
            value: "a\nb\u{9B}" + String(repeating: "x", count: 10_000),
            message: "No."
        )
        #expect(!error.description.unicodeScalars.contains { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) })
        #expect(error.description.count < 1000)
    }

    @Test("Errors are a line each, in the order of files and lines")
    func several() throws {
        let errors = Reading.errors("[gaffer]\nb = 1\na = 1\n[x]\n")
        #expect(errors.map(\.line) == [2, 3, 4])
        #expect(ConfigErrors(errors).description.split(separator: "\n").count == 3)
    }

    @Test("Errors without end are not told without end")
    func bounded() {
        let text = "[gaffer]\n" + (0..<20_000).map { "key\($0) = 1" }.joined(separator: "\n")
        #expect(Reading.errors(text).count <= 2000)
    }
}
