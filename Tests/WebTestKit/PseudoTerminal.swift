internal import Glibc

/// A program that runs in a terminal of its own, and the terminal's other end.
///
/// The program is killed with the value that owns it.
package final class PseudoTerminal {
    /// How the program ended.
    package enum End: Equatable {
        case code(Int32)
        case signal(Int32)
    }

    /// The kernel's number of the program.
    package let process: Int32
    /// Everything that it wrote so far.
    package private(set) var output: [UInt8] = []

    // What the Glibc module lacks: TIOCSPTLCK, TIOCGPTN and POSIX_SPAWN_SETSID.
    private static let setLock: UInt = 0x4004_5431
    private static let getNumber: UInt = 0x8004_5430
    private static let newSession: Int32 = 0x80

    private let master: Int32
    /// Held open, so that the settings can be read when the program is gone.
    private let slave: Int32
    private var end: End?

    /// Starts a program with the terminal as its input, its output and its messages.
    package init(_ words: [String], environment: [String], columns: Int, rows: Int) {
        master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        var lock: Int32 = 0
        var index: Int32 = 0
        guard master >= 0, ioctl(master, Self.setLock, &lock) == 0, ioctl(master, Self.getNumber, &index) == 0 else {
            preconditionFailure("A terminal can't be made: errno \(errno).")
        }
        let path = "/dev/pts/\(index)"
        slave = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC)
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        // Opened by the leader of a new session, it becomes its terminal.
        posix_spawn_file_actions_addopen(&actions, 0, path, O_RDWR, 0)
        posix_spawn_file_actions_adddup2(&actions, 0, 1)
        posix_spawn_file_actions_adddup2(&actions, 0, 2)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        // What the test's own process ignores, as SIGPIPE, is not ignored by a program that a shell starts.
        var everything = sigset_t()
        sigfillset(&everything)
        posix_spawnattr_setsigdefault(&attributes, &everything)
        var nothing = sigset_t()
        sigemptyset(&nothing)
        posix_spawnattr_setsigmask(&attributes, &nothing)
        posix_spawnattr_setflags(
            &attributes,
            Int16(Self.newSession | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK)
        )
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        var variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup($0) } + [nil]
        var number: Int32 = 0
        var size = winsize(ws_row: UInt16(rows), ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(master, UInt(TIOCSWINSZ), &size)
        let code = posix_spawn(&number, words[0], &actions, &attributes, &arguments, &variables)
        for text in arguments + variables { free(text) }
        posix_spawn_file_actions_destroy(&actions)
        posix_spawnattr_destroy(&attributes)
        guard code == 0 else { preconditionFailure("\(words[0]) can't be started: errno \(code).") }
        process = number
    }

    deinit {
        if end == nil {
            kill(process, SIGKILL)
            _ = waitForEnd()
        }
        close(master)
        close(slave)
    }

    /// The settings of the terminal, as numbers that can be compared.
    package var settings: [UInt32] {
        var settings = termios()
        tcgetattr(slave, &settings)
        return [settings.c_iflag, settings.c_oflag, settings.c_cflag, settings.c_lflag]
    }

    /// Types something.
    package func type(_ text: String) {
        let bytes = Array(text.utf8)
        guard write(master, bytes, bytes.count) == bytes.count else {
            preconditionFailure("The terminal does not take what is typed: errno \(errno).")
        }
    }

    /// Makes the terminal another size, which the program is told.
    package func resize(columns: Int, rows: Int) {
        var size = winsize(ws_row: UInt16(rows), ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(master, UInt(TIOCSWINSZ), &size)
    }

    /// Reads what the program writes until `isEnough` of all of it.
    ///
    /// - Returns: false where a minute was not enough, or the program ended before.
    package func wait(until isEnough: ([UInt8]) -> Bool) -> Bool {
        let start = time(nil)
        while !isEnough(output) {
            guard time(nil) - start < 60 else { return false }
            if read(waiting: 100) { continue }
            guard end == nil else { return isEnough(output) }
            poll(for: &end)
        }
        return true
    }

    /// Waits until the program has ended, and reads the rest of what it wrote.
    package func waitForEnd() -> End? {
        let start = time(nil)
        while end == nil, time(nil) - start < 60 {
            _ = read(waiting: 20)
            poll(for: &end)
        }
        while read(waiting: 0) {}
        return end
    }

    private func poll(for end: inout End?) {
        var status: Int32 = 0
        guard waitpid(process, &status, WNOHANG) == process else { return }
        end = status & 0x7F == 0 ? .code(status >> 8 & 0xFF) : .signal(status & 0x7F)
    }

    private func read(waiting milliseconds: Int32) -> Bool {
        var entry = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
        guard Glibc.poll(&entry, 1, milliseconds) == 1 else { return false }
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = Glibc.read(master, &buffer, buffer.count)
        guard count > 0 else { return false }
        output += buffer[..<count]
        return true
    }

    /// A program that is built beside the tests.
    package static func program(_ name: String) -> String? {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        guard readlink("/proc/self/exe", &buffer, buffer.count - 1) > 0 else { return nil }
        var folder = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)[...]
        while let slash = folder.lastIndex(of: "/") {
            folder = folder[..<slash]
            if access("\(folder)/\(name)", X_OK) == 0 { return "\(folder)/\(name)" }
        }
        return nil
    }
}
