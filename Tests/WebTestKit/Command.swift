internal import Glibc

/// Other programs that tests need.
package enum Command {
    /// Runs a line of the shell without output; its exit code.
    package static func run(_ line: String) -> Int32 {
        let (process, input, output) = start(["sh", "-c", line])
        close(input)
        var byte: UInt8 = 0
        while Glibc.read(output, &byte, 1) == 1 {}
        close(output)
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        return status == 0 ? 0 : status >> 8 & 0xFF | (status & 0x7F)
    }

    /// Starts a program.
    ///
    /// - Returns: its process, the writing end of its input and the reading end of its output; both are the caller's.
    package static func start(_ words: [String]) -> (process: Int32, input: Int32, output: Int32) {
        let (childInput, input) = makePipe()
        let (output, childOutput) = makePipe()
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawn_file_actions_adddup2(&actions, childInput, STDIN_FILENO)
        posix_spawn_file_actions_adddup2(&actions, childOutput, STDOUT_FILENO)
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        var process: Int32 = 0
        let code = posix_spawnp(&process, words[0], &actions, nil, &arguments, environ)
        for argument in arguments { free(argument) }
        posix_spawn_file_actions_destroy(&actions)
        close(childInput)
        close(childOutput)
        guard code == 0 else { preconditionFailure("\(words[0]) can't be started: errno \(code).") }
        return (process, input, output)
    }

    /// A pipe that no child inherits by chance.
    private static func makePipe() -> (reader: Int32, writer: Int32) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { preconditionFailure("A pipe can't be made: errno \(errno).") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }
}
