package import Glibc
import Synchronization

/// A process that a test started: the only thing that a test ever signals by itself.
package final class Child: Sendable {
    /// How it ended.
    package enum Exit: Sendable, Equatable {
        case code(Int32)
        case signal(Int32)
    }

    /// Where its standard streams go; `nil` is /dev/null.
    package struct Streams {
        package var input: String?
        package var output: String?
        package var error: String?

        package init(input: String? = nil, output: String? = nil, error: String? = nil) {
            self.input = input
            self.output = output
            self.error = error
        }
    }

    private enum State {
        case running([CheckedContinuation<Exit, Never>])
        case exited(Exit)
    }

    package let osPid: pid_t
    private let name: String
    private let state = Mutex(State.running([]))

    /// Starts `program`, with exactly this environment, no signal blocked or ignored, in `directory`.
    ///
    /// - Parameter leadsSession: whether it leads a session, of which a terminal that is its input becomes the terminal.
    package init(
        _ program: String,
        _ arguments: [String],
        environment: [String: String],
        directory: String,
        streams: Streams,
        leadsSession: Bool = false
    ) throws {
        // The working directory is set by a shell that becomes the program: posix_spawn's own way is a GNU extension
        // that the Glibc module does not have.
        let words = ["/bin/sh", "-c", #"cd "$0" && exec "$@""#, directory, program] + arguments
        name = ([program] + arguments).joined(separator: " ")
        osPid = try Child.spawn(words, environment: environment, streams: streams, leadsSession: leadsSession)
        let pid = osPid
        startThread { [self] in
            var information = siginfo_t()
            // Seen first and reaped under the lock, so that a signal never meets a number that was given away.
            while waitid(P_PID, id_t(pid), &information, WEXITED | WNOWAIT) == -1, errno == EINTR {}
            let (exit, waiters) = state.withLock { state in
                var status: Int32 = 0
                while waitpid(pid, &status, 0) == -1, errno == EINTR {}
                let signal = status & 0x7f
                let exit: Exit = signal == 0 ? .code((status >> 8) & 0xff) : .signal(signal)
                defer { state = .exited(exit) }
                guard case .running(let waiters) = state else { return (exit, [CheckedContinuation<Exit, Never>]()) }
                return (exit, waiters)
            }
            for waiter in waiters { waiter.resume(returning: exit) }
        }
    }

    /// How it ended, where it has.
    package var ended: Exit? {
        state.withLock { state in
            if case .exited(let exit) = state { exit } else { nil }
        }
    }

    /// Sends a signal, unless it has ended.
    package func signal(_ number: Int32) {
        state.withLock { state in
            guard case .running = state else { return }
            _ = kill(osPid, number)
        }
    }

    /// Waits for its end; one that takes longer than `limit` is killed, and that is an error.
    @discardableResult
    package func exit(within limit: Duration = .seconds(60)) async throws -> Exit {
        let timer = Task {
            try await Task.sleep(for: limit)
            signal(SIGKILL)
            return true
        }
        let exit = await withCheckedContinuation { (waiter: CheckedContinuation<Exit, Never>) in
            let known: Exit? = state.withLock { state in
                switch state {
                case .exited(let exit):
                    return exit
                case .running(let waiters):
                    state = .running(waiters + [waiter])
                    return nil
                }
            }
            if let known { waiter.resume(returning: known) }
        }
        timer.cancel()
        if (try? await timer.value) == true {
            throw Failure("`\(name)` did not end within \(limit) and was killed")
        }
        return exit
    }

    private static func spawn(
        _ words: [String],
        environment: [String: String],
        streams: Streams,
        leadsSession: Bool
    ) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, streams.input ?? "/dev/null", O_RDONLY, 0)
        for (descriptor, path) in [(Int32(1), streams.output), (2, streams.error)] {
            posix_spawn_file_actions_addopen(
                &actions,
                descriptor,
                path ?? "/dev/null",
                O_WRONLY | O_CREAT | O_APPEND,
                0o600
            )
        }

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        var all = sigset_t()
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        // POSIX_SPAWN_SETSID is a GNU extension that the Glibc module does not have.
        let session: Int32 = leadsSession ? 0x80 : 0
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | session))

        var argv = words.map { strdup($0) } + [nil]
        var envp = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for pointer in argv + envp { free(pointer) } }
        var pid: pid_t = 0
        let code = posix_spawn(&pid, "/bin/sh", &actions, &attributes, &argv, &envp)
        guard code == 0 else { throw Failure.call("posix_spawn", words.joined(separator: " "), errno: code) }
        return pid
    }
}
