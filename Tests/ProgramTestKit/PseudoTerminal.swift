import Glibc
import Synchronization

/// A terminal whose user is the test.
package final class PseudoTerminal: Sendable {
    /// The descriptors of the test's side; nil: the terminal was closed.
    private struct Ends {
        var master: Int32
        /// Open while no program has the terminal, so that there is no end before the beginning.
        var keeper: Int32
        /// Closed to end the thread that reads.
        var stopper: Int32
    }

    /// What programs have as their terminal.
    package let path: String
    /// What they have shown so far.
    package let screen: Record

    private let ends: Mutex<Ends?>

    /// Makes a terminal of 80 columns.
    ///
    /// - Parameter record: the path of the file in which ``screen`` is kept.
    package init(record: String) throws {
        let master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        guard master >= 0 else { throw Failure.call("open", "/dev/ptmx", errno: errno) }
        // What grantpt, unlockpt and ptsname do, which the Glibc module does not have: TIOCSPTLCK and TIOCGPTN.
        var isLocked: Int32 = 0
        var number: UInt32 = 0
        guard ioctl(master, 0x4004_5431, &isLocked) == 0, ioctl(master, 0x8004_5430, &number) == 0 else {
            throw Failure.call("ioctl", "/dev/ptmx", errno: errno)
        }
        path = "/dev/pts/\(number)"
        screen = try Record(path: record, name: "the terminal")
        var size = winsize(ws_row: 24, ws_col: 80, ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(master, UInt(TIOCSWINSZ), &size)
        var stop: [Int32] = [-1, -1]
        guard pipe(&stop) == 0 else { throw Failure.call("pipe", "a terminal", errno: errno) }
        for descriptor in stop { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        let keeper = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC)
        guard keeper >= 0 else { throw Failure.call("open", path, errno: errno) }
        // Lines end with a line feed alone: a carriage return before it is one of the program's.
        var mode = termios()
        tcgetattr(keeper, &mode)
        mode.c_oflag &= ~tcflag_t(ONLCR)
        tcsetattr(keeper, TCSANOW, &mode)
        ends = Mutex(Ends(master: master, keeper: keeper, stopper: stop[1]))
        let (reader, stopped) = (fcntl(master, F_DUPFD_CLOEXEC, 3), stop[0])
        startThread { PseudoTerminal.copy(from: reader, to: record, until: stopped) }
    }

    deinit {
        hangUp()
    }

    /// Closes the terminal, as its window would be closed.
    package func hangUp() {
        let ends = ends.withLock { ends in
            defer { ends = nil }
            return ends
        }
        guard let ends else { return }
        close(ends.stopper)
        close(ends.keeper)
        close(ends.master)
    }

    /// Types keys.
    package func type(_ keys: String) {
        let bytes = Array(keys.utf8)
        ends.withLock { ends in
            if let ends { _ = write(ends.master, bytes, bytes.count) }
        }
    }

    /// Starts a program in a session of its own on this terminal.
    package func run(
        _ program: String,
        _ arguments: [String],
        environment: [String: String],
        directory: String
    ) throws -> Child {
        try Child(
            program,
            arguments,
            environment: environment.merging(["TERM": "xterm"]) { $1 },
            directory: directory,
            streams: .init(input: path, output: path, error: path),
            leadsSession: true
        )
    }

    /// What was shown, a line each.
    package var lines: [String] { screen.lines }

    /// Writes to a file what comes from the terminal, until somebody hangs up.
    private static func copy(from reader: Int32, to record: String, until stopped: Int32) {
        let file = open(record, O_WRONLY | O_APPEND | O_CLOEXEC)
        defer { for descriptor in [file, reader, stopped] { close(descriptor) } }
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            var entries = [reader, stopped].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
            guard poll(&entries, 2, -1) > 0 else { continue }
            if entries[0].revents & Int16(POLLIN) != 0 {
                let count = read(reader, &buffer, buffer.count)
                if count > 0 { _ = write(file, buffer, count) }
                if count < 0, errno != EINTR { return }
            }
            if entries[1].revents != 0 { return }
        }
    }
}
