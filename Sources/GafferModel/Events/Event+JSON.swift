extension Event {
    /// The message of the event under one of its ``names``, with the fields of the original; `seq` and `time` are new.
    public func json(as name: String) -> JSON {
        .object(
            [
                .init("event", .string(name)),
                .init("name", .string(job.description)),
            ] + kind.fields + [
                .init("seq", .integer(Int64(clamping: sequence))),
                .init("time", .double(time)),
            ]
        )
    }
}

extension Event.Kind {
    fileprivate var fields: [JSON.Member] {
        var fields: [JSON.Member] = []
        if let pid { fields.append(.init("pid", .integer(Int64(pid)))) }
        if let osPid { fields.append(.init("os_pid", .integer(Int64(osPid)))) }
        switch self {
        case .load, .unload, .update, .start, .stop, .restart, .reload, .adopt, .stopProcess, .reap, .finish:
            break
        case .spawn(_, _, let isCommit, let isDetached):
            fields += [.init("once", .bool(isCommit)), .init("detached", .bool(isDetached))]
        case .spawnError(_, let reason):
            fields.append(.init("reason", .string(reason)))
        case .kill:
            fields.append(.init("signum", .integer(Int64(Signal.kill.rawValue))))
        case .signal(_, _, let signal):
            fields.append(.init("signum", .integer(Int64(signal.rawValue))))
        case .exit(_, _, let status, let isCommit):
            fields += status.members + [.init("once", .bool(isCommit))]
        case .backoff(let delay):
            fields.append(.init("delay", .double(delay)))
        case .flap(let retryIn):
            fields.append(.init("retry_in", retryIn.map(JSON.double) ?? .null))
        case .stray(let osPids):
            fields.append(.init("os_pids", .array(osPids.map { .integer(Int64($0)) })))
        }
        return fields
    }
}
