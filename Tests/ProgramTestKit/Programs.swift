import Glibc

/// Where the built programs are.
package enum Programs {
    /// The built `gafferd`.
    package static func gafferd() throws -> String { try find("gafferd") }
    /// The built `gafferctl`.
    package static func gafferctl() throws -> String { try find("gafferctl") }
    /// The built `gaffer`.
    package static func gaffer() throws -> String { try find("gaffer") }
    /// The built program that embeds the library.
    package static func embeddingExample() throws -> String { try find("embedding-example") }

    /// The folder that holds gafferd and the tools: `$GAFFER_TEST_PROGRAMS`, where the tests are to run others than those
    /// that were built with them.
    package static func folder() throws -> String {
        // Without links, so that a machine that shows this folder shows it under this name.
        let gafferd = realPath(try gafferd())
        guard let slash = gafferd.lastIndex(of: "/") else { throw Failure("\(gafferd) is no absolute path") }
        return String(gafferd[..<slash])
    }

    /// Programs are built into the folder that holds the test bundle, or one above it.
    private static func find(_ name: String) throws -> String {
        if let chosen = getenv("GAFFER_TEST_PROGRAMS") {
            let candidate = "\(String(cString: chosen))/\(name)"
            if access(candidate, X_OK) == 0 { return candidate }
        }
        guard let start = linkTarget("/proc/self/exe") else {
            throw Failure.call("readlink", "/proc/self/exe", errno: errno)
        }
        var folder = start[...]
        while let slash = folder.lastIndex(of: "/") {
            folder = folder[..<slash]
            let candidate = "\(folder)/\(name)"
            if access(candidate, X_OK) == 0 { return candidate }
        }
        throw Failure("there is no built \(name) beside or above \(start)")
    }
}

/// A path without symbolic links; as it is where there is no such file.
package func realPath(_ path: String) -> String {
    guard let real = realpath(path, nil) else { return path }
    defer { free(real) }
    return String(cString: real)
}

/// What a program that ran to its end left.
package struct ToolOutput: Sendable {
    package let exit: Child.Exit
    package let outputBytes: [UInt8]
    package let error: String

    /// What it wrote to stdout.
    package var output: String { String(decoding: outputBytes, as: UTF8.self) }
    /// Its exit code; nil where a signal ended it.
    package var code: Int32? { if case .code(let code) = exit { code } else { nil } }
    /// Everything, for messages.
    package var all: String { "\(exit)\n\(output)\n\(error)" }
}

/// Runs a program to its end.
package func runTool(
    _ program: String,
    _ arguments: [String],
    environment: [String: String],
    directory: String,
    input: String? = nil,
    within limit: Duration = .seconds(60)
) async throws -> ToolOutput {
    let scratch = try ScratchDirectory()
    let inputFile = try input.map { try scratch.write("input", $0) }
    let child = try Child(
        program,
        arguments,
        environment: environment,
        directory: directory,
        streams: .init(input: inputFile, output: scratch("output"), error: scratch("error"))
    )
    let exit = try await child.exit(within: limit)
    let output = ToolOutput(
        exit: exit,
        outputBytes: readFile(scratch("output")),
        error: readText(scratch("error"))
    )
    try await scratch.remove()
    return output
}

/// The environment of every program that a test starts: nothing of the caller's but what the programs need to run.
package func baseEnvironment(home: String) -> [String: String] {
    var environment = ["PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": home, "LC_ALL": "C.UTF-8"]
    // The Swift runtime of a toolchain that is not installed system-wide, and the sanitizers' settings.
    for name in ["LD_LIBRARY_PATH", "TSAN_OPTIONS", "ASAN_OPTIONS"] {
        if let value = getenv(name) { environment[name] = String(cString: value) }
    }
    environment["SWIFT_BACKTRACE"] = "enable=no"
    return environment
}
