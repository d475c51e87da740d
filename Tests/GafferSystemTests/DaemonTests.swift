import CGafferSystem
import Glibc
import Testing

@testable import GafferSystem

/// The caller of `gaffer_daemonize` is the process of an exit test; the daemon reports and leaves at once.
@Suite("Going to the background")
struct DaemonTests {
    @Test("ends the caller with 0 once the daemon is ready")
    func ready() async {
        await #expect(processExitsWith: .success) {
            var pipe: Int32 = -1
            if gaffer_daemonize(&pipe) == 0 {
                gaffer_daemon_is_ready(pipe)
                _exit(9)
            }
        }
    }

    @Test("ends the caller with the daemon's code and text")
    func failed() async {
        let result = await #expect(processExitsWith: .exitCode(7), observing: [\.standardErrorContent]) {
            var pipe: Int32 = -1
            if gaffer_daemonize(&pipe) == 0 {
                gaffer_daemon_failed(pipe, 7, "the port is taken")
                _exit(9)
            }
        }
        let text = result.map { String(decoding: $0.standardErrorContent, as: UTF8.self) }
        #expect(text?.contains("the port is taken\n") == true)
    }

    @Test("ends the caller with 1 where the daemon dies before it is ready")
    func died() async {
        let result = await #expect(processExitsWith: .exitCode(1), observing: [\.standardErrorContent]) {
            var pipe: Int32 = -1
            if gaffer_daemonize(&pipe) == 0 { _exit(0) }
        }
        let text = result.map { String(decoding: $0.standardErrorContent, as: UTF8.self) }
        #expect(text?.contains("the daemon ended before it was ready") == true)
    }

    @Test("leads no session, has no terminal, umask 022 and /dev/null")
    func state() async {
        await #expect(processExitsWith: .exitCode(31)) {
            var pipe: Int32 = -1
            umask(0)
            let caller = getsid(0)
            if gaffer_daemonize(&pipe) == 0 {
                var code: Int32 = 31
                if getsid(0) == caller || getsid(0) == getpid() { code = 32 }
                if umask(0) != 0o022 { code = 33 }
                if linkTarget("/proc/self/fd/0") != "/dev/null" { code = 34 }
                if linkTarget("/proc/self/fd/1") != "/dev/null" { code = 35 }
                gaffer_daemon_failed(pipe, code, nil)
                _exit(0)
            }
        }
    }
}
