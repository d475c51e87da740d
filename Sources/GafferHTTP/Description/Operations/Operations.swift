extension Operation {
    /// All that can be asked for.
    static let all: [Operation] = families.flatMap { $0 }.flatMap { operation in
        operation.method == .get && operation.hasHead ? [operation, operation.head] : [operation]
    }

    private static let families = [
        ofDaemon, ofSessions, ofJobs, ofProcesses, ofStreams, ofEvents, ofChannel, ofAccounts, ofLegacy,
    ]
}
