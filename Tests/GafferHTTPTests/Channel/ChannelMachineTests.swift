import GafferModel
import Testing
import WebServer

@testable import GafferHTTP

@Suite struct ChannelMachineTests {
    private func sub(_ topic: String, _ more: String = "") -> Message {
        .text(#"{"event":"SUB","data":{"topic":"\#(topic)"\#(more)}}"#)
    }

    private func unsub(_ topic: String) -> Message { .text(#"{"event":"UNSUB","data":{"topic":"\#(topic)"}}"#) }

    @Test(
        "Nothing but AUTH is taken of who is nobody",
        arguments: [
            #"{"event":"NOP"}"#, "", "auth:secret", " AUTH:secret", #"{"event":"SUB","data":{"topic":"EVENTS"}}"#,
        ]
    )
    func nobody(text: String) {
        var machine = ChannelMachine(isAuthenticated: false)
        #expect(machine.received(.text(text)) == [.answer(.authenticationRequired(.unauthorized)), .close])
        #expect(machine.received(.text("AUTH:secret")) == [], "too late")
    }

    @Test("A key opens the session, without an answer")
    func login() {
        var machine = ChannelMachine(isAuthenticated: false)
        #expect(machine.received(.text("AUTH:se:cret")) == [.authenticate("se:cret")])
        #expect(machine.received(.text(#"{"event":"NOP"}"#)) == [], "it is still looked up")
        #expect(machine.loginTimedOut() == [], "it came in time")
        #expect(machine.authenticated(true) == [])
        #expect(machine.received(.text(#"{"event":"NOP"}"#)) == [])
        #expect(machine.loginTimedOut() == [])
    }

    @Test("A key that nobody has ends the session")
    func unknownKey() {
        var machine = ChannelMachine(isAuthenticated: false)
        #expect(machine.received(.binary(Array("AUTH:x".utf8))) == [.authenticate("x")])
        #expect(machine.authenticated(false) == [.answer(.authenticationRequired(.forbidden)), .close])
    }

    @Test("Who says nothing is sent away")
    func silence() {
        var machine = ChannelMachine(isAuthenticated: false)
        #expect(machine.loginTimedOut() == [.answer(.authenticationRequired(.unauthorized)), .close])
    }

    @Test("The answers to a failed login are the original's to the letter")
    func loginAnswers() {
        #expect(
            ChannelAnswer.authenticationRequired(.unauthorized).json.text
                == #"{"event":"gaffer:error","data":{"error":"AUTH_REQUIRED","reason":"{\"error\": \"unauthorized\", \"errno\": 401}"}}"#
        )
        #expect(
            ChannelAnswer.authenticationRequired(.forbidden).json.text
                == #"{"event":"gaffer:error","data":{"error":"AUTH_REQUIRED","reason":"{\"error\": \"forbidden\", \"errno\": 403}"}}"#
        )
    }

    @Test("Who is somebody may say a key first, but not later")
    func lateKey() {
        var machine = ChannelMachine(isAuthenticated: true)
        #expect(machine.received(.text("AUTH:a")) == [.authenticate("a")])
        #expect(machine.authenticated(true) == [])
        guard case .answer(.fault(let fault))? = machine.received(.text("AUTH:b")).first else {
            Issue.record("it was taken")
            return
        }
        #expect(fault.reason == .alreadyAuthenticated)

        var other = ChannelMachine(isAuthenticated: true)
        #expect(other.received(.text(#"{"event":"NOP"}"#)) == [])
        #expect(other.received(.text("AUTH:b")).count == 1)
        #expect(other.received(.text("AUTH:b")) != [.authenticate("b")])
    }

    @Test("Subscriptions are counted")
    func counting() throws {
        var machine = ChannelMachine(isAuthenticated: true)
        let first = machine.received(sub("EVENTS"))
        guard case .subscribe(let subscription, _)? = first.last else { throw Unexpected() }
        #expect(machine.received(sub("events")) == [.answer(.subscribed(topic: "events"))], "the same topic")
        #expect(machine.received(unsub("EVENTS")) == [.answer(.subscribed(topic: "EVENTS"))])
        #expect(
            machine.received(unsub("EVENTS")) == [
                .unsubscribe(subscription), .answer(.subscribed(topic: "EVENTS")),
            ]
        )
        #expect(
            machine.received(unsub("EVENTS")) == [.settle(.events(".")), .answer(.subscribed(topic: "EVENTS"))],
            "as the original answered"
        )
        guard case .subscribe(let second, _)? = machine.received(sub("EVENTS")).last else { throw Unexpected() }
        #expect(second.number != subscription.number)
    }

    private struct Unexpected: Error {}

    @Test("The late end of a subscription does not end the next one to the topic")
    func lateEnd() throws {
        var machine = ChannelMachine(isAuthenticated: true)
        guard case .subscribe(let old, _)? = machine.received(sub("PROCESS:1")).last else { throw Unexpected() }
        _ = machine.received(unsub("PROCESS:1"))
        guard case .subscribe(let new, _)? = machine.received(sub("PROCESS:1")).last else { throw Unexpected() }
        let isOldThere = machine.ended(old)
        #expect(!isOldThere)
        #expect(machine.subscriptions == 1)
        let isNewThere = machine.ended(new)
        #expect(isNewThere)
        #expect(machine.subscriptions == 0)
    }

    @Test("A session has so many subscriptions and no more, and may replace one")
    func tooMany() throws {
        var limits = ChannelLimits()
        limits.subscriptions = 2
        var machine = ChannelMachine(isAuthenticated: true, limits: limits)
        for topic in ["PROCESS:1", "PROCESS:2"] { #expect(machine.received(sub(topic)).count == 2) }
        guard case .answer(.notSubscribed(let topic, let fault))? = machine.received(sub("PROCESS:3")).first else {
            throw Unexpected()
        }
        #expect(topic == "PROCESS:3")
        #expect(fault.reason == .tooManySubscriptions)
        _ = machine.received(unsub("PROCESS:1"))
        guard case .subscribe? = machine.received(sub("PROCESS:3")).last else { throw Unexpected() }
    }

    @Test(
        "A subscription that makes no sense is refused with the topic as it was sent",
        arguments: [
            ("Nope", "", "invalid_topic"), ("STREAM:x", "", "invalid_topic"),
            ("STATS:1", #","interval":"often""#, "bad_value"), ("STREAM:1", #","tail":-1"#, "bad_value"),
        ]
    )
    func refused(topic: String, more: String, reason: String) throws {
        var machine = ChannelMachine(isAuthenticated: true)
        guard case .answer(let answer)? = machine.received(sub(topic, more)).first else { throw Unexpected() }
        #expect(answer.json["event"] == "gaffer:subscription_error")
        #expect(answer.json["topic"] == .string(topic))
        #expect(answer.json["data"]?["topic"] == .string(topic))
        #expect(answer.json["data"]?["reason"] == .string(reason))
        #expect(machine.subscriptions == 0)
    }

    @Test("A topic of a megabyte is not sent back")
    func longTopic() throws {
        var machine = ChannelMachine(isAuthenticated: true)
        let long = String(repeating: "x", count: 1_000_000)
        for message in [sub(long), unsub(long)] {
            guard case .answer(let answer)? = machine.received(message).first else { throw Unexpected() }
            #expect(answer.json.encoded().count < 1000)
        }
    }

    @Test("Commands are handed on with the size of their message")
    func command() {
        var machine = ChannelMachine(isAuthenticated: true)
        let text = #"{"event":"CMD","data":{"identity":1,"name":"sessions"}}"#
        #expect(
            machine.received(.text(text)) == [.run(CommandCall(identity: 1, name: "sessions"), size: text.utf8.count)]
        )
    }

    @Test("So many commands wait, or so many bytes of them, but one always may")
    func queue() {
        var limits = ChannelLimits()
        limits.waitingCommands = 2
        limits.waitingBytes = 100
        func call(_ number: Int64) -> CommandCall { CommandCall(identity: .integer(number), name: "x") }
        var queue = CommandQueue(limits: limits)
        var results = [
            queue.append(call(1), size: 10), queue.append(call(2), size: 10), queue.append(call(3), size: 10),
        ]
        #expect(results == [true, true, false])
        let first = queue.next()
        #expect(first?.identity == 1)
        results = [queue.append(call(4), size: 91), queue.append(call(5), size: 90)]
        #expect(results == [false, true])
        let rest = [queue.next(), queue.next(), queue.next()]
        #expect(rest.map { $0?.identity } == [2, 5, nil])
        let isTaken = queue.append(call(6), size: 1000)
        #expect(isTaken)
    }
}
