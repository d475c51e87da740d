import GafferModel
import Glibc
import ProgramTestKit
import Synchronization
import Testing

/// A machine with a real systemd and an installed gaffer, booted for one test.
final class Machine: Sendable {
    private struct State {
        var lastRequest = 0
        var waiting: [Int: CheckedContinuation<JSON, any Error>] = [:]
        /// Why no further answer will come.
        var end: String?
    }

    private let child: Child
    private let scratch: ScratchDirectory
    private let requests: Int32
    private let state = Mutex(State())
    private let sending = Mutex(())

    /// Boots one, lends it, and ends it with all that runs in it.
    ///
    /// - Parameter isInstalled: whether gaffer is installed in it, below /usr.
    static func with<Value>(
        _ kind: MachineKind = .box,
        isInstalled: Bool = true,
        _ body: (Machine) async throws -> Value
    ) async throws -> Value {
        let scratch = try ScratchDirectory()
        let outcome: Result<Value, any Error>
        do {
            outcome = .success(try await boot(kind, scratch, isInstalled: isInstalled, body))
        } catch {
            outcome = .failure(error)
        }
        try await scratch.remove()
        return try outcome.get()
    }

    private static func boot<Value>(
        _ kind: MachineKind,
        _ scratch: ScratchDirectory,
        isInstalled: Bool,
        _ body: (Machine) async throws -> Value
    ) async throws -> Value {
        try scratch.makeFolder("tree")
        if isInstalled { try await install(into: scratch("tree")) }
        let machine = try await Machine(kind, scratch: scratch)
        do {
            if getenv("GAFFER_TEST_WITHOUT_SWIFT") != nil { try await machine.hideSwift() }
            if isInstalled {
                // What `make install` does itself where it installs into the system that runs.
                try await machine("systemd-sysusers gaffer.conf && systemd-tmpfiles --create gaffer.conf")
                try await machine("journalctl --update-catalog")
            }
            let value = try await body(machine)
            try await machine.end()
            return value
        } catch {
            let journal = await machine.journalTail
            // The first error tells more than what ending might add.
            try? await machine.end()
            throw Failure("\(error)\n--- the journal:\n\(journal)")
        }
    }

    /// For programs that have to run where no Swift is installed.
    private func hideSwift() async throws {
        for folder in Project.swiftLibraries() { try await self("mount -t tmpfs -o ro nothing '\(folder)'") }
    }

    /// Does what a packager does.
    private static func install(into tree: String) async throws {
        let make = try await runTool(
            "/usr/bin/make",
            ["--no-print-directory", "install", "DESTDIR=\(tree)", "PREFIX=/usr", "PROGRAMS=\(try Programs.folder())"],
            environment: baseEnvironment(home: "/"),
            directory: Project.folder
        )
        guard make.code == 0 else { throw Failure("make install: \(make.all)") }
    }

    private init(_ kind: MachineKind, scratch: ScratchDirectory) async throws {
        self.scratch = scratch
        for name in ["requests", "answers"] {
            guard mkfifo(scratch(name), 0o600) == 0 else { throw Failure.call("mkfifo", name, errno: errno) }
        }
        // Both ways, since a writer alone would wait for the reader, who is not started yet.
        requests = open(scratch("requests"), O_RDWR | O_CLOEXEC)
        let answers = open(scratch("answers"), O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard requests >= 0, answers >= 0 else { throw Failure.call("open", scratch.path, errno: errno) }
        let words =
            kind.command(tree: scratch("tree"), shown: try Project.neededFolders())
            + ["/usr/bin/python3", Project.script("agent.py")]
        child = try Child(
            words[0],
            Array(words.dropFirst()),
            environment: ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"],
            directory: "/",
            streams: .init(input: scratch("requests"), output: scratch("answers"), error: scratch("errors"))
        )
        _ = fcntl(answers, F_SETFL, 0)
        do {
            // The agent's greeting is the answer to a request with the number 0, which nobody makes.
            _ = try await withCheckedThrowingContinuation { waiter in
                state.withLock { $0.waiting[0] = waiter }
                startThread { [self] in readAnswers(answers) }
            }
        } catch {
            // No `end()`: the initialiser has not made an object that could be ended.
            child.signal(SIGTERM)
            try await child.exit()
            close(requests)
            throw error
        }
    }

    /// Sends a request to the agent, and gives its answer.
    func ask(_ members: [JSON.Member]) async throws -> JSON {
        try await withCheckedThrowingContinuation { waiter in
            let message: [UInt8]? = state.withLock { state in
                if let end = state.end {
                    waiter.resume(throwing: Failure(end))
                    return nil
                }
                state.lastRequest += 1
                state.waiting[state.lastRequest] = waiter
                return JSON.object([.init("id", .integer(Int64(state.lastRequest)))] + members).encoded() + [10]
            }
            guard let message else { return }
            send(message)
        }
    }

    /// Whole messages: what is longer than a pipe's atomic write would be mixed with that of another task.
    private func send(_ message: [UInt8]) {
        sending.withLock { _ in
            var sent = 0
            while sent < message.count {
                let count = message[sent...].withUnsafeBytes { Glibc.write(requests, $0.baseAddress, $0.count) }
                if count > 0 { sent += count } else if errno != EINTR { break }
            }
        }
    }

    /// Ends it: the end of its requests ends the agent, and the end of the agent's unit the machine.
    private func end() async throws {
        close(requests)
        let exit = try await child.exit()
        guard exit == .code(0) else { throw Failure("the machine ended with \(exit): \(readText(scratch("errors")))") }
    }

    private func readAnswers(_ descriptor: Int32) {
        defer { close(descriptor) }
        var pending: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = buffer.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
            if count == -1, errno == EINTR { continue }
            guard count > 0 else { break }
            pending += buffer[..<count]
            while let end = pending.firstIndex(of: 10) {
                take(Array(pending[..<end]))
                pending.removeFirst(end + 1)
            }
        }
        let waiting = state.withLock { state in
            state.end = "the machine has ended: \(readText(scratch("errors")))"
            defer { state.waiting = [:] }
            return state.waiting.values.map { ($0, state.end ?? "") }
        }
        for (waiter, reason) in waiting { waiter.resume(throwing: Failure(reason)) }
    }

    private func take(_ line: [UInt8]) {
        // What is no answer is a message of the kernel or of systemd on a virtual machine's line.
        guard let answer = try? JSON(parsing: line), let number = answer["id"]?.intValue else { return }
        state.withLock { $0.waiting.removeValue(forKey: number) }?.resume(returning: answer)
    }

    private var journalTail: String {
        get async {
            let run = try? await run("journalctl --no-pager -n 80 -o short-precise", within: 20)
            return run?.output ?? readText(scratch("errors"))
        }
    }
}
