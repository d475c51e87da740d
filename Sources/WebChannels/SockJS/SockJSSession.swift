/// Decides what becomes of one session of SockJS; waits for nothing and sends nothing itself.
///
/// ``SockJSConversation`` feeds it and does what comes out. Time is passed in, so that tests own it.
struct SockJSSession {
    typealias Instant = ContinuousClock.Instant

    private enum Phase {
        /// Both sides may speak.
        case open
        /// The application has ended it; the client gets what was sent before, then the reason.
        case closing(SockJSClosing)
        /// Nobody speaks any more; a client that asks is told why, until the session is forgotten.
        case closed(SockJSClosing)
    }

    /// What a connection gets that wants to receive.
    enum Attachment: Equatable {
        /// It receives from now on.
        case attached
        /// It is told this and ends.
        case refused(SockJSClosing)
    }

    /// What there is for the connection that receives.
    enum Delivery: Equatable {
        /// This frame.
        case frame(SockJSFrame)
        /// Nothing yet.
        case nothing
        /// Nothing any more: it does not receive.
        case ended
    }

    /// What becomes of messages of the client.
    enum Acceptance: Equatable {
        /// They wait for the application.
        case accepted
        /// Those before them still wait, and are too many.
        case refused
        /// Nobody reads them any more.
        case ended
    }

    private var phase = Phase.open
    private var isGreeted = false
    /// The connection that receives.
    private var receiver: Int?
    /// What was sent and is not yet delivered: strings of JSON with commas between them.
    private var waiting: [UInt8] = []
    /// What the client sent and the application has not yet received, from the index on.
    private var unread: [String] = []
    private var firstUnread = 0
    private var unreadBytes = 0
    private var isHeartbeatDue = false
    /// When a heartbeat is due; means something while a connection receives.
    private var nextHeartbeat: Instant
    /// When the session is forgotten; means something while no connection receives, and once it is closed.
    private var end: Instant
    /// Whether nothing is left of the session, so that its name is free.
    private(set) var isForgotten = false

    private let configuration: SockJSConfiguration

    /// How long the first connection is waited for at least.
    private static let firstDelay = Duration.seconds(5)

    init(_ configuration: SockJSConfiguration, at now: Instant) {
        self.configuration = configuration
        nextHeartbeat = now + configuration.heartbeat
        // The connection that makes a session is about to fetch from it, on however slow a machine.
        end = now + max(configuration.disconnectDelay, SockJSSession.firstDelay)
    }

    // MARK: What others wait for

    /// Whether the application may speak.
    var isOpen: Bool {
        if case .open = phase { true } else { false }
    }

    /// Whether the client is gone, or has been told that the session is.
    var isClosed: Bool {
        if case .closed = phase { true } else { false }
    }

    /// Whether little enough waits for the client.
    var takesMore: Bool { waiting.count < configuration.waitingBytes }

    /// Whether little enough waits for the application.
    var isRead: Bool { unreadBytes < configuration.unreadBytes }

    /// Whether something waits for the application.
    var hasMessage: Bool { firstUnread < unread.count }

    /// When ``tick(at:)`` is wanted next; nil: not before something else happens.
    var deadline: Instant? {
        if isForgotten { return nil }
        if isClosed || receiver == nil { return end }
        return isHeartbeatDue ? nil : nextHeartbeat
    }

    // MARK: The connection that receives

    /// A connection wants to receive.
    mutating func attach(_ candidate: Int, at now: Instant) -> Attachment {
        if case .closed(let closing) = phase { return .refused(closing) }
        guard receiver == nil else { return .refused(.anotherConnection) }
        receiver = candidate
        nextHeartbeat = now + configuration.heartbeat
        isHeartbeatDue = false
        return .attached
    }

    /// Whether there is a frame for the connection, or its end.
    func hasFrame(for candidate: Int) -> Bool {
        receiver != candidate || !isGreeted || !waiting.isEmpty || !isOpen || isHeartbeatDue
    }

