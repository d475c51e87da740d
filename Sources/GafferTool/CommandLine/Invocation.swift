package import GafferClient
package import GafferModel

/// One run of one command: what was asked for, and where its results go.
package final class Invocation {
    /// The command line.
    package let line: ParsedLine
    /// Where results and messages go.
    package let output: Output
    /// The seconds since 1970.
    package let now: Double

    package let environment: Environment
    private var connected: GafferClient?

    package init(line: ParsedLine, output: Output, environment: Environment, now: Double) {
        self.line = line
        self.output = output
        self.environment = environment
        self.now = now
    }

    /// The program.
    package var tool: Tool { line.tool }

    /// The operands.
    package var operands: [String] { line.operands }

    /// The application within which names are meant; nil: there is none.
    ///
    /// - Throws: ``Failure`` or ``UsageError`` where it can't be told.
    package func application() throws -> String? { try tool.scope?.name(self) }

    /// Whether the results are wanted as JSON.
    package var wantsJSON: Bool { line.has("json") }

    /// Whether confirmations are unwanted.
    package var isQuiet: Bool { line.has("quiet") }

    /// The gafferd that is asked; connected at the first request.
    ///
    /// - Throws: ``ClientError`` where the endpoint is none.
    package func client() throws -> GafferClient {
        if let connected { return connected }
        let endpoint = endpoint
        let client = try GafferClient(endpoint: endpoint, access: access(to: endpoint))
        connected = client
        return client
    }

    /// Where gafferd listens, as it was given or found.
    package var endpoint: String { environment.endpoint(given: line.value("endpoint")) }

    /// A gafferd that has to answer at once, for completions.
    ///
    /// - Throws: ``ClientError`` where the endpoint is none.
    package func quickClient() throws -> GafferClient {
        return try GafferClient(endpoint: endpoint, responseTimeout: .seconds(1), access: access(to: endpoint))
    }

    /// The same surroundings with other words, for a command that stands for another one.
    package func replacing(operands: [String]? = nil, adding options: [ParsedLine.Given] = []) -> Invocation {
        var line = line
        if let operands { line.operands = operands }
        line.options += options
        let copy = Invocation(line: line, output: output, environment: environment, now: now)
        copy.connected = connected
        return copy
    }

    /// How long a change is waited for.
    ///
    /// - Throws: ``UsageError`` where the time is no number.
    package func wait() throws -> GafferClient.Wait {
        let seconds = try line.value("timeout").map { try self.seconds($0, of: "timeout") } ?? 90
        guard line.last(of: "wait", "no-wait", "timeout") != "no-wait" else { return .no }
        return .upTo(.milliseconds(Int64((seconds * 1000).rounded(.up))))
    }

    /// Reads a number of seconds.
    ///
    /// - Throws: ``UsageError``.
    package func seconds(_ text: String, of option: String) throws -> Double {
        guard let seconds = Double(text), seconds > 0, seconds <= 86_400 else {
            throw usage("\(text.quoted) is no value of --\(option): give seconds, more than 0 and at most 86400.")
        }
        return seconds
    }

    /// An error in the use of this command.
    package func usage(_ message: String) -> UsageError {
        UsageError(message, command: line.command?.name)
    }

    /// Prints a document for `--json`.
    package func print(_ document: JSON) {
        output.line(document.shown)
    }

    /// Prints a table that fits the terminal.
    package func print(_ table: Table) {
        output.write(table.rendered(width: output.terminal.width, isColored: output.terminal.isColored))
    }

    /// Prints a line that confirms what was done, unless confirmations are unwanted.
    package func confirm(_ text: String) {
        if !isQuiet { output.line(text) }
    }
}
