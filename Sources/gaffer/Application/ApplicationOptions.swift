internal import GafferConfig
internal import GafferTool
internal import Glibc

extension Option {
    /// Which application is meant.
    static let application: [Option] = [
        Option(name: "procfile", short: "f", value: "FILE", completion: .file, help: "the Procfile (./Procfile)"),
        Option(
            name: "root",
            short: "d",
            value: "FOLDER",
            completion: .file,
            help: "the application's folder; otherwise the Procfile's"
        ),
        Option(
            name: "env",
            short: "e",
            value: "FILE",
            completion: .file,
            help: "a file of variables, after the folder's .env; may be repeated, a later one wins"
        ),
    ]

    /// Which of its processes are meant.
    static let formation: [Option] = [
        Option(
            name: "concurrency",
            short: "c",
            value: "TYPE=N,...",
            help: "how many processes of each type; all=N for the others"
        ),
        Option(name: "only", value: "TYPE,...", help: "only these types"),
        Option(name: "except", value: "TYPE,...", help: "all types but these"),
    ]

    /// The base of their ports.
    static let port = Option(
        name: "port",
        short: "p",
        value: "PORT",
        help: "PORT of the first process (5000): 100 more for each type, 1 more for each further process of a type"
    )
}

extension Invocation {
    /// The current folder.
    static var currentFolder: String {
        guard let path = getcwd(nil, 0) else { return "/" }
        defer { free(path) }
        return String(cString: path)
    }

    /// The environment that processes inherit.
    static var inheritedVariables: [String: String] {
        var result: [String: String] = [:]
        var next = environ
        while let entry = next.pointee {
            let text = String(cString: entry)
            if let equals = text.firstIndex(of: "=") {
                result[String(text[..<equals])] = String(text[text.index(after: equals)...])
            }
            next += 1
        }
        return result
    }

    /// The texts of the application that the command line means.
    ///
    /// - Throws: ``Failure`` that names every file that can't be read.
    func applicationSources(files: any ConfigFileSource = SystemConfigFiles()) throws(Failure) -> ApplicationSources {
        do throws(ConfigErrors) {
            return try readSources(files: files)
        } catch {
            throw Failure(error)
        }
    }

    /// The same, with the errors as they are.
    func readSources(files: any ConfigFileSource = SystemConfigFiles()) throws(ConfigErrors) -> ApplicationSources {
        try ApplicationSources.read(
            procfile: line.value("procfile"),
            folder: line.value("root"),
            environment: line.values("env"),
            currentFolder: Self.currentFolder,
            files: files
        )
    }

    /// What the command line says of the application's processes.
    ///
    /// - Parameter types: those that are given as operands.
    /// - Throws: ``Failure`` or ``UsageError``.
    func applicationOptions(types: [String] = []) throws -> ProcfileApplication.Options {
        func list(_ name: String) -> [String] {
            line.values(name).flatMap { $0.split(separator: ",").map(String.init) }
        }
        let formation: Formation
        do throws(ConfigErrors) {
            formation = try Formation(parsing: line.values("concurrency"))
        } catch {
            throw Failure(error)
        }
        return ProcfileApplication.Options(
            naming: .nearFolder,
            formation: formation,
            only: types + list("only"),
            except: list("except"),
            port: try port(),
            inherited: Self.inheritedVariables
        )
    }

    /// The value of `--port`.
    ///
    /// - Throws: ``UsageError`` where it is none.
    func port() throws(UsageError) -> Int? {
        guard let text = line.value("port") else { return nil }
        guard let port = Int(text), (1...65_535).contains(port) else {
            throw usage("\(text.quoted) is no value of --port: give a number from 1 to 65535.")
        }
        return port
    }
}

extension Failure {
    /// What is wrong with an application, a line each.
    init(_ errors: ConfigErrors) {
        self.init(.failed, messages: errors.errors.map(\.description))
    }
}
