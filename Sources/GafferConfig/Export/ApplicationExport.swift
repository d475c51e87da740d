internal import GafferModel

/// A Procfile application as files for other programs, or for a gafferd: texts only, which the caller writes.
package struct ApplicationExport: Sendable, Hashable {
    /// What can be written.
    package enum Format: String, Sendable, CaseIterable {
        /// Sections for gaffer's ini.
        case ini
        /// Jobs for `gafferctl load` and the API.
        case json
        /// A template unit for each type, and a target for the application.
        case systemd
        /// Programs and a group for supervisord.
        case supervisor
    }

    package struct File: Sendable, Hashable {
        /// Its name, without a folder.
        package var name: String
        package var text: String
    }

    package var files: [File] = []
    /// What the format can't say, a sentence each, beginning with the job.
    package var notes: [String] = []

    /// Writes an application, or one type of it.
    ///
    /// - Parameters:
    ///   - type: the one type that is written, by its name in the Procfile; nil: all of them.
    /// - Throws: ``ConfigErrors`` with everything that the format can't hold, by job and variable.
    package init(
        _ application: ProcfileApplication,
        as format: Format,
        type: String? = nil
    ) throws(ConfigErrors) {
        var application = application
        if let type {
            application.types.removeAll { $0.name.job != type }
            guard !application.types.isEmpty else {
                throw ConfigErrors([ConfigError(file: "", message: "There is no type \(type.cited) to export.")])
            }
        }
        guard !application.types.isEmpty else {
            throw ConfigErrors([ConfigError(file: "", message: "There is nothing to export: no type has a process.")])
        }
        switch format {
        case .ini: files = [try IniExport.file(application)]
        case .json: files = [JSONExport.file(application, isOne: type != nil)]
        case .systemd:
            let export = try UnitExport(application)
            files = export.files
            notes = export.notes
        case .supervisor:
            let export = try SupervisorExport(application)
            files = [export.file]
            notes = export.notes
        }
    }
}

/// What is wrong with what is exported, each thing once.
struct ExportProblems {
    private(set) var errors: [ConfigError] = []

    /// - Parameter message: a sentence that begins with what it is about.
    mutating func add(_ message: String) {
        guard errors.count < ConfigErrors.limit, !errors.contains(where: { $0.message == message }) else { return }
        errors.append(ConfigError(file: "", message: message))
    }

    func check() throws(ConfigErrors) {
        if !errors.isEmpty { throw ConfigErrors(errors) }
    }
}

enum JSONExport {
    /// An array of jobs, as `gafferctl load` takes it, or the object of one.
    static func file(_ application: ProcfileApplication, isOne: Bool) -> ApplicationExport.File {
        let jobs = application.jobs.map(json)
        if isOne, let job = jobs.first, let name = application.types.first?.name {
            return ApplicationExport.File(name: "\(name.session)-\(name.job).json", text: job.pretty + "\n")
        }
        return ApplicationExport.File(name: "\(application.name).json", text: JSON.array(jobs).pretty + "\n")
    }

    /// The members that the original's export had come first, always; then what else is not the default.
    static func json(_ name: JobName, _ config: JobConfig) -> JSON {
        let all = config.json(name: name).objectValue ?? []
        let first: [JSON.Member] = [
            .init("name", .string(name.description)),
            .init("cmd", .string(config.cmd)),
            .init("args", .array(config.args.map(JSON.string))),
            .init("env", .object(config.env.sorted { $0.key < $1.key }.map { .init($0.key, .string($0.value)) })),
            .init("numprocesses", .integer(Int64(config.numprocesses))),
        ]
        let names = Set(first.map(\.name))
        return .object(first + all.filter { !names.contains($0.name) })
    }
}
