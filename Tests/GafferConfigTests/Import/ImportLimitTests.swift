import GafferConfig
import GafferModel
import Testing

@Suite("What is too much to import")
struct ImportLimitTests {
    private static func times(_ count: Int, _ line: (Int) -> String) -> String {
        (0..<count).map(line).joined()
    }

    struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        let format: ConfigImport.Format
        let text: @Sendable () -> String

        var testDescription: String { name }
    }

    static let rows: [Row] = [
        Row(name: "a long file", format: .supervisor) {
            "[program:x]\ncommand=/x " + String(repeating: "a ", count: 300_000)
        },
        Row(name: "a NUL", format: .systemd) { "[Service]\nExecStart=/x \0" },
        Row(name: "private characters", format: .circus) { "[watcher:x]\ncmd = /x \u{100000}" },
        Row(name: "many settings of a program", format: .supervisor) {
            "[program:x]\ncommand=/x\n" + times(5001) { "k\($0)=1\n" }
        },
        Row(name: "many settings of a watcher", format: .circus) {
            "[watcher:x]\ncmd=/x\n" + times(5001) { "k\($0)=1\n" }
        },
        Row(name: "many settings of a unit", format: .systemd) {
            "[Service]\nExecStart=/x\n" + times(5001) { _ in "A=1\n" }
        },
        Row(name: "a program in many groups", format: .supervisor) {
            "[program:x]\ncommand=/x\n" + times(2001) { "[group:g\($0)]\nprograms=x\n" }
        },
        Row(name: "many watchers", format: .circus) { times(2001) { "[watcher:w\($0)]\ncmd=/x\n" } },
        Row(name: "many variables of all programs", format: .supervisor) {
            "[supervisord]\nenvironment=" + times(1000) { "A\($0)=1," } + "A=1\n"
                + times(200) { "[program:p\($0)]\ncommand=/x\n" }
        },
        Row(name: "many variables of all watchers", format: .circus) {
            times(200) { "[watcher:w\($0)]\ncmd=/x\n" } + "[env]\n" + times(1000) { "A\($0)=1\n" }
        },
        Row(name: "text that is no ini", format: .supervisor) { "#!/bin/sh\necho hello\n" },
        Row(name: "a unit without a service", format: .systemd) { "[Unit]\nDescription=x\n" },
        Row(name: "nothing at all", format: .systemd) { "" },
    ]

    @Test("It is refused with the file's name, and not read for minutes", arguments: rows)
    func refused(row: Row) throws {
        let error = #expect(throws: ConfigErrors.self) {
            try ConfigImport.run(.init(file: "/etc/x.service", row.text()), as: row.format)
        }
        #expect(error?.errors.allSatisfy { $0.file == "/etc/x.service" } == true)
        #expect((error?.errors.count ?? 0) <= 100)
    }

    @Test("A file of another kind of unit is refused")
    func socket() {
        #expect(throws: ConfigErrors.self) {
            try ConfigImport.run(.init(file: "x.socket", "[Socket]\nListenStream=1\n"), as: .systemd)
        }
    }

    @Test("A session has to be one")
    func session() {
        #expect(throws: ConfigErrors.self) {
            try ConfigImport.run(
                .init(file: "x.service", "[Service]\nExecStart=/x\n"),
                as: .systemd,
                options: .init(session: "a b")
            )
        }
    }

    @Test("Names that are the same to gaffer get numbers, and that is told")
    func names() throws {
        let text = "[program:a.b]\ncommand=/x\n[program:a b]\ncommand=/y\n[program:a-b]\ncommand=/z\n"
        let result = try ConfigImport.run(
            .init(file: "/etc/s.conf", text),
            as: .supervisor,
            options: .init(session: "shop")
        )
        #expect(result.jobs.map(\.description) == ["shop.a-b", "shop.a-b-2", "shop.a-b-3"])
        #expect(result.findings.count { $0.key == nil && $0.verdict == .changed } == 3)
    }
}
