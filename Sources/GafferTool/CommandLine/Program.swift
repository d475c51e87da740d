internal import Glibc

/// From the words of the command line to the exit code.
package enum Program {
    /// Carries a command line out.
    ///
    /// - Parameters:
    ///   - tool: the program.
    ///   - words: the words after the program's name.
    ///   - output: takes the results and messages; the caller writes them.
    ///   - isTerminal: whether the results go to a terminal.
    package static func run(
        _ tool: Tool,
        _ words: [String],
        output: Output,
        environment: Environment,
        isTerminal: Bool,
        now: Double
    ) -> ExitCode {
        let help = Help(tool)
        do {
            let line = try ParsedLine(parsing: words, for: tool)
            let choice = line.last(of: "color", "no-color") == "no-color" ? "never" : line.value("color") ?? "auto"
            output.terminal.isColored = environment.isColored(choice: choice, isTerminal: isTerminal)
            if line.has("help") {
                output.write(Array((line.command.map(help.command) ?? help.program).utf8))
                return .ok
            }
            if line.has("version"), line.command == nil {
                output.write(Array(help.version.utf8))
                return .ok
            }
            guard let command = line.command else {
                output.write(Array(help.short.utf8))
                return .ok
            }
            return try command.run(Invocation(line: line, output: output, environment: environment, now: now))
        } catch let error as UsageError {
            output.message(error.message)
            output.message("Try '\(tool.name) \(error.command.map { "\($0) --help" } ?? "--help")'.")
            return .usage
        } catch is Output.ReaderGone {
            return .ok
        } catch let interruption as Interrupted {
            // Ends as the signal would have ended it; the caller's shell sees which one it was.
            raise(interruption.signal)
            return .failed
        } catch {
            let failure = Failure(error)
            for message in failure.messages { output.message(message) }
            return failure.code
        }
    }

    /// The whole program: from its surroundings to its end.
    package static func main(_ tool: Tool) -> Never {
        let environment = Environment.process
        let width = Terminal.width(of: STDOUT_FILENO, environment: environment)
        let output = Output(
            program: tool.name,
            terminal: Terminal(width: width, isColored: false),
            descriptor: STDOUT_FILENO
        )
        // A reader that went away is told by EPIPE, so that nothing ends in the middle of a change.
        signal(SIGPIPE, SIG_IGN)
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        let code = run(
            tool,
            Array(CommandLine.arguments.dropFirst()),
            output: output,
            environment: environment,
            isTerminal: width != nil,
            now: Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
        )
        if let error = output.flush() {
            output.message(Output.unwritable(error))
            _ = output.flush()
            exit(code == .ok ? ExitCode.failed.rawValue : code.rawValue)
        }
        exit(code.rawValue)
    }
}
