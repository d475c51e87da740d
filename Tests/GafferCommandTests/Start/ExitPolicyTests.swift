import GafferModel
import Testing

@testable import gaffer

@Suite("When gaffer start ends")
struct ExitPolicyTests {
    private static func policy(
        _ restart: ForegroundPlan.Restart = .never,
        mayEnd: Set<String> = [],
        isWatching: Bool = false
    ) -> ExitPolicy {
        var policy = ExitPolicy(
            restart: restart,
            mayEnd: mayEnd,
            types: ["web", "worker"],
            isWatching: isWatching
        )
        for (pid, name) in [(1, "web"), (2, "worker.1"), (3, "worker.2")] {
            #expect(policy.take(.started(pid: pid, name: name)) == [])
        }
        return policy
    }

    /// The exit code at the end, where it comes to one; everything is stopped at most once.
    private static func code(_ policy: inout ExitPolicy, _ inputs: [ExitPolicy.Input]) -> Int32? {
        var code: Int32?
        var stops = 0
        for action in inputs.flatMap({ policy.take($0) }) {
            switch action {
            case .stopAll:
                stops += 1
                for action in policy.take(.stopped) {
                    if case .end(let given) = action { code = given }
                }
            case .say, .killAll, .end: break
            }
        }
        #expect(stops <= 1)
        return code
    }

    @Test(
        "one that ends takes the others with it, and its exit code is handed on",
        arguments: [
            (.code(0), 0), (.code(3), 3), (.signal(.terminate), 143), (.outOfMemory, 137), (.unknown, 1),
        ] as [(GafferModel.ExitStatus, Int32)]
    )
    func foreman(status: GafferModel.ExitStatus, code: Int32) {
        var policy = Self.policy()
        #expect(Self.code(&policy, [.exited(pid: 1, type: "web", status)]) == code)
    }

    @Test("what ends first gives the exit code")
    func first() {
        var policy = Self.policy()
        let actions = policy.take(.exited(pid: 2, type: "worker", .code(7)))
        #expect(actions == [.say("worker.1 has ended with exit code 7: stopping the others"), .stopAll])
        #expect(policy.take(.exited(pid: 1, type: "web", .code(1))) == [])
        #expect(policy.take(.signal(15)) == [])
        #expect(policy.take(.stopped) == [.end(code: 7)])
        #expect(policy.take(.stopped) == [])
    }

    @Test("one that can't be started is as one that ended", arguments: [(true, 127), (false, 126)] as [(Bool, Int32)])
    func unstarted(isMissing: Bool, code: Int32) {
        var policy = Self.policy()
        #expect(Self.code(&policy, [.failedToStart(type: "web", name: "web", isMissing: isMissing)]) == code)
    }

    @Test(
        "what may end alone ends nothing",
        arguments: [
            (.never, ["web"]), (.onFailure, []), (.always, []),
        ] as [(ForegroundPlan.Restart, Set<String>)]
    )
    func alone(restart: ForegroundPlan.Restart, mayEnd: Set<String>) {
        var policy = Self.policy(restart, mayEnd: mayEnd)
        #expect(policy.take(.exited(pid: 1, type: "web", .code(1))) == [])
        #expect(policy.take(.finished(type: "web")) == [])
        #expect(policy.remaining == ["worker.1", "worker.2"])
    }

    @Test("where all have ended alone, the first failure is the exit code")
    func allEnded() {
        var policy = Self.policy(mayEnd: ["web", "worker"])
        let code = Self.code(
            &policy,
            [
                .exited(pid: 2, type: "worker", .code(0)), .exited(pid: 1, type: "web", .code(5)),
                .finished(type: "web"), .exited(pid: 3, type: "worker", .code(6)), .finished(type: "worker"),
            ]
        )
        #expect(code == 5)
    }

    @Test("where all have ended with success, so has gaffer")
    func success() {
        var policy = Self.policy(.onFailure)
        #expect(policy.take(.exited(pid: 1, type: "web", .code(4))) == [])
        #expect(Self.code(&policy, [.finished(type: "web"), .finished(type: "worker")]) == 0)
    }

    @Test("with --watch, what has ended waits for a change")
    func watching() {
        var policy = Self.policy(mayEnd: ["web", "worker"], isWatching: true)
        #expect(policy.take(.finished(type: "web")) == [])
        #expect(
            policy.take(.finished(type: "worker")) == [.say("all processes have ended; waiting for a file to change")]
        )
        #expect(policy.take(.restarted(type: "web")) == [])
        #expect(policy.take(.finished(type: "web")).count == 1)
    }

    @Test("one that was told to leave takes nobody with it")
    func asked() {
        var policy = Self.policy()
        #expect(policy.take(.asked(pid: 1)) == [])
        #expect(policy.take(.exited(pid: 1, type: "web", .signal(.terminate))) == [])
        #expect(!policy.isStopping)
    }

    @Test(
        "a signal stops all, and tells who is waited for",
        arguments: [(2, 130), (15, 143), (1, 129)] as [(Int32, Int32)]
    )
    func signals(number: Int32, code: Int32) {
        var policy = Self.policy()
        #expect(
            policy.take(.signal(number))
                == [.stopAll, .say("waiting for web, worker.1, worker.2; Ctrl-C again kills them")]
        )
        #expect(policy.take(.exited(pid: 1, type: "web", .code(0))) == [])
        #expect(policy.take(.stopped) == [.end(code: code)])
    }

    @Test("a second Ctrl-C kills what is left, once")
    func twice() {
        var policy = Self.policy()
        _ = policy.take(.signal(2))
        _ = policy.take(.exited(pid: 1, type: "web", .code(0)))
        #expect(policy.take(.signal(2)) == [.say("killing worker.1, worker.2"), .killAll])
        #expect(policy.take(.signal(2)) == [])
        #expect(policy.take(.stopped) == [.end(code: 130)])
    }

    @Test("SIGTERM does not become a kill by being repeated", arguments: [1, 15] as [Int32])
    func repeated(number: Int32) {
        var policy = Self.policy()
        _ = policy.take(.signal(number))
        #expect(policy.take(.signal(number)) == [])
    }

    @Test("SIGQUIT kills at once")
    func quit() {
        var policy = Self.policy()
        #expect(policy.take(.signal(3)) == [.say("killing web, worker.1, worker.2"), .stopAll, .killAll])
        #expect(policy.take(.stopped) == [.end(code: 131)])
    }

    @Test(
        "an output that can't be written stops all",
        arguments: [(32, 141), (5, 141), (28, 1)] as [(Int32, Int32)]
    )
    func output(error: Int32, code: Int32) {
        var policy = Self.policy()
        #expect(policy.take(.outputFailed(error)) == [.stopAll])
        #expect(policy.take(.outputFailed(error)) == [])
        #expect(policy.take(.stopped) == [.end(code: code)])
    }
}
