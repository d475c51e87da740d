import GafferModel
import Testing

@Suite("The names of events, and patterns of them")
struct EventPatternTests {
    private static func event(_ kind: Event.Kind, _ job: String = "shop.web") throws -> Event {
        Event(sequence: 1, time: 0, job: try JobName(parsing: job), kind: kind)
    }

    private static let exit = Event.Kind.exit(pid: 7, osPid: 70, status: .unknown, isCommit: false)
    private static let kinds: [Event.Kind] = [
        .load, .unload, .update, .start, .stop, .restart, .reload,
        .spawn(pid: 7, osPid: 70, isCommit: false, isDetached: true), .spawnError(pid: 7, reason: ""),
        .adopt(pid: 7, osPid: 70), .stopProcess(pid: 7, osPid: 70), .reap(pid: 7, osPid: 70),
        .kill(pid: 7, osPid: 70), .signal(pid: 7, osPid: 70, signal: .hangup), exit, .backoff(delay: 0.5),
        .flap(retryIn: nil), .finish, .stray(osPids: [1, 2]),
    ]

    @Test(
        "An event has its word, and names with its job and its process",
        arguments: [
            (.start, "shop.web", ["start", "proc.shop.web.start", "job.shop.web.start"]),
            (.start, "web", ["start", "proc.web.start", "job.default.web.start"]),
            (exit, "shop.web", ["exit", "proc.shop.web.exit", "job.shop.web.exit", "proc.7.exit"]),
            (.load, "web", ["load", "create", "proc.web.load", "proc.web.create", "job.default.web.load"]),
            (
                .unload, "shop.web",
                ["unload", "delete", "proc.shop.web.unload", "proc.shop.web.delete", "job.shop.web.unload"]
            ),
            (
                .stopProcess(pid: 7, osPid: 70), "web",
                [
                    "stop_process", "stop_pid", "proc.web.stop_process", "proc.web.stop_pid",
                    "job.default.web.stop_process", "proc.7.stop_process",
                ]
            ),
        ] as [(Event.Kind, String, [String])]
    )
    func names(kind: Event.Kind, job: String, expected: [String]) throws {
        let event = try Self.event(kind, job)
        #expect(event.names == expected)
        #expect(EventPattern.all.names(of: event) == expected)
    }

    @Test("No event has a name twice, and its words are known", arguments: kinds)
    func unique(kind: Event.Kind) throws {
        for job in ["web", "shop.web", "default.default", "spawn.spawn"] {
            let names = try Self.event(kind, job).names
            #expect(Set(names).count == names.count)
        }
        #expect(Event.Kind.words.contains(kind.word))
        if let former = kind.formerWord { #expect(Event.Kind.words.contains(former)) }
    }

    @Test(
        "A pattern gives the names that it equals or begins",
        arguments: [
            (".", "web", ["exit", "proc.web.exit", "job.default.web.exit", "proc.7.exit"]),
            ("exit", "web", ["exit"]),
            ("exit.", "web", ["exit"]),
            ("exi", "web", []),
            ("Exit", "web", []),
            ("exit.web", "web", []),
            ("spawn", "web", []),
            // The picture of the manual: `gafferctl watch proc.dummy`.
            ("proc.web", "web", ["proc.web.exit"]),
            ("proc.web.", "web", ["proc.web.exit"]),
            ("proc.web.exit", "web", ["proc.web.exit"]),
            ("proc.web.spawn", "web", []),
            ("proc.web.exit.x", "web", []),
            ("proc.we", "web", []),
            ("proc.WEB", "web", []),
            ("proc.default.web", "web", ["proc.web.exit"]),
            ("proc.default.web.exit", "web", ["proc.web.exit"]),
            ("proc.default", "web", ["proc.web.exit"]),
            ("proc.shop.web", "web", []),
            ("proc.shop.web", "shop.web", ["proc.shop.web.exit"]),
            ("proc.shop", "shop.web", ["proc.shop.web.exit"]),
            ("proc.web", "shop.web", []),
            ("job", "web", ["job.default.web.exit"]),
            ("job.web", "web", ["job.default.web.exit"]),
            ("job.web.exit", "web", ["job.default.web.exit"]),
            ("job.default.web", "web", ["job.default.web.exit"]),
            ("job.default.web.exit", "web", ["job.default.web.exit"]),
            ("job.default.web.spawn", "web", []),
            ("job.shop", "shop.web", ["job.shop.web.exit"]),
            ("job.shop.web", "shop.web", ["job.shop.web.exit"]),
            ("job.shop.we", "shop.web", []),
            ("job.web", "shop.web", []),
            ("proc", "web", ["proc.web.exit", "proc.7.exit"]),
            ("proc.7", "web", ["proc.7.exit"]),
            ("proc.7.exit", "web", ["proc.7.exit"]),
            ("proc.7.spawn", "web", []),
            ("proc.7.exit.x", "web", []),
            ("proc.70", "web", []),
            ("proc.07", "web", []),
            ("job.7", "web", []),
            // A job that is called as an event, and a session that is called as a job.
            ("proc.exit", "exit", ["proc.exit.exit"]),
            ("proc.web.exit", "web.exit", ["proc.web.exit.exit"]),
            ("job.default", "default.default", ["job.default.default.exit"]),
        ] as [(String, String, [String])]
    )
    func matching(text: String, job: String, expected: [String]) throws {
        let event = try Self.event(Self.exit, job)
        let pattern = try EventPattern(text)
        #expect(pattern.names(of: event) == expected)
        #expect(pattern.matches(event) == !expected.isEmpty)
    }

    @Test(
        "The former words of 0.4 match",
        arguments: [("create", ["create"]), ("proc.web.create", ["proc.web.create"])]
    )
    func former(text: String, expected: [String]) throws {
        #expect(try EventPattern(text).names(of: Self.event(.load, "web")) == expected)
    }

    @Test(
        "What can be no beginning of a name is refused",
        arguments: [
            "", "..", ".a", "a..b", "a...", "job.\u{0}", "job.a b", "job.*", "jöb", "a\n",
            String(repeating: "a", count: 257),
        ]
    )
    func refused(text: String) {
        let error = #expect(throws: GafferError.self) { try EventPattern(text) }
        #expect(error?.code == .badRequest)
        #expect(error?.message.contains("is no pattern of events") == true)
    }

    @Test(
        "Patterns that no event can have are known",
        arguments: [
            (".", true), ("spawn", true), ("create", true), ("job.x", true), ("proc", true), ("spwan", false),
            ("spawn.x", false),
        ]
    )
    func known(text: String, expected: Bool) throws {
        #expect(try EventPattern(text).isKnown == expected)
    }

    @Test(
        "It is written as it was read, without a dot at its end",
        arguments: [(".", "."), ("a.b.", "a.b"), ("a", "a")]
    )
    func written(text: String, expected: String) throws {
        #expect(try EventPattern(text).description == expected)
    }
}
