internal import GafferModel

/// Makes a job of a `.service` unit with its drop-ins.
enum SystemdImport {
    /// Keys that may stand several times and together are one list.
    private static let lists: Set<String> = [
        "ExecStart", "ExecStartPre", "ExecStartPost", "ExecReload", "ExecStop", "ExecStopPost", "ExecCondition",
        "Environment", "EnvironmentFile", "PassEnvironment", "UnsetEnvironment", "SuccessExitStatus",
        "RestartPreventExitStatus", "RestartForceExitStatus", "After", "Before", "Requires", "Wants", "WantedBy",
        "RequiredBy", "Documentation", "SupplementaryGroups",
    ]

    static func run(
        _ source: ConfigImport.Source,
        _ dropIns: [ConfigImport.Source],
        _ options: ConfigImport.Options
    ) throws(ConfigErrors) -> ImportedConfiguration {
        func refuse(_ message: String) -> ConfigErrors {
            ConfigErrors([ConfigError(file: source.file, message: message)])
        }
        let unit = source.file.split(separator: "/").last.map(String.init) ?? source.file
        guard unit.hasSuffix(".service"), unit.utf8.count > 8 else {
            throw refuse("It is no .service unit; gaffer has jobs only.")
        }
        let files = ([source] + dropIns).map(UnitFile.init)
        guard let line = files.lazy.compactMap(\.serviceLine).first else {
            throw refuse("It has no section [Service].")
        }
        let settings = files.flatMap(\.settings)
        try ConfigImport.check(settings: settings.count + files.reduce(0) { $0 + $1.strays.count }, of: source.file)
        let (kept, idle) = effective(settings)
        let section = ForeignSection(name: "Service", file: source.file, line: line, settings: kept)
        let specifiers = UnitSpecifiers(unit: unit, hostName: options.hostName)
        var service = SystemdService(section, specifiers, options)
        for (setting, verdict, text) in idle { service.job.add(setting, verdict, text) }
        service.read()
        var names = ImportedNames()
        // An instance is a job of its own; the template's instances are processes of one.
        let instance = specifiers.isTemplate ? nil : specifiers.instance
        let wanted = instance.map { "\(specifiers.prefix)-\($0)" } ?? specifiers.prefix
        service.job.name = names.name(session: options.session, job: wanted)
        if let name = service.job.name, name.job != wanted {
            service.job.note(.changed, "It is called \(name): a name has letters, digits, _ and - only.")
        }
        service.job.finish(unknown: SystemdAdvice.unknown)
        let strays = files.flatMap(\.strays).map { stray in
            ImportFinding(
                file: stray.file,
                line: stray.line,
                section: stray.section ?? "",
                key: stray.key,
                value: nil,
                verdict: .leftOut,
                text: "systemd passes it over: it is no KEY=VALUE in a section."
            )
        }
        return ConfigImport.result([service.job], strays, files: [source.file] + dropIns.map(\.file))
    }

    private typealias Idle = (setting: ForeignSection.Setting, verdict: ImportFinding.Verdict, text: String)

    /// The settings that are in force, and those that are not.
    private static func effective(
        _ settings: [ForeignSection.Setting]
    ) -> (kept: [ForeignSection.Setting], idle: [Idle]) {
        var idle: [Idle] = []
        var kept: [ForeignSection.Setting] = []
        for (index, setting) in settings.enumerated() {
            let later = settings[(index + 1)...].filter { $0.key == setting.key && $0.section == setting.section }
            if setting.key.hasPrefix("X-") || setting.section?.hasPrefix("X-") == true {
                idle.append((setting, .leftOut, "systemd passes it over: it is for other programs."))
            } else if lists.contains(setting.key) {
                if setting.value.isEmpty {
                    idle.append((setting, .carried, "It empties the list."))
                } else if later.contains(where: { $0.value.isEmpty }) {
                    idle.append((setting, .leftOut, "The list is emptied further down."))
                } else {
                    kept.append(setting)
                }
            } else if !later.isEmpty {
                idle.append((setting, .leftOut, "The same key stands further down, and wins."))
            } else if setting.value.isEmpty {
                idle.append((setting, .carried, "It is left at its default."))
            } else {
                kept.append(setting)
            }
        }
        return (kept, idle)
    }
}