    /// Takes what there is for the connection; it is taken for sent.
    mutating func takeFrame(for candidate: Int, at now: Instant) -> Delivery {
        guard receiver == candidate else {
            if case .closed(let closing) = phase { return .frame(.close(closing)) }
            return .ended
        }
        let frame: SockJSFrame
        if !isGreeted {
            isGreeted = true
            frame = .open
        } else if !waiting.isEmpty {
            frame = .messages(waiting)
            waiting = []
        } else {
            switch phase {
            case .closing(let closing):
                finish(closing, at: now)
                frame = .close(closing)
            case .closed:
                return .ended
            case .open:
                guard isHeartbeatDue else { return .nothing }
                frame = .heartbeat
            }
        }
        isHeartbeatDue = false
        nextHeartbeat = now + configuration.heartbeat
        return .frame(frame)
    }

    /// Takes what there is for a connection that receives one frame and ends; nil: it has to wait.
    mutating func takeFrameAtOnce(at now: Instant) -> SockJSFrame? {
        // Connections that wait are numbered from 1.
        let candidate = 0
        switch attach(candidate, at: now) {
        case .refused(let closing): return .close(closing)
        case .attached: break
        }
        defer { release(candidate, at: now) }
        guard case .frame(let frame) = takeFrame(for: candidate, at: now) else { return nil }
        return frame
    }

    /// The connection has ended as it should; the client comes back for more.
    mutating func release(_ candidate: Int, at now: Instant) {
        guard receiver == candidate else { return }
        receiver = nil
        if !isClosed { end = now + configuration.disconnectDelay }
    }

    /// The connection broke: what was on its way may be lost, and so the session is.
    mutating func interrupt(_ candidate: Int, at now: Instant) {
        guard receiver == candidate else { return }
        finish(.interrupted, at: now)
    }

    // MARK: The application

    /// The application sends; false: nobody gets it.
    mutating func send(_ append: (inout [UInt8]) -> Void, at now: Instant) -> Bool {
        guard isOpen else { return false }
        guard waiting.count < configuration.waitingBytesLimit else {
            waiting = []
            finish(.tooSlow, at: now)
            return false
        }
        append(&waiting)
        return true
    }

    /// The application ends the session.
    mutating func close(_ closing: SockJSClosing) {
        if isOpen { phase = .closing(closing) }
    }

    /// The application receives; nil: there is nothing.
    mutating func takeMessage() -> String? {
        guard hasMessage else { return nil }
        let message = unread[firstUnread]
        firstUnread += 1
        unreadBytes -= SockJSSession.size(of: message)
        if firstUnread == unread.count {
            unread = []
            firstUnread = 0
        }
        return message
    }

    /// The client sends.
    mutating func accept(_ messages: [String]) -> Acceptance {
        guard isOpen else { return .ended }
        guard isRead else { return .refused }
        // What is read already is thrown away here, so that a reader that never quite catches up costs nothing.
        unread.removeFirst(firstUnread)
        firstUnread = 0
        unread.append(contentsOf: messages)
        unreadBytes += messages.reduce(0) { $0 + SockJSSession.size(of: $1) }
        return .accepted
    }

    /// Empty messages cost something too.
    private static func size(of message: String) -> Int { message.utf8.count + 16 }

    // MARK: Time

    /// Looks whether something has become due.
    mutating func tick(at now: Instant) {
        if isClosed || receiver == nil {
            guard now >= end else { return }
            if !isClosed { finish(.interrupted, at: now) }
            isForgotten = true
        } else if now >= nextHeartbeat {
            isHeartbeatDue = true
        }
    }

    private mutating func finish(_ closing: SockJSClosing, at now: Instant) {
        phase = .closed(closing)
        receiver = nil
        waiting = []
        end = now + configuration.disconnectDelay
    }
}
