import CGafferSystem
import Glibc
import Testing

@testable import GafferSystem

@Suite("What a spawned process inherits")
struct SpawnHygieneTests {
    /// The descriptors of a child that waits for its stdin to be closed.
    private func descriptors(of request: SpawnRequest) throws -> [Int32: String] {
        var child = try TestChild(request)
        #expect(child.readLine() == "ready")
        let found = openDescriptors(of: child.osPid)
        _ = try child.wait()
        return found
    }

    @Test("is no descriptor but 0, 1, 2 and those that are named")
    func descriptors() throws {
        // Not close-on-exec, as those of a careless library.
        let careless = Descriptor(owning: dup(2))
        let named = try Pipe()
        #expect(careless.rawValue >= 0)
        var request = script("echo ready; read line")
        #expect(try descriptors(of: request).keys.sorted() == [0, 1, 2])

        request.descriptors = [
            .init(source: named.writeEnd.rawValue, target: 7), .init(source: named.readEnd.rawValue, target: 12),
        ]
        let found = try descriptors(of: request)
        #expect(found.keys.sorted() == [0, 1, 2, 7, 12])
        #expect(found[2] == "/dev/null")
        #expect(found[7] == openDescriptors()[named.writeEnd.rawValue])
        #expect(found[12] == found[7])
    }

    @Test("are descriptors in their places even where these cross")
    func crossing() throws {
        let pairs = [try Pipe().take(), try Pipe().take(), try Pipe().take()]
        defer {
            for pair in pairs {
                close(pair.readEnd)
                close(pair.writeEnd)
            }
        }
        let numbers = pairs.map(\.writeEnd)
        let names = openDescriptors()
        var request = script("echo ready; read line")
        // A ring: each takes the place of the next; and one stays in its own.
        request.descriptors = [
            .init(source: numbers[0], target: numbers[1]), .init(source: numbers[1], target: numbers[0]),
            .init(source: numbers[2], target: numbers[2]), .init(source: SpawnRequest.Placement.null, target: 200),
        ]
        let found = try descriptors(of: request)
        #expect(found.keys.sorted() == ([0, 1, 2, 200] + numbers).sorted())
        #expect(found[numbers[1]] == names[numbers[0]])
        #expect(found[numbers[0]] == names[numbers[1]])
        #expect(found[numbers[2]] == names[numbers[2]])
        #expect(found[200] == "/dev/null")
    }

    @Test("is /dev/null where nothing is named")
    func null() throws {
        var request = script("(echo ready >&5); (cat <&6)")
        let out = try Pipe()
        let into = try Pipe().take()
        let intoRead = Descriptor(owning: into.readEnd)
        let intoWrite = Descriptor(owning: into.writeEnd)
        request.descriptors = [
            .init(source: out.writeEnd.rawValue, target: 5), .init(source: intoRead.rawValue, target: 6),
        ]
        let process = try Spawner().spawn(request)
        var ready = [UInt8](repeating: 0, count: 6)
        #expect(read(out.readEnd.rawValue, &ready, 6) == 6)
        let found = openDescriptors(of: process.osPid)
        #expect(found[0] == "/dev/null")
        #expect(found[1] == "/dev/null")
        #expect(found[2] == "/dev/null")
        intoWrite.close()
        _ = try ChildExit.wait(pidfd: process.pidfd.rawValue)
    }

    @Test("is no blocked, ignored or handled signal")
    func signals() async {
        await #expect(processExitsWith: .success) {
            signal(SIGPIPE, SIG_IGN)
            signal(SIGUSR2, SIG_IGN)
            signal(realTimeSignal, SIG_IGN)
            signal(SIGHUP, { _ in })
            // libdispatch blocks most signals on its threads, and this is one of them.
            precondition(gaffer_block_signals([SIGHUP, SIGUSR2], 2, 0) == 0)
            precondition(gaffer_block_signals([SIGUSR1, SIGTERM], 2, 1) == 0)

            let status = try run(SpawnRequest(program: "/bin/cat", arguments: ["/proc/self/status"])).output
            for name in ["SigBlk", "SigIgn", "SigCgt"] {
                precondition(statusLine(name, in: status) == "0000000000000000", "\(name): \(status)")
            }
            // And ours are as before.
            var blocked = sigset_t()
            pthread_sigmask(SIG_BLOCK, nil, &blocked)
            precondition(sigismember(&blocked, SIGUSR1) == 1 && sigismember(&blocked, SIGUSR2) == 0)
            var action = sigaction()
            sigaction(SIGUSR2, nil, &action)
            precondition(unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == 1)
        }
    }
}

/// Past those that libc keeps for itself.
private let realTimeSignal: Int32 = 35
