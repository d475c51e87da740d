import GafferModel
import Testing

@testable import GafferConfig

/// The tables of `Moving.md`: each row is imported, and has to become what it says.
@Suite("The page about moving")
struct MovingTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let format: ConfigImport.Format
        /// As it is written in the other program's configuration.
        let setting: String
        /// Lines that the ini has.
        let lines: [String]
        let verdict: ImportFinding.Verdict

        var testDescription: String { "\(format.rawValue): \(setting)" }

        var key: String { setting.prefix { $0 != "=" }.trimmed }
    }

    static let rows: [Row] = {
        let text = (try? Golden.text("../../Sources/gafferd/Documentation.docc/Moving.md")) ?? ""
        let kinds: [String: ConfigImport.Format] = [
            "`[program:x]`": .supervisor, "`[watcher:x]`": .circus, "unit": .systemd,
        ]
        var format: ConfigImport.Format?
        var rows: [Row] = []
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            guard line.hasPrefix("| ") else {
                if !line.hasPrefix("|") { format = nil }
                continue
            }
            let cells = line.split(separator: "|", omittingEmptySubsequences: false).dropFirst().map(\.trimmed)
            if let kind = kinds[cells[0]] {
                format = kind
            } else if let format, cells.count >= 3 {
                let spans = cells[1].split(separator: "`", omittingEmptySubsequences: false)
                let lines = spans.indices.filter { $0 % 2 == 1 && spans[$0].contains(" = ") }.map { String(spans[$0]) }
                let verdict: ImportFinding.Verdict = cells[1] == "–" ? .leftOut : cells[2].isEmpty ? .carried : .changed
                let setting = cells[0].filter { $0 != "`" }
                rows.append(Row(format: format, setting: setting, lines: lines, verdict: verdict))
            }
        }
        return rows
    }()

    private func source(_ row: Row) -> ConfigImport.Source {
        switch row.format {
        case .supervisor:
            let command = row.key == "command" ? "" : "command=/srv/x\n"
            return ConfigImport.Source(file: "/etc/supervisord.conf", "[program:x]\n\(command)\(row.setting)\n")
        case .circus:
            let command = row.key == "cmd" ? "" : "cmd = /srv/x\n"
            return ConfigImport.Source(file: "/etc/circus.ini", "[watcher:x]\n\(command)\(row.setting)\n")
        case .systemd:
            let command = row.key == "ExecStart" ? "" : "ExecStart=/srv/x\n"
            return ConfigImport.Source(file: "/etc/x.service", "[Service]\n\(command)\(row.setting)\n")
        }
    }

    @Test("Each row of its tables becomes what it says", arguments: rows)
    func row(row: Row) throws {
        let result = try ConfigImport.run(source(row), as: row.format)
        let findings = result.findings.filter { $0.key == row.key }
        #expect(findings.count == 1)
        #expect(findings.first?.verdict == row.verdict, "\(findings)")
        let written = result.ini.split(separator: "\n").map(String.init)
        for line in row.lines { #expect(written.contains(line), "\(result.ini)") }
    }

    @Test("It has every key that the import knows")
    func complete() {
        func keys(_ format: ConfigImport.Format) -> Set<String> {
            Set(Self.rows.filter { $0.format == format }.map(\.key))
        }
        #expect(Set(SupervisorProgram.keys).subtracting(keys(.supervisor)).isEmpty)
        #expect(Set(CircusWatcher.keys).subtracting(keys(.circus)).isEmpty)
        // These mean something together only; the text below the table has them.
        let together: Set<String> = [
            "RestartSec", "RestartSteps", "RestartMaxDelaySec", "StartLimitIntervalSec", "StartLimitInterval",
            "StartLimitBurst", "RestartPreventExitStatus",
        ]
        #expect(Set(SystemdService.keys).subtracting(keys(.systemd)) == together)
    }

    @Test("What its text says of pauses is so")
    func pauses() throws {
        let unit = """
            [Unit]
            StartLimitIntervalSec=60
            StartLimitBurst=4
            [Service]
            ExecStart=/srv/x
            Restart=always
            RestartSec=5
            """
        let ini = try ConfigImport.run(.init(file: "x.service", unit), as: .systemd).ini
        #expect(ini.contains("backoff = 5, 1, 5\n"))
        #expect(ini.contains("flapping = 4, 60, 7, 0\n"))
        let program = "[program:x]\ncommand=/srv/x\nnumprocs=3\nenvironment=PORT=\"80%(process_num)02d\"\n"
        let ports = try ConfigImport.run(.init(file: "/etc/s.conf", program), as: .supervisor).ini
        #expect(ports.contains("port = 8000\n"))
    }
}
