internal import GafferConfig
internal import GafferModel
internal import GafferTool
internal import Glibc

extension ApplicationScope {
    /// The application of the folder in which gaffer is called, or of the one that its options name.
    static let folder = ApplicationScope(
        name: { try $0.applicationName() },
        types: { $0.processTypes() }
    )
}

extension Invocation {
    /// The folder in which gaffer was called, an absolute path.
    ///
    /// By the name under which the caller's shell went there: a link to the newest release names the application, not
    /// what it leads to.
    ///
    /// - Throws: ``Failure`` where it is gone.
    func currentFolder() throws(Failure) -> String {
        if let path = environment.nonEmpty("PWD"), path.hasPrefix("/"), Self.isCurrent(path) { return path }
        guard let path = getcwd(nil, 0) else {
            throw Failure(.failed, "The current folder can't be told: \(String(cString: strerror(errno))).")
        }
        defer { free(path) }
        return String(cString: path)
    }

    private static func isCurrent(_ path: String) -> Bool {
        var named = stat()
        var current = stat()
        return stat(path, &named) == 0 && stat(".", &current) == 0 && named.st_dev == current.st_dev
            && named.st_ino == current.st_ino
    }

    /// The name that was given or, without one, or with `.`, how the name is found.
    var givenApplication: String? { line.value("app").flatMap { $0 == "." ? nil : $0 } }

    /// The name of the application: that of `--app`, else its folder's.
    ///
    /// Whether there is a Procfile does not matter: what is loaded can be controlled without it.
    ///
    /// - Throws: ``Failure`` where the folder's name can't be one.
    func applicationName() throws -> String {
        if let name = givenApplication {
            // Any session can be looked at, also one that gaffer would not have named so.
            guard JobName.isValid(name) else { throw usage("--app: \(name.quoted) can't name an application.") }
            return name
        }
        let current = try currentFolder()
        let folder = try configured { () throws(ConfigErrors) in
            try ApplicationSources.folder(
                procfile: line.value("procfile"),
                folder: line.value("root"),
                currentFolder: current,
                files: SystemConfigFiles()
            )
        }
        return try configured { () throws(ConfigErrors) in try ApplicationName.of(folder: folder) }
    }

    /// The texts of the application.
    ///
    /// - Throws: ``Failure`` with every file that can't be read.
    func procfileSources(files: any ConfigFileSource = SystemConfigFiles()) throws -> ApplicationSources {
        let current = try currentFolder()
        return try configured { () throws(ConfigErrors) in
            try ApplicationSources.read(
                procfile: line.value("procfile"),
                folder: line.value("root"),
                environment: line.values("env"),
                currentFolder: current,
                files: files
            )
        }
    }

    /// What `-c` says.
    ///
    /// - Throws: ``Failure``.
    func formation() throws -> Formation {
        try configured { () throws(ConfigErrors) in try Formation(parsing: line.values("concurrency")) }
    }

    /// What `--port` says.
    ///
    /// - Throws: ``UsageError``.
    func basePort() throws -> Int? {
        try line.value("port").map { text in
            guard let port = Int(text), (1...65_535).contains(port) else {
                throw usage("\(text.quoted) is no value of --port: give a number from 1 to 65535.")
            }
            return port
        }
    }

    /// The types in the Procfile; none where there is none that can be read.
    func processTypes() -> [String] {
        guard let sources = try? procfileSources(), let procfile = try? Procfile(parsing: sources.procfile) else {
            return []
        }
        return procfile.entries.map(\.name)
    }

    /// Carries out what may find something wrong in files or in options.
    ///
    /// - Throws: ``Failure`` with all of it.
    func configured<Value>(_ body: () throws(ConfigErrors) -> Value) throws(Failure) -> Value {
        do throws(ConfigErrors) {
            return try body()
        } catch {
            let isUsage = error.errors.allSatisfy(\.file.isEmpty)
            throw Failure(isUsage ? .usage : .failed, messages: error.errors.map(\.description))
        }
    }
}
