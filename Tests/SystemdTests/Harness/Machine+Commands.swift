import GafferModel
import ProgramTestKit
import Testing

/// What a command in a machine left.
struct CommandResult: Sendable {
    /// As a shell tells it; 124: it took too long.
    let code: Int
    let output: String
    let error: String

    /// Everything, for messages.
    var all: String { "\(code)\n\(output)\(error)" }
    /// The lines of its output.
    var lines: [String] { output.split(separator: "\n").map(String.init) }
}

extension Machine {
    /// Runs a command line in the machine, by bash.
    ///
    /// - Parameters:
    ///   - user: who runs it, with all of their groups; root if nil.
    ///   - line: where given, a regular expression: the command is ended, which is its success, once it writes such a
    ///     line.
    ///   - limit: in seconds.
    func run(
        _ command: String,
        as user: String? = nil,
        input: String? = nil,
        until line: String? = nil,
        in directory: String? = nil,
        within limit: Int = 60
    ) async throws -> CommandResult {
        var members: [JSON.Member] = [.init("command", .string(command)), .init("limit", .integer(Int64(limit)))]
        let optional = [("user", user), ("input", input), ("line", line), ("directory", directory)]
        for case (let name, let value?) in optional { members.append(.init(name, .string(value))) }
        return CommandResult(try await ask(members))
    }

    /// Runs a command line that has to succeed, and gives its output without the line's end.
    @discardableResult
    func callAsFunction(
        _ command: String,
        as user: String? = nil,
        input: String? = nil,
        until line: String? = nil,
        in directory: String? = nil,
        within limit: Int = 60
    ) async throws -> String {
        let run = try await run(command, as: user, input: input, until: line, in: directory, within: limit)
        guard run.code == 0 else { throw Failure("`\(command)` failed: \(run.all)") }
        var output = run.output[...]
        while output.last == "\n" { output.removeLast() }
        return String(output)
    }

    /// Expects that a command succeeds with this output.
    func expect(
        _ command: String,
        as user: String? = nil,
        input: String? = nil,
        gives output: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let run = try await run(command, as: user, input: input)
        #expect(run.code == 0, "`\(command)`: \(run.all)", sourceLocation: sourceLocation)
        let text = run.output.hasSuffix("\n") ? String(run.output.dropLast()) : run.output
        #expect(text == output, "`\(command)`", sourceLocation: sourceLocation)
    }

    /// Waits until a command succeeds: for what tells nobody that it happens.
    func until(_ condition: String, as user: String? = nil, within limit: Int = 60) async throws {
        var members: [JSON.Member] = [.init("condition", .string(condition)), .init("limit", .integer(Int64(limit)))]
        if let user { members.append(.init("user", .string(user))) }
        let result = CommandResult(try await ask(members))
        guard result.code == 0 else { throw Failure("waited \(limit) s in vain for `\(condition)`: \(result.all)") }
    }

    /// Waits for a line of the journal that matches, from the boot on, and gives it.
    ///
    /// - Parameters:
    ///   - options: which records; what a line shows is their message.
    @discardableResult
    func journal(_ options: String, until line: String, within limit: Int = 60) async throws -> String {
        let output = try await self(
            "journalctl --no-pager --follow --lines=all --output=cat \(options)",
            until: line,
            within: limit
        )
        return output.split(separator: "\n").last.map(String.init) ?? ""
    }

    /// The records of the journal, each as JSON with its fields.
    func records(_ options: String) async throws -> [JSON] {
        try await self("journalctl --sync; journalctl --no-pager --output=json --all \(options)")
            .split(separator: "\n").map { try JSON(parsing: String($0)) }
    }

    /// Writes a file, with the folders above it.
    func write(_ path: String, _ text: String, mode: String = "644") async throws {
        try await self("mkdir -p \"$(dirname '\(path)')\" && cat > '\(path)' && chmod \(mode) '\(path)'", input: text)
    }

    /// Writes the jobs of the configuration.
    func configure(_ sections: String) async throws {
        try await write("/etc/gaffer/conf.d/jobs.ini", sections)
    }

    /// A property of a unit.
    func property(_ name: String, of unit: String = "gafferd.service") async throws -> String {
        try await self("systemctl show --value --property \(name) \(unit)")
    }

    /// The os pid of the unit's main process.
    func mainPid(of unit: String = "gafferd.service") async throws -> Int {
        let text = try await property("MainPID", of: unit)
        guard let pid = Int(text), pid > 0 else { throw Failure("\(unit) has the main pid '\(text)'") }
        return pid
    }

    /// Adds an ordinary user.
    func addUser(_ name: String, groups: [String] = []) async throws {
        let list = groups.isEmpty ? "" : "--groups \(groups.joined(separator: ","))"
        try await self("useradd --create-home --shell /bin/bash \(list) \(name)")
    }
}

extension CommandResult {
    init(_ answer: JSON) {
        self.init(
            code: answer["code"]?.intValue ?? 125,
            output: answer["output"]?.stringValue ?? "",
            error: answer["error"]?.stringValue ?? ""
        )
    }
}
