internal import ArgumentParser
internal import Gaffer
internal import GafferConfig
internal import GafferModel
internal import GafferSystem
internal import Glibc

/// The daemon: options in, one ``Daemon`` composed and run, its exit code out.
@main
enum Program {
    /// The codes of its end.
    enum Code {
        static let success: Int32 = 0
        static let failure: Int32 = 1
        static let usage: Int32 = 2
    }

    static func main() {
        let options = parse(Array(CommandLine.arguments.dropFirst()))
        if let option = options.optionOfLaterPart {
            end(Code.usage, "gafferd: \(option) belongs to a part that is not in this version.")
        }
        let environment = Supervision.ownEnvironment
        let source = ConfigSource(options: options, environment: environment)
        let config: DaemonConfig
        do {
            config = try source.load()
        } catch {
            end(Code.usage, "\(error)")
        }
        let plan: DaemonPlan
        do {
            plan = try DaemonPlan(options: options, config: config, environment: environment, source: source)
        } catch {
            end(Code.usage, "gafferd: \(error)")
        }
        if options.check {
            print("The configuration is good: \(config.jobs.count) jobs.")
            exit(Code.success)
        }
        if options.createAdminUser || options.listAdmins { administer(plan) }
        // Everything that starts a thread comes after this.
        var background: Background?
        // Who is to be told waits for this process, not for its child.
        if plan.wantsBackground, environment["NOTIFY_SOCKET"] == nil {
            do {
                background = try Background.enter()
            } catch {
                end(Code.failure, "gafferd: the background can't be entered: \(error)")
            }
        }
        SignalSource.block(Daemon.signals)
        signal(SIGPIPE, SIG_IGN)
        // Unstructured: main must not return while the daemon runs, and is not asynchronous itself so that the
        // background could be entered with one thread.
        Task.detached(executorPreference: ThreadExecutor.shared) {
            let systemd = SystemdContext.current()
            do {
                try await Daemon(plan: plan, systemd: systemd, background: background).run()
                exit(Code.success)
            } catch {
                systemd.failed(error)
                background?.failed("gafferd: \(error)\n", code: Code.failure)
                end(Code.failure, "gafferd: \(error)")
            }
        }
        while true { pause() }
    }

    /// Does what is asked of users, and exits.
    private static func administer(_ plan: DaemonPlan) -> Never {
        let tool = AdminTool(plan: plan)
        do {
            try plan.options.createAdminUser ? tool.createAdministrator() : tool.listAdministrators()
            exit(Code.success)
        } catch let error as PlanError {
            end(Code.usage, "gafferd: \(error)")
        } catch {
            end(Code.failure, "gafferd: \(error)")
        }
    }

    private static func parse(_ arguments: [String]) -> Options {
        do {
            return try Options.parse(arguments)
        } catch {
            let text = Options.fullMessage(for: error)
            if Options.exitCode(for: error) == .success {
                print(text)
                exit(Code.success)
            }
            end(Code.usage, text)
        }
    }

    /// Says why on stderr and exits.
    static func end(_ code: Int32, _ text: String) -> Never {
        let bytes = Array((text + "\n").utf8)
        _ = write(STDERR_FILENO, bytes, bytes.count)
        exit(code)
    }
}
