import Testing

@testable import WebChannels

@Suite("One session of SockJS")
struct SockJSSessionTests {
    private let start = ContinuousClock.now
    private var session: SockJSSession

    init() {
        var configuration = SockJSConfiguration()
        configuration.waitingBytes = 10
        configuration.waitingBytesLimit = 20
        configuration.unreadBytes = 40
        session = SockJSSession(configuration, at: start)
    }

    private func at(_ seconds: Int) -> ContinuousClock.Instant { start + .seconds(seconds) }

    private mutating func send(_ text: String, at seconds: Int = 0) -> Bool {
        session.send(
            { waiting in
                if !waiting.isEmpty { waiting.append(UInt8(ascii: ",")) }
                SockJSText.appendQuoted(Array(text.utf8), to: &waiting)
            },
            at: at(seconds)
        )
    }

    private func messages(_ text: String) -> SockJSSession.Delivery { .frame(.messages(Array(text.utf8))) }

    @Test("The first frame opens, even where messages wait already")
    mutating func opening() {
        #expect(send("x"))
        #expect(session.attach(1, at: at(0)) == .attached)
        #expect(session.takeFrame(for: 1, at: at(0)) == .frame(.open))
        #expect(session.takeFrame(for: 1, at: at(0)) == messages(#""x""#))
        #expect(session.takeFrame(for: 1, at: at(0)) == .nothing)
        #expect(!session.hasFrame(for: 1))
    }

    @Test("All that waits goes in one frame")
    mutating func batch() {
        _ = session.takeFrameAtOnce(at: at(0))
        #expect(send("a"))
        #expect(send("b"))
        #expect(session.takeFrameAtOnce(at: at(1)) == .messages(Array(#""a","b""#.utf8)))
        #expect(session.takeFrameAtOnce(at: at(1)) == nil)
    }

    @Test("Only one connection receives; another is told so, and the first goes on")
    mutating func twoConnections() {
        #expect(session.attach(1, at: at(0)) == .attached)
        #expect(session.attach(2, at: at(0)) == .refused(.anotherConnection))
        #expect(session.takeFrameAtOnce(at: at(0)) == .close(.anotherConnection))
        #expect(session.takeFrame(for: 2, at: at(0)) == .ended)
        session.release(2, at: at(0))
        session.interrupt(2, at: at(0))
        #expect(session.takeFrame(for: 1, at: at(0)) == .frame(.open))
        session.release(1, at: at(0))
        #expect(session.attach(3, at: at(0)) == .attached)
    }

    @Test("A heartbeat is due when nothing was sent for long, once, and counted anew from each frame")
    mutating func heartbeat() {
        _ = session.attach(1, at: at(0))
        _ = session.takeFrame(for: 1, at: at(3))
        #expect(session.deadline == at(28))
        session.tick(at: at(27))
        #expect(session.takeFrame(for: 1, at: at(27)) == .nothing)
        session.tick(at: at(28))
        #expect(session.deadline == nil)
        #expect(session.takeFrame(for: 1, at: at(29)) == .frame(.heartbeat))
        #expect(session.takeFrame(for: 1, at: at(29)) == .nothing)
        #expect(session.deadline == at(54))
    }

    @Test("A session that no connection fetches from is forgotten after the delay")
    mutating func forgotten() {
        _ = session.takeFrameAtOnce(at: at(0))
        #expect(session.deadline == at(5))
        _ = session.takeFrameAtOnce(at: at(4))
        #expect(session.deadline == at(9))
        session.tick(at: at(8))
        #expect(session.isOpen)
        session.tick(at: at(9))
        #expect(session.isForgotten && session.isClosed && !session.isOpen)
        #expect(session.deadline == nil)
        #expect(!send("x", at: 9))
    }

    @Test("A session whose client never fetches anything is forgotten as well")
    mutating func neverFetched() {
        #expect(session.deadline == at(5))
        session.tick(at: at(5))
        #expect(session.isForgotten)
    }

    @Test("A short delay does not end a session before its first connection had the time to fetch")
    func firstFetch() {
        var configuration = SockJSConfiguration()
        configuration.disconnectDelay = .milliseconds(50)
        var session = SockJSSession(configuration, at: at(0))
        session.tick(at: at(4))
        #expect(session.takeFrameAtOnce(at: at(4)) == .open)
        session.tick(at: at(5))
        #expect(session.isForgotten)
    }

