import GafferConfig
import GafferModel
import Glibc
import Testing

@Suite("Exported units, as systemd-analyze judges them")
struct UnitVerifyTests {
    private static let program = "/usr/bin/systemd-analyze"

    private static var isInstalled: Bool { access(program, X_OK) == 0 }

    /// What `systemd-analyze verify` says of units in a folder.
    private func verify(_ units: [String], in folder: String) throws -> (status: Int32, output: String) {
        let paths = units.map { ShellWords.quote("\(folder)/\($0)") }.joined(separator: " ")
        // The manual pages need not be there, and units of the machine are looked for after these.
        let command = "SYSTEMD_UNIT_PATH=\(ShellWords.quote(folder)): \(Self.program) verify --man=no \(paths) 2>&1"
        let pipe = try #require(popen(command, "r"))
        var bytes: [UInt8] = []
        while case let byte = fgetc(pipe), byte != EOF { bytes.append(UInt8(truncatingIfNeeded: byte)) }
        return (pclose(pipe), String(decoding: bytes, as: UTF8.self))
    }

    /// Writes the units of an application, and the programs that they name; the names of what can be verified.
    private func write(_ application: ExportedApplication, in folder: borrowing TemporaryFolder) throws -> [String] {
        var application = application
        application.folder = "\(folder.path)/the app's %i"
        for program in ["bin/run", "bin/web", "a", "b"] {
            let path = "the app's %i/\(program)"
            try folder.write(path, "#!/bin/sh\n")
            try #require(chmod("\(folder.path)/\(path)", 0o755) == 0)
        }
        let sources = try ProcfileApplication(
            ApplicationSources(
                procfile: .init(file: "Procfile", application.procfile),
                environment: [.init(file: ".env", application.environment)],
                folder: application.folder
            ),
            options: .init(naming: .named("app"), formation: Formation(counts: application.formation))
        )
        let export = try ApplicationExport(sources, as: .systemd)
        for file in export.files { try folder.write("units/\(file.name)", file.text) }
        let target = try #require(export.files.last)
        let instances = target.text.split(separator: "\n").filter { $0.hasPrefix("Wants=") }.map { $0.dropFirst(6) }
        return [target.name] + instances.map(String.init)
    }

    @Test(
        "All of them are accepted without a word",
        .enabled(if: isInstalled, "systemd-analyze is not installed"),
        arguments: ExportedApplication.all
    )
    func accepted(application: ExportedApplication) throws {
        var application = application
        // A program that is nowhere is what verify looks for.
        application.formation["equal"] = application.name == "nasty" ? 0 : nil
        let folder = try TemporaryFolder()
        let units = try write(application, in: folder)
        #expect(units.count > 2)
        let (status, output) = try verify(units, in: "\(folder.path)/units")
        #expect(status == 0, "\(output)")
        // Whatever it has to say of the machine's own units.
        let lines = output.split(separator: "\n").filter {
            $0.contains("app-") || $0.contains("app.target") || $0.contains(folder.path)
        }
        #expect(lines.isEmpty, "\(output)")
    }

    @Test("A unit that is wrong is refused", .enabled(if: isInstalled, "systemd-analyze is not installed"))
    func refused() throws {
        let folder = try TemporaryFolder()
        try folder.write("units/app-web@.service", "[Service]\nExecStart=relative/program\n")
        let (status, output) = try verify(["app-web@1.service"], in: "\(folder.path)/units")
        #expect(status != 0)
        #expect(output.contains("app-web@"))
    }
}
