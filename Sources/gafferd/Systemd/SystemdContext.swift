internal import GafferConfig
internal import GafferHTTP
internal import GafferSystem
internal import GafferSystemd
internal import Logging
internal import WebServer

/// What systemd has given this gafferd; nothing of it where another program started it.
struct SystemdContext: Sendable {
    let notifier: ServiceNotifier?
    /// How long gafferd may be silent.
    let watchdog: Duration?
    let sockets: [ActivatedSocket]
    /// Whether stderr goes to the journal.
    let isStderrJournal: Bool

    /// Whether records are sent to the journal.
    func usesJournal(_ usage: Usage) -> Bool {
        switch usage {
        case .auto: isStderrJournal
        case .on: true
        case .off: false
        }
    }

    /// To be made once, by the process that serves.
    static func current() -> SystemdContext {
        SystemdContext(
            notifier: ServiceNotifier(),
            watchdog: WatchdogInterval.current(),
            sockets: ActivatedSocket.take(),
            isStderrJournal: JournalConnection.isStderr
        )
    }

    /// Tells `systemctl status` why gafferd can't run.
    func failed(_ error: any Error) {
        guard let notifier else { return }
        let number: Int32? =
            switch error {
            case let error as ListenError: error.code
            case let error as SystemError: error.errno
            default: nil
            }
        if let number, number > 0 { notifier.send(.errno(number)) }
        notifier.send(.status("\(error)"))
        notifier.flush()
    }
}
