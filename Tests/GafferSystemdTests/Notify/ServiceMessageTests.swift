import GafferSystemd
import Testing

@Suite("What systemd is told")
struct ServiceMessageTests {
    @Test(
        "Each message has its line of the protocol",
        arguments: [
            (ServiceMessage.ready, "READY=1"),
            (.reloading(at: .milliseconds(1_500)), "RELOADING=1\nMONOTONIC_USEC=1500000"),
            (.stopping, "STOPPING=1"),
            (.status("3 jobs"), "STATUS=3 jobs"),
            (.status("two\nlines"), "STATUS=two lines"),
            (.watchdog, "WATCHDOG=1"),
            (.extendTimeout(.seconds(15)), "EXTEND_TIMEOUT_USEC=15000000"),
            (.errno(98), "ERRNO=98"),
        ]
    )
    func assignments(message: ServiceMessage, line: String) {
        #expect(message.assignment == line)
    }

    @Test("What waits is sent together, in its order")
    func together() {
        var queue = MessageQueue()
        queue.add([.ready, .status("1 job")])
        #expect(queue.takeNext() == "READY=1\nSTATUS=1 job")
        #expect(queue.takeNext() == nil)
    }

    @Test("Of each kind only the last waits")
    func bounded() {
        var queue = MessageQueue()
        for number in 0..<10_000 { queue.add([.status("\(number)"), .watchdog]) }
        #expect(queue.takeNext() == "STATUS=9999\nWATCHDOG=1")
        #expect(queue.takeNext() == nil)
    }

    @Test("A reload that was over before it was told is told as two states")
    func reload() {
        var queue = MessageQueue()
        queue.add([.reloading(at: .seconds(1)), .status("reloading")])
        queue.add([.ready, .status("done")])
        #expect(queue.takeNext() == "RELOADING=1\nMONOTONIC_USEC=1000000")
        #expect(queue.takeNext() == "READY=1\nSTATUS=done")
        #expect(queue.takeNext() == nil)
    }

    @Test("A second reload does not join the end of the first")
    func twoReloads() {
        var queue = MessageQueue()
        queue.add([.reloading(at: .seconds(1))])
        queue.add([.ready])
        queue.add([.reloading(at: .seconds(2))])
        #expect(queue.takeNext() == "READY=1")
        #expect(queue.takeNext() == "RELOADING=1\nMONOTONIC_USEC=2000000")
    }

    @Test("A notifier sends from another thread, in order, and can be waited for")
    func notifier() {
        let sent = Sent()
        let notifier = ServiceNotifier { sent.add($0) }
        notifier.send(.ready, .status("1 job"))
        #expect(notifier.flush(within: .seconds(60)))
        notifier.send(.stopping)
        #expect(notifier.flush(within: .seconds(60)))
        #expect(sent.all == ["READY=1\nSTATUS=1 job", "STOPPING=1"])
    }
}
