import GafferModel
import ProgramTestKit

extension Workbench {
    /// Makes a folder with a Procfile.
    ///
    /// - Parameter environment: the content of its `.env`; nil: there is none.
    /// - Returns: the folder.
    @discardableResult
    func application(_ name: String, _ procfile: String, environment: String? = nil) throws -> String {
        if !scratch.has(name) { try scratch.makeFolder(name) }
        try scratch.write("\(name)/Procfile", procfile)
        if let environment { try scratch.write("\(name)/.env", environment) }
        return scratch(name)
    }
}

extension Daemon {
    /// Runs gaffer on this gafferd's socket, in a folder of the workbench.
    func gaffer(in folder: String, _ arguments: String..., input: String? = nil) async throws -> ToolOutput {
        try await runTool(
            try Programs.gaffer(),
            arguments,
            environment: bench.environment.merging(["GAFFER_ENDPOINT": "unix:\(bench.socket)"]) { $1 },
            directory: bench.scratch(folder),
            input: input
        )
    }
}
