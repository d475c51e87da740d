internal import GafferClient
internal import GafferModel
internal import Glibc
internal import WebClient

/// Waits for keys, signals and what gafferd tells, and shows the picture that follows.
struct TopLoop {
    private let input: Int32
    private let screen: FullScreen
    private let inbox: TopInbox
    private let worker: TopWorker
    private let interval: Duration
    private let isUnicode: Bool
    private var model: TopModel
    private var signals: SignalPipe
    private var parser = KeyParser()
    /// When what is on the screen is asked for again.
    private var nextLook = Deadline(after: .zero)
    /// When it may be asked what became of events; a storm of them is taken together.
    private var nextReaction = Deadline(after: .zero)
    /// When what has come is taken again.
    private var nextTaking = Deadline(after: .zero)
    private var shownTail: JobName?

    private static let caught = [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGCONT, SIGWINCH]
    /// How long Escape may be the beginning of another key.
    private static let escapeTime = Duration.milliseconds(50)
    private static let reactionTime = Duration.milliseconds(100)
    private static let takingTime = Duration.milliseconds(30)

    init(
        _ model: TopModel,
        screen: FullScreen,
        signals: SignalPipe,
        input: Int32,
        inbox: TopInbox,
        worker: TopWorker,
        interval: Duration,
        isUnicode: Bool
    ) {
        self.model = model
        self.screen = screen
        self.signals = signals
        self.input = input
        self.inbox = inbox
        self.worker = worker
        self.interval = interval
        self.isUnicode = isUnicode
    }

    /// The signals that end it or that the terminal sends.
    static func catchSignals() throws(Failure) -> SignalPipe { try SignalPipe(caught) }

    /// Goes on until the user ends it.
    ///
    /// - Throws: ``Interrupted``, ``ClientError`` or ``Failure``.
    mutating func run() throws {
        while true {
            takeReports()
            if let failure = model.failure { throw failure }
            model.tick(Clock.now)
            ask()
            guard screen.show(TopView(model, isUnicode: isUnicode).lines, model.size) else { return }
            let inboxNow = nextTaking.hasPassed ? inbox.descriptor : -1
            let outcome = Readiness.wait(for: [input, inboxNow, signals.descriptor], until: wakeUp)
            while let signal = signals.next() {
                guard try take(signal) else { return }
            }
            var keys: [Key] = []
            if case .ready(let places) = outcome, places.contains(0) {
                guard let bytes = read() else { return }
                keys = parser.keys(bytes)
            } else if case .timedOut = outcome, parser.isWaiting {
                keys = parser.finish()
            }
            for key in keys {
                for action in model.take(key) {
                    guard try carryOut(action) else { return }
                }
            }
        }
    }

    /// The moment at which something is due without anybody's doing; uptimes go on each second.
    private var wakeUp: Deadline {
        if parser.isWaiting { return Deadline(after: Self.escapeTime) }
        var wait = min(.milliseconds(1000 - Int64(model.now * 1000) % 1000), nextLook.remaining)
        if !nextTaking.hasPassed { wait = min(wait, nextTaking.remaining) }
        if model.hasLook { wait = min(wait, nextReaction.remaining) }
        return Deadline(after: max(wait, .milliseconds(1)))
    }

    /// Takes what has come, all of it together and not too often: a storm of events is one new picture.
    private mutating func takeReports() {
        guard nextTaking.hasPassed else { return }
        let reports = inbox.take()
        guard !reports.isEmpty else { return }
        for report in reports { model.take(report) }
        nextTaking = Deadline(after: Self.takingTime)
    }

    /// Asks for what is needed, and for nothing else.
    private mutating func ask() {
        if nextReaction.hasPassed {
            let look = model.takeLook()
            if !look.isEmpty {
                worker.add(look)
                nextReaction = Deadline(after: Self.reactionTime)
            }
        }
        let regular = model.regularLook
        if nextLook.hasPassed {
            worker.add(regular)
            nextLook = Deadline(after: interval)
        } else if regular.tail != shownTail {
            var look = TopLook()
            look.tail = regular.tail
            look.tailLines = regular.tailLines
            worker.add(look)
        }
        shownTail = regular.tail
    }

    private func read() -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: 1_024)
        let count = Glibc.read(input, &buffer, buffer.count)
        if count > 0 { return Array(buffer[..<count]) }
        return count < 0 && (errno == EINTR || errno == EAGAIN) ? [] : nil
    }

    /// False: it is over.
    private mutating func carryOut(_ action: TopAction) throws -> Bool {
        switch action {
        case .quit: return false
        case .repaint: screen.repaint()
        case .suspend: try suspend()
        case .change, .stop, .signal: worker.add(action)
        }
        return true
    }

    /// False: it is over.
    private mutating func take(_ signal: Int32) throws -> Bool {
        switch signal {
        case SIGINT, SIGQUIT: return false
        case SIGTSTP: try suspend()
        case SIGCONT: resume()
        case SIGWINCH: resize()
        default: throw Interrupted(signal: signal)
        }
        return true
    }

    private mutating func resize() {
        model.size = screen.size
        screen.repaint()
    }

    /// Gives the terminal to the shell until it lets this program go on.
    private mutating func suspend() throws {
        screen.restore()
        var standard = sigaction()
        var ours = sigaction()
        standard.__sigaction_handler.sa_handler = SIG_DFL
        sigaction(SIGTSTP, &standard, &ours)
        raise(SIGTSTP)
        sigaction(SIGTSTP, &ours, nil)
        resume()
    }

    /// Takes the terminal again, of which anything may have become.
    private mutating func resume() {
        screen.enter()
        resize()
        nextLook = Deadline(after: .zero)
    }
}
