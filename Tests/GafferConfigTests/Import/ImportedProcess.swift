import GafferModel
import Glibc
import Testing

/// What a process of an imported job is started with.
struct ImportedProcess {
    var arguments: [String]
    var environment: [String: String]
    var directory: String?

    /// As gafferd would start it; a script is run by a shell, which tells what it would execute in the end.
    init(_ config: JobConfig, instance: Int, inherited: [String: String]) throws {
        var environment = config.osEnv ? inherited : [:]
        if let port = config.port { environment["PORT"] = String(port + instance - 1) }
        environment.merge(config.env) { _, new in new }
        environment["GAFFER_INSTANCE"] = String(instance)
        self.environment = environment
        directory = config.cwd
        arguments = []
        guard config.shell else {
            arguments = try (ShellWords.split(config.cmd) + config.args).map { word in
                try VariableExpansion.expand(word) { environment[$0] }
            }
            return
        }
        try runShell(config.cmd)
    }

    private mutating func runShell(_ script: String) throws {
        // What would take the shell's place is told instead, and no folder is gone to.
        let told =
            script.hasPrefix("exec ") ? "_tell " + script.dropFirst(5) : script.replacing("&& exec ", with: "&& _tell ")
        let probe = """
            cd() { _folder="$1"; }
            _tell() { for word; do printf 'word=%s\\n' "$word"; done; printf 'folder=%s\\n' "$_folder"; env; }
            \(told)
            """
        let variables = environment.map { ShellWords.quote("\($0.key)=\($0.value)") }.joined(separator: " ")
        let pipe = try #require(popen("/usr/bin/env -i \(variables) /bin/sh -c \(ShellWords.quote(probe))", "r"))
        defer { pclose(pipe) }
        var bytes: [UInt8] = []
        while case let byte = fgetc(pipe), byte != EOF { bytes.append(UInt8(truncatingIfNeeded: byte)) }
        var isEnvironment = false
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { continue }
            if isEnvironment {
                environment[String(parts[0])] = String(parts[1])
            } else if parts[0] == "word" {
                arguments.append(String(parts[1]))
            } else {
                isEnvironment = true
                if !parts[1].isEmpty { directory = String(parts[1]) }
            }
        }
    }
}
