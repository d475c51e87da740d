import CGafferSystem
import Glibc
import Testing

@testable import GafferSystem

@Suite("The calls that Swift lacks")
struct KernelTests {
    @Test("wait for a descriptor or a time, and hand the token back")
    func epoll() throws {
        let epoll = Descriptor(owning: gaffer_epoll_create())
        let event = Descriptor(owning: gaffer_eventfd())
        let token = UInt64.max - 5
        #expect(gaffer_epoll_control(epoll.rawValue, EPOLL_CTL_ADD, event.rawValue, EPOLLIN.rawValue, token) == 0)
        var events = [epoll_event](repeating: epoll_event(), count: 4)
        #expect(gaffer_epoll_wait(epoll.rawValue, &events, 4, 0) == 0)
        #expect(gaffer_epoll_wait(epoll.rawValue, &events, 4, 1_000) == 0)
        var one: UInt64 = 1
        #expect(write(event.rawValue, &one, 8) == 8)
        #expect(gaffer_epoll_wait(epoll.rawValue, &events, 4, -1) == 1)
        #expect(events[0].data.u64 == token)
        #expect(gaffer_epoll_control(epoll.rawValue, EPOLL_CTL_DEL, event.rawValue, 0, 0) == 0)
        #expect(gaffer_epoll_wait(epoll.rawValue, &events, 4, 0) == 0)
    }

    @Test("tell a pidfd's end to epoll, and signal through it")
    func pidfd() throws {
        var child = try TestChild(SpawnRequest(program: "/bin/cat"))
        let pidfd = Descriptor(owning: gaffer_pidfd_open(child.osPid))
        let epoll = Descriptor(owning: gaffer_epoll_create())
        #expect(gaffer_epoll_control(epoll.rawValue, EPOLL_CTL_ADD, pidfd.rawValue, EPOLLIN.rawValue, 1) == 0)
        var events = [epoll_event](repeating: epoll_event(), count: 1)
        #expect(gaffer_epoll_wait(epoll.rawValue, &events, 1, 0) == 0)
        #expect(gaffer_pidfd_send_signal(pidfd.rawValue, SIGKILL) == 0)
        #expect(gaffer_epoll_wait(epoll.rawValue, &events, 1, -1) == 1)
        #expect(try child.wait().outcome == .signal(SIGKILL, dumpedCore: false))
        #expect(gaffer_pidfd_send_signal(pidfd.rawValue, SIGKILL) == -1)
        #expect(errno == ESRCH)
    }

    @Test("make descriptors that no program inherits")
    func closeOnExec() throws {
        let pipe = try Pipe().take()
        let signals = sigset_t()
        let numbers = withUnsafePointer(to: signals) { signals in
            [
                gaffer_epoll_create(), gaffer_eventfd(), gaffer_signalfd(-1, signals), gaffer_timerfd(),
                gaffer_memfd("test"), gaffer_duplicate(0, 100), gaffer_pidfd_open(getpid()), gaffer_open_proc(),
                pipe.readEnd, pipe.writeEnd,
            ]
        }
        for number in numbers {
            #expect(number >= 0)
            #expect(fcntl(number, F_GETFD) == FD_CLOEXEC)
            close(number)
        }
        #expect(numbers[5] >= 100)
    }

    @Test("make one end of a pipe non-blocking and leave the other")
    func nonBlocking() throws {
        let pipe = try Pipe()
        try pipe.readEnd.setNonBlocking(true)
        #expect(fcntl(pipe.readEnd.rawValue, F_GETFL) & O_NONBLOCK != 0)
        #expect(fcntl(pipe.writeEnd.rawValue, F_GETFL) & O_NONBLOCK == 0)
        var byte: UInt8 = 0
        #expect(read(pipe.readEnd.rawValue, &byte, 1) == -1)
        #expect(errno == EAGAIN)
        #expect(gaffer_set_pipe_size(pipe.writeEnd.rawValue, 8192) == 8192)
        #expect(gaffer_pipe_size(pipe.readEnd.rawValue) == 8192)
        try pipe.readEnd.setNonBlocking(false)
        #expect(fcntl(pipe.readEnd.rawValue, F_GETFL) & O_NONBLOCK == 0)
    }

    @Test("read signals from a descriptor")
    func signals() async {
        await #expect(processExitsWith: .success) {
            precondition(gaffer_block_signals([SIGUSR1, SIGHUP], 2, 1) == 0)
            var signals = sigset_t()
            sigemptyset(&signals)
            sigaddset(&signals, SIGUSR1)
            sigaddset(&signals, SIGHUP)
            let descriptor = gaffer_signalfd(-1, &signals)
            var numbers = [Int32](repeating: 0, count: 8)
            precondition(gaffer_signalfd_read(descriptor, &numbers, 8) == 0)
            // To this thread, which has them blocked; another of the test runner's may not.
            pthread_kill(pthread_self(), SIGUSR1)
            pthread_kill(pthread_self(), SIGHUP)
            precondition(gaffer_signalfd_read(descriptor, &numbers, 8) == 2)
            precondition(Set(numbers.prefix(2)) == [SIGUSR1, SIGHUP])
        }
    }

    @Test("lock a file against everybody else")
    func lock() throws {
        let folder = try TemporaryFolder()
        let path = try folder.file("lock")
        let first = Descriptor(owning: open(path, O_RDWR | O_CLOEXEC))
        let second = Descriptor(owning: open(path, O_RDWR | O_CLOEXEC))
        #expect(gaffer_lock(first.rawValue) == 0)
        #expect(gaffer_lock(second.rawValue) == -1)
        #expect(errno == EWOULDBLOCK)
        first.close()
        #expect(gaffer_lock(second.rawValue) == 0)
    }

    @Test("fill a buffer with random bytes")
    func random() {
        var bytes = [UInt8](repeating: 0, count: 4096)
        #expect(gaffer_random(&bytes, bytes.count) == 0)
        // A byte value is missing among 4,096 with odds of 1 to 35,000 each; more than ten never are.
        #expect(Set(bytes).count > 245)
    }

    @Test("tell that a pipe is no terminal")
    func terminal() throws {
        let pipe = try Pipe()
        var columns: Int32 = 0
        var rows: Int32 = 0
        #expect(gaffer_terminal_size(pipe.readEnd.rawValue, &columns, &rows) == -1)
    }

    @Test(
        "give an error a text within a sentence",
        arguments: [
            (ENOENT, "no such file or directory"), (EACCES, "permission denied"), (99999, "unknown error 99999"),
        ]
    )
    func text(errno: Int32, expected: String) {
        #expect(SystemError.text(of: errno) == expected)
    }

    @Test("name themselves and what they were called on in their errors")
    func errors() {
        #expect("\(SystemError(errno: EACCES, call: "open", what: "/x"))" == "/x: permission denied (open)")
        #expect("\(SystemError(errno: EMFILE, call: "pipe2"))" == "too many open files (pipe2)")
    }
}
