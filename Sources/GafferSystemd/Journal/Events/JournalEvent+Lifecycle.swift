package import GafferModel

extension JournalEvent {
    /// Tells what happened to a job or a process.
    ///
    /// - Parameter namesObject: whether OBJECT_PID is added, which journald takes from root alone.
    package init(_ event: Event, namesObject: Bool = JournalOutput.isRoot) {
        let (id, priority, sentence) = event.kind.telling
        var subject = "\(event.job)"
        if let pid = event.kind.pid {
            subject += ": process \(pid)"
            if let osPid = event.kind.osPid { subject += " (os pid \(osPid))" }
        }
        self.init(
            id,
            priority,
            "\(subject) \(sentence)",
            fields: [
                Field(.event, event.kind.word), Field(.sequence, "\(event.sequence)"),
                Field(.session, event.job.session), Field(.job, event.job.job),
            ]
        )
        if let pid = event.kind.pid { fields.append(Field(.pid, "\(pid)")) }
        if namesObject, let osPid = event.kind.osPid { fields.append(Field(.objectPID, "\(osPid)")) }
        fields += event.kind.details
    }
}

extension Event.Kind {
    /// The kind of message, how serious it is, and the rest of a sentence that begins with the job or the process.
    fileprivate var telling: (MessageID, JournalPriority, String) {
        switch self {
        case .load: (.load, .info, "was loaded")
        case .unload: (.unload, .info, "was unloaded")
        case .update: (.update, .info, "was changed")
        case .start: (.start, .info, "was started")
        case .stop: (.stop, .info, "was stopped")
        case .restart: (.restart, .info, "restarts: its processes are replaced after they end")
        case .reload: (.reload, .info, "reloads: its processes are replaced before they end")
        case .spawn(_, _, let isCommit, let isDetached):
            (.spawn, .info, "was started" + (isCommit ? ", to run once" : "") + (isDetached ? ", detached" : ""))
        case .spawnError(_, let reason): (.spawnError, .error, "could not be started: \(reason)")
        case .adopt: (.adopt, .info, "was adopted from an earlier gafferd")
        case .stopProcess: (.stopProcess, .info, "was told to stop")
        case .reap: (.reap, .info, "was told to stop, since fewer are wanted")
        case .kill: (.kill, .warning, "did not leave in time and is killed")
        case .signal(_, _, let signal): (.signal, .info, "was sent \(signal.name)")
        case .exit(_, _, .outOfMemory, _):
            (.outOfMemory, .error, "was killed, since memory had run out (SIGKILL, out of memory)")
        case .exit(_, _, .signal(let signal), _): (.exit, .notice, "was ended by \(signal.name)")
        case .exit(_, _, .code(let code), _): (.exit, code == 0 ? .info : .notice, "exited with exit code \(code)")
        case .exit(_, _, .unknown, _): (.exit, .notice, "ended with \(ExitStatus.unknown)")
        case .backoff(let delay): (.backoff, .warning, "waits \(delay) s until a process that died is replaced")
        case .flap(let retryIn?): (.flap, .warning, "died too often and is tried again in \(retryIn) s")
        case .flap(nil): (.giveUp, .error, "died too often and is given up")
        case .finish: (.finish, .info, "is finished: all its processes ended, and none is to be started again")
        case .stray(let osPids):
            (
                .stray, .warning,
                "left processes behind, which are told to stop: os pids \(JournalEvent.list(osPids))"
            )
        }
    }

    /// What is beside the job and the process.
    fileprivate var details: [JournalEvent.Field] {
        switch self {
        case .load, .unload, .update, .start, .stop, .restart, .reload, .spawn, .adopt, .stopProcess, .reap, .finish:
            []
        case .spawnError(_, let reason): [.init(.reason, reason)]
        case .kill: [.init(.signal, Signal.kill.name)]
        case .signal(_, _, let signal): [.init(.signal, signal.name)]
        case .exit(_, _, .code(let code), _): [.init(.reason, "exit code \(code)"), .init(.exitCode, "\(code)")]
        case .exit(_, _, .signal(let signal), _): [.init(.reason, signal.name), .init(.signal, signal.name)]
        case .exit(_, _, .outOfMemory, _):
            [.init(.reason, "\(ExitStatus.outOfMemory)"), .init(.signal, Signal.kill.name)]
        case .exit(_, _, .unknown, _): [.init(.reason, "\(ExitStatus.unknown)")]
        case .backoff(let delay): [.init(.delay, "\(delay)")]
        case .flap(let retryIn): retryIn.map { [.init(.delay, "\($0)")] } ?? []
        case .stray(let osPids): [.init(JournalField(gaffer: "os_pids"), JournalEvent.list(osPids))]
        }
    }
}

extension JournalEvent {
    fileprivate static func list(_ osPids: [Int32]) -> String {
        osPids.map(String.init).joined(separator: " ")
    }
}
