internal import Gaffer
internal import GafferModel
internal import GafferSystem
internal import WebServer

/// What one client gets to see of a process: an output, and that it ends.
struct ProcessWatch: Sendable {
    /// The process's own events, which end with it.
    let end: EventDelivery
    /// What is read; nil: nothing is.
    let output: OutputDelivery?
    /// Its place among the streams that its reader may have open.
    let seat: StreamQuota.Seat

    /// Sends the output until the process ended and all that it wrote is sent.
    ///
    /// What others that have inherited the process's pipe write later is waited for only so long.
    ///
    /// - Returns: nil at that end, else why it came sooner.
    func run(to gate: OutgoingGate, _ context: ChannelContext) async -> SessionEnd? {
        async let delivered = deliver(to: gate)
        while await end.reader.next() != nil {}
        if let output { context.timekeeper.schedule(after: context.limits.afterExit) { output.stopWaiting() } }
        let reason = await delivered
        seat.leave()
        return reason
    }

    private func deliver(to gate: OutgoingGate) async -> SessionEnd? {
        guard let output else { return nil }
        do throws(SessionEnd) {
            try await output.run(to: gate)
            return nil
        } catch {
            cancel()
            return error
        }
    }

    /// Ends it at once.
    func cancel() {
        end.cancel()
        output?.cancel()
    }
}
