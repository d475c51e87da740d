import GafferConfig
import GafferModel
import Testing

/// Configurations as they are found, written for these tests.
struct ImportCase: Sendable, CustomTestStringConvertible {
    let format: ConfigImport.Format
    let name: String

    var testDescription: String { "\(format.rawValue)/\(name)" }

    static let all: [ImportCase] = ConfigImport.Format.allCases.flatMap { format in
        let suffix =
            switch format {
            case .supervisor: ".conf"
            case .circus: ".ini"
            case .systemd: ".service"
            }
        return Golden.names(in: "Import/Corpus/\(format.rawValue)", endingIn: suffix).map {
            ImportCase(format: format, name: $0)
        }
    }

    static let environment = [
        "HOME": "/root", "LANG": "C.UTF-8", "PATH": "/usr/bin:/bin", "AIRFLOW_HOME": "/opt/airflow", "WORKERS": "3",
        "RUN_AS": "deploy", "APP_PORT": "8080",
    ]

    static let options = ConfigImport.Options(
        environment: environment,
        hostName: "box.example.org",
        include: { pattern, folder in
            switch pattern {
            case "/etc/supervisor/conf.d/*.conf":
                ["a.conf", "b.conf"].compactMap {
                    included("supervisor/include.conf.d/\($0)", as: "/etc/supervisor/conf.d/\($0)")
                }
            case "conf.d/more.ini":
                [included("circus/stdin.ini.d/more.ini", as: "\(folder)/conf.d/more.ini")].compactMap { $0 }
            default: []
            }
        }
    )

    private static func included(_ path: String, as file: String) -> ConfigImport.Source? {
        SystemFile.read("\(Golden.root)/Import/Corpus/\(path)").map { ConfigImport.Source(file: file, content: $0) }
    }

    /// Where such a file would stand.
    var file: String {
        switch format {
        case .supervisor: "/etc/supervisor/\(name)"
        case .circus: "/etc/circus/\(name)"
        case .systemd: "/etc/systemd/system/\(name)"
        }
    }

    var source: ConfigImport.Source {
        get throws {
            try ConfigImport.Source(file: file, content: Golden.bytes("Import/Corpus/\(format.rawValue)/\(name)"))
        }
    }

    var dropIns: [ConfigImport.Source] {
        get throws {
            try Golden.names(in: "Import/Corpus/systemd/\(name).d", endingIn: ".conf").map { dropIn in
                try ConfigImport.Source(
                    file: "\(file).d/\(dropIn)",
                    content: Golden.bytes("Import/Corpus/systemd/\(name).d/\(dropIn)")
                )
            }
        }
    }

    func run() throws -> ImportedConfiguration {
        try ConfigImport.run(source, as: format, dropIns: dropIns, options: Self.options)
    }
}

/// Reads what was imported as gafferd would.
enum ImportedIni {
    static func jobs(_ ini: String, inherited: [String: String] = ImportCase.environment) throws -> [String: JobConfig]
    {
        let config = try ConfigReader.load(
            ConfigLocation.resolve(named: "/etc/gaffer/gafferd.ini", environment: [:], isRoot: true),
            files: MemoryFiles(["/etc/gaffer/gafferd.ini": Array(ini.utf8)]),
            accounts: ConfigReader.Accounts(userExists: { _ in true }, groupExists: { _ in true }),
            inherited: inherited
        )
        #expect(config.warnings.isEmpty)
        return Dictionary(config.jobs.map { ($0.name.description, $0.config) }, uniquingKeysWith: { first, _ in first })
    }
}
