/// The texts that make an application: its Procfile, and its files of variables.
package struct ApplicationSources: Sendable, Hashable {
    package struct Text: Sendable, Hashable {
        /// As it was named, for messages.
        package var file: String
        package var content: [UInt8]

        package init(file: String, content: [UInt8]) {
            self.file = file
            self.content = content
        }

        package init(file: String, _ text: String) {
            self.init(file: file, content: Array(text.utf8))
        }
    }

    package var procfile: Text
    /// In the order in which they are read: a later one wins.
    package var environment: [Text]
    /// The application's folder, an absolute path: where its processes run, and what it is named after.
    package var folder: String

    package init(procfile: Text, environment: [Text] = [], folder: String) {
        self.procfile = procfile
        self.environment = environment
        self.folder = folder
    }
}

extension ApplicationSources {
    /// Reads the files that a command line names.
    ///
    /// The folder is the one that is given, else the Procfile's, else the current one. The Procfile is `Procfile` in the
    /// folder unless one is given. A `.env` in the folder is read first where there is one, then those that are given,
    /// which have to be there. What is given is found from the current folder.
    ///
    /// - Parameter currentFolder: an absolute path.
    /// - Throws: ``ConfigErrors`` with every file that can't be read.
    package static func read(
        procfile: String? = nil,
        folder: String? = nil,
        environment: [String] = [],
        currentFolder: String,
        files: any ConfigFileSource
    ) throws(ConfigErrors) -> ApplicationSources {
        var errors: [ConfigError] = []
        func path(_ name: String) -> String {
            name.hasPrefix("/") ? name : "\(currentFolder)/\(name)"
        }
        func read(_ name: String, mustExist: Bool) -> Text? {
            do throws(ConfigFileFailure) {
                if let content = try files.read(path(name)) { return Text(file: name, content: content) }
                if mustExist { errors.append(ConfigError(file: name, message: "There is no such file.")) }
            } catch {
                errors.append(ConfigError(file: name, message: "It can't be read: \(error.reason)."))
            }
            return nil
        }

        // How files of the folder are named; nothing where it is the current one.
        let prefix = Self.prefix(procfile: procfile, folder: folder)
        let chosen = try Self.folder(procfile: procfile, folder: folder, currentFolder: currentFolder, files: files)
        let text = read(procfile ?? "\(prefix)Procfile", mustExist: true)
        let standard = "\(prefix).env"
        let identity = files.identity(of: path(standard))
        // Where it is named too, its place is the one among the others.
        let isNamed = environment.contains { files.identity(of: path($0)) == identity }
        var texts = isNamed ? [] : [read(standard, mustExist: false)]
        for name in environment { texts.append(read(name, mustExist: true)) }
        guard errors.isEmpty, let text else { throw ConfigErrors(errors) }
        return ApplicationSources(procfile: text, environment: texts.compactMap { $0 }, folder: chosen)
    }

    /// The folder of ``read(procfile:folder:environment:currentFolder:files:)``, whether it has a Procfile or not.
    ///
    /// - Throws: ``ConfigErrors`` where the folder that is given does not exist.
    package static func folder(
        procfile: String? = nil,
        folder: String? = nil,
        currentFolder: String,
        files: any ConfigFileSource
    ) throws(ConfigErrors) -> String {
        let prefix = prefix(procfile: procfile, folder: folder)
        guard !prefix.isEmpty else { return currentFolder }
        let chosen = normal(prefix.hasPrefix("/") ? prefix : "\(currentFolder)/\(prefix)", files)
        if let folder, !files.isFolder(chosen) {
            throw ConfigErrors([ConfigError(file: folder, message: "There is no such folder.")])
        }
        return chosen
    }

    private static func prefix(procfile: String?, folder: String?) -> String {
        folder.map { $0.hasSuffix("/") ? $0 : "\($0)/" } ?? procfile.map(prefix(ofFile:)) ?? ""
    }

    /// The path up to the file's name, with the slash; empty where it has none.
    private static func prefix(ofFile name: String) -> String {
        guard let slash = name.lastIndex(of: "/") else { return "" }
        return String(name[...slash])
    }

    /// The path without `.` and doubled slashes.
    ///
    /// Links keep their names, which may be the application's, but for `..`, which only the file system can tell.
    private static func normal(_ path: String, _ files: any ConfigFileSource) -> String {
        let parts = path.split(separator: "/").filter { $0 != "." }
        let path = "/" + parts.joined(separator: "/")
        return parts.contains("..") ? files.identity(of: path) : path
    }
}
