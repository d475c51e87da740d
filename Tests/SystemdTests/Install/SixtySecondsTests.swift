import ProgramTestKit
import Testing

@Suite("The first minute in the README", .twoSlots, .timeLimit(.minutes(3)), .needsBox)
struct SixtySecondsTests {
    /// The gafferctl commands in the indented block of the section, without their remarks.
    static func commands(in page: String) -> [String] {
        var isInside = false
        return page.split(separator: "\n").compactMap { line in
            if line.hasPrefix("## ") { isInside = line == "## Sixty seconds" }
            guard isInside, line.hasPrefix("    gafferctl ") else { return nil }
            return String(line.dropFirst(4).prefix { $0 != "#" })
        }
    }

    @Test("Each of its commands works on the example that make run starts")
    func commands() async throws {
        let commands = Self.commands(in: try Project.text("README.md"))
        #expect(commands.count >= 6)
        try await Machine.with { machine in
            // As make run starts it, but for the folders, which can't be written here.
            let gafferd = "$(command -v gafferd) -c Config/example.ini --runtime-dir /run/x --state-dir /var/lib/x"
            try await machine(
                "systemd-run --quiet --unit=example -p Type=notify -p WorkingDirectory=\(Project.folder) \(gafferd)"
            )
            for command in commands {
                let run = try await machine.run("GAFFER_ENDPOINT=unix:/run/x/gafferd.sock \(command)")
                #expect(run.code == 0, "\(command): \(run.all)")
            }
            try await machine("systemctl stop example")
        }
    }
}
