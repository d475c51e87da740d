import Testing

@testable import GafferAuth

@Suite("The throttle of failures")
struct FailureThrottleTests {
    private let client = ClientIdentity.uid(1)

    @Test("After ten failures in a minute the client waits until the first is a minute ago")
    func limit() {
        var throttle = FailureThrottle()
        for second in 0..<10 {
            #expect(throttle.wait(for: client, now: .seconds(second)) == nil)
            throttle.failed(client, now: .seconds(second))
        }
        #expect(throttle.wait(for: client, now: .seconds(10)) == .seconds(50))
        #expect(throttle.wait(for: .uid(2), now: .seconds(10)) == nil)
        #expect(throttle.wait(for: client, now: .seconds(59)) == .seconds(1))
        #expect(throttle.wait(for: client, now: .seconds(60)) == nil)
        throttle.failed(client, now: .seconds(60))
        #expect(throttle.wait(for: client, now: .milliseconds(60_500)) == .milliseconds(500))
        #expect(throttle.wait(for: client, now: .seconds(61)) == nil)
    }

    @Test("Failures that are long ago are forgotten, and so is the client")
    func forgotten() {
        var throttle = FailureThrottle()
        for _ in 0..<1000 { throttle.failed(client, now: .zero) }
        #expect(throttle.wait(for: client, now: .seconds(59)) == .seconds(1))
        #expect(throttle.wait(for: client, now: .seconds(60)) == nil)
        #expect(throttle.clientCount == 0)
    }

    @Test("A crowd of clients is no crowd in memory, and does not push out who has failed last")
    func bounded() {
        var throttle = FailureThrottle()
        for number in 0..<1500 {
            for _ in 0..<10 { throttle.failed(.uid(UInt32(number)), now: .milliseconds(number)) }
        }
        #expect(throttle.clientCount == FailureThrottle.maximumClients)
        #expect(throttle.wait(for: .uid(1499), now: .seconds(5)) != nil)
        #expect(throttle.wait(for: .uid(0), now: .seconds(5)) == nil)
        // All of them are old news when a new one fails.
        throttle.failed(.uid(6000), now: .seconds(100))
        #expect(throttle.clientCount == 1)
    }

    @Test(
        "Addresses of one client are one",
        arguments: [
            ("127.0.0.1", "::ffff:127.0.0.1", true), ("2001:db8:1:2::3", "2001:db8:1:2:ffff::", true),
            ("fe80::1%eth0", "fe80::2", true), ("127.0.0.1", "127.0.0.2", false),
            ("2001:db8:1:2::3", "2001:db8:1:3::3", false), ("nonsense", "other", true),
        ]
    )
    func identities(one: String, other: String, isSame: Bool) {
        #expect((ClientIdentity(address: one) == ClientIdentity(address: other)) == isSame)
    }
}