    @Test("What was sent before the end arrives before it; then the end is told until the session is forgotten")
    mutating func closing() {
        _ = session.takeFrameAtOnce(at: at(0))
        #expect(send("last"))
        session.close(.goAway)
        session.close(SockJSClosing(4000, "too late"))
        #expect(!session.isOpen && !session.isClosed)
        #expect(!send("more"))
        #expect(session.accept(["x"]) == .ended)
        #expect(session.takeFrameAtOnce(at: at(1)) == .messages(Array(#""last""#.utf8)))
        #expect(session.takeFrameAtOnce(at: at(2)) == .close(.goAway))
        #expect(session.isClosed)
        #expect(session.takeFrameAtOnce(at: at(3)) == .close(.goAway))
        #expect(session.deadline == at(7))
        session.tick(at: at(7))
        #expect(session.isForgotten)
    }

    @Test("An end before the first frame still comes after the opening")
    mutating func closedAtOnce() {
        session.close(.goAway)
        #expect(session.takeFrameAtOnce(at: at(0)) == .open)
        #expect(session.takeFrameAtOnce(at: at(0)) == .close(.goAway))
    }

    @Test("A connection that breaks ends the session, and what waited is let go")
    mutating func interrupted() {
        _ = session.attach(1, at: at(0))
        _ = session.takeFrame(for: 1, at: at(0))
        #expect(session.accept(["read me"]) == .accepted)
        session.interrupt(1, at: at(1))
        #expect(session.isClosed)
        #expect(session.takeFrameAtOnce(at: at(1)) == .close(.interrupted))
        #expect(!send("x", at: 1))
        // The application still gets what came before.
        #expect(session.takeMessage() == "read me")
        #expect(session.takeMessage() == nil)
        session.tick(at: at(6))
        #expect(session.isForgotten)
    }

    @Test("Senders have to wait beyond a limit, and beyond another the session ends")
    mutating func slowClient() {
        #expect(send("12345678"))
        #expect(!session.takesMore)
        #expect(send("123456789"))
        #expect(!send("x", at: 1))
        #expect(session.isClosed)
        #expect(session.takeFrameAtOnce(at: at(1)) == .close(.tooSlow))
    }

    @Test("A connection that receives is told when its session ends under it")
    mutating func slowWhileAttached() {
        _ = session.attach(1, at: at(0))
        _ = session.takeFrame(for: 1, at: at(0))
        #expect(send("12345678901234567890"))
        #expect(!send("x"))
        #expect(session.hasFrame(for: 1))
        #expect(session.takeFrame(for: 1, at: at(0)) == .frame(.close(.tooSlow)))
    }

    @Test("A client has to wait while the application does not read")
    mutating func slowApplication() {
        #expect(session.accept(["12345678", "12345678"]) == .accepted)
        #expect(!session.isRead)
        #expect(session.accept(["x"]) == .refused)
        #expect(session.takeMessage() == "12345678")
        #expect(session.isRead)
        #expect(session.accept([""]) == .accepted)
        #expect(session.takeMessage() == "12345678")
        #expect(session.takeMessage() == "")
        #expect(session.takeMessage() == nil)
        #expect(!session.hasMessage)
    }

    @Test("Whatever happens in whichever order, a session ends for good and keeps within its limits")
    mutating func anything() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<300 {
            var session = SockJSSession(SockJSConfiguration(), at: start)
            var seconds = 0
            var wasClosed = false
            for _ in 0..<200 {
                seconds += Int.random(in: 0...6, using: &random)
                let now = at(seconds)
                switch Int.random(in: 0..<10, using: &random) {
                case 0: _ = session.attach(Int.random(in: 1...3), at: now)
                case 1: _ = session.takeFrame(for: Int.random(in: 1...3), at: now)
                case 2: _ = session.takeFrameAtOnce(at: now)
                case 3: session.release(Int.random(in: 1...3), at: now)
                case 4: if Int.random(in: 0..<5) == 0 { session.interrupt(Int.random(in: 1...3), at: now) }
                case 5: _ = session.send({ $0.append(contentsOf: [0x22, 0x22]) }, at: now)
                case 6: _ = session.accept(["x"])
                case 7: _ = session.takeMessage()
                case 8: if Int.random(in: 0..<10) == 0 { session.close(.goAway) }
                default: if let deadline = session.deadline, deadline <= now { session.tick(at: now) }
                }
                if wasClosed { #expect(session.isClosed) }
                wasClosed = session.isClosed
                #expect(!(session.isOpen && session.isClosed))
                if session.isForgotten { #expect(session.isClosed && session.deadline == nil) }
            }
            // Without a connection that receives, time alone ends it.
            for receiver in 0...3 { session.release(receiver, at: at(seconds)) }
            session.tick(at: at(seconds + 5))
            #expect(session.isForgotten)
        }
    }
}
