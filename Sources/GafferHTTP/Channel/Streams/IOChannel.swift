internal import Gaffer
internal import GafferAuth
internal import GafferModel
internal import GafferSystem
internal import Synchronization
package import WebServer

/// The IO channel of a process, `/<pid>/channel[/<stream>]?mode=M`: its output as frames, frames as its input.
///
/// | stream | read (mode 1) | written (mode 2) |
/// |---|---|---|
/// | none | the first output | stdin |
/// | an output | that | stdin |
/// | a custom stream | that, in every mode | that |
///
/// It begins with what is written from now on, and is closed when the process ended and all was delivered. Reading needs
/// the right to read the job, writing that to write to it.
package struct IOChannel: Sendable {
    private let context: ChannelContext
    private let authority: (any Authority)?
    private let pid: Int
    private let stream: String?
    private let mode: IOMode

    /// Makes a channel.
    ///
    /// - Parameter authority: who the request proved to be; nil: nobody, whose first frame has to be `AUTH:<key>`.
    package init(_ context: ChannelContext, authority: (any Authority)?, pid: Int, stream: String?, mode: IOMode) {
        self.context = context
        self.authority = authority
        self.pid = pid
        self.stream = stream
        self.mode = mode
    }

    /// Talks to the client until it goes, or the process does.
    package func run(on channel: any MessageChannel) async {
        do throws(IOFault) {
            var login: IOFrame?
            var authority = self.authority
            if authority == nil {
                guard let (found, frame) = try await self.login(on: channel) else { return }
                (authority, login) = (found, frame)
            }
            guard let authority, let principal = authority.principal() else { throw .authenticationRequired }
            let open = try await open(for: principal)
            if let login { await send(IOFrame.encoded(.response, id: login.id, body: "OK".utf8), on: channel) }
            await talk(open, authority, on: channel)
        } catch {
            await end(channel, error)
        }
    }

    // MARK: Beginning

    /// What is open.
    private struct Open {
        let watch: ProcessWatch
        /// Where frames go; nil: nowhere.
        let input: String?
        /// What who reads it needs.
        let requirement: Requirement
    }

    /// Waits for the key of who has none yet; nil: the client is gone.
    private func login(on channel: any MessageChannel) async throws(IOFault) -> (any Authority, IOFrame)? {
        let isWaiting = FlagBox()
        context.timekeeper.schedule(after: context.limits.login) {
            guard isWaiting.clear() else { return }
            // Nothing of the channel waits for it: the channel waits for the client, which this wakes.
            Task(executorPreference: ThreadExecutor.shared) { await end(channel, .authenticationRequired) }
        }
        let message = await channel.receive()
        guard isWaiting.clear(), let message else { return nil }
        guard let frame = IOFrame(parsing: message.bytes) else { throw .badFrame }
        guard let key = ChannelMachine.key(in: frame.body), let authority = await context.authenticate(key) else {
            throw .authenticationRequired
        }
        return (authority, frame)
    }

    private func open(for principal: Principal) async throws(IOFault) -> Open {
        let owner = try? context.feeds.job(of: pid)
        let needed: Right = mode.contains(.writable) ? .write : .read
        let requirement = owner.map { Requirement.right(needed, .job($0)) } ?? .anyRight
        guard principal.meets(requirement) else { throw .forbidden }
        await context.feeds.untilStarted(pid)
        guard let owner, let process = try? context.supervisor.process(pid) else { throw .notFound }
        let (output, input) = try ends(of: process, owner)
        guard let seat = context.quota.seat(for: principal) else { throw .tooManyStreams }
        let end: EventDelivery
        do throws(GafferError) {
            end = try SubscriptionOpener(context: context).end(of: pid, "PROCESS:\(pid)")
        } catch {
            throw .notFound
        }
        let delivery = output.map { context.delivery(of: $0, as: "V1", from: .now, IOOutputEncoder()) }
        return Open(
            watch: ProcessWatch(end: end, output: delivery, seat: seat),
            input: input,
            requirement: requirement
        )
    }

    /// What is read, and what is written to.
    private func ends(
        of process: ProcessInfo,
        _ job: JobName
    ) throws(IOFault) -> (output: OutputStream?, input: String?) {
        let found = ProcessOutputs(of: pid, job, context).stream(stream)
        if stream != nil, found == nil { throw .noStream }
        if let found, found.isCustom { return (found.output, mode.contains(.writable) ? found.output.label : nil) }
        if mode.contains(.readable), found == nil { throw .notPermitted }
        if mode.contains(.writable), !process.redirectInput { throw .notPermitted }
        return (mode.contains(.readable) ? found?.output : nil, mode.contains(.writable) ? "stdin" : nil)
    }

    // MARK: Talking

    private func talk(_ open: Open, _ authority: any Authority, on channel: any MessageChannel) async {
        let gate = OutgoingGate(channel: channel, authority: authority, requirement: open.requirement)
        async let watching: Void = watch(open, to: gate)
        var isFirst = self.authority != nil
        while let message = await channel.receive() {
            guard let principal = authority.principal(), principal.meets(open.requirement) else {
                await end(channel, .forbidden)
                break
            }
            guard let frame = IOFrame(parsing: message.bytes) else {
                await end(channel, .badFrame)
                break
            }
            await send(await answer(to: frame, isFirst, open.input), on: channel)
            isFirst = false
        }
        open.watch.cancel()
        await watching
    }

    private func watch(_ open: Open, to gate: OutgoingGate) async {
        switch await open.watch.run(to: gate, context) {
        case .revoked: await end(gate.channel, .forbidden)
        case nil, .gone, .cancelled: await gate.channel.close(code: CloseCode.normal, reason: "")
        }
    }

    /// Carries a frame out.
    ///
    /// - Parameter isFirst: whether it is the first of a client that needed no key, and may say one all the same.
    private func answer(to frame: IOFrame, _ isFirst: Bool, _ input: String?) async -> OutgoingMessages.Element {
        // Never to the process: a key has no business there.
        if ChannelMachine.key(in: frame.body) != nil {
            return isFirst ? ok(frame) : refused(frame, .notPermitted)
        }
        guard let input else { return refused(frame, .notPermitted) }
        do throws(GafferError) {
            try await context.feeds.write(frame.body, to: input, of: pid)
            return ok(frame)
        } catch {
            return refused(frame, error.code == .forbidden ? .notPermitted : .failed)
        }
    }

    private func ok(_ frame: IOFrame) -> OutgoingMessages.Element {
        IOFrame.encoded(.response, id: frame.id, body: "OK".utf8)
    }

    private func refused(_ frame: IOFrame, _ fault: IOFault) -> OutgoingMessages.Element {
        IOFrame.encoded(.error, id: frame.id, body: fault.body)
    }

    // MARK: Saying

    private func send(_ element: OutgoingMessages.Element, on channel: any MessageChannel) async {
        // A client that is gone is noticed where the next message of it is waited for.
        try? await channel.send(OutgoingMessages([element]))
    }

    private func end(_ channel: any MessageChannel, _ fault: IOFault) async {
        await send(IOFrame.encoded(.error, id: IOFault.channelId, body: fault.body), on: channel)
        let isPolicy = fault == .authenticationRequired || fault == .forbidden || fault == .tooManyStreams
        await channel.close(code: isPolicy ? CloseCode.policy : CloseCode.normal, reason: fault.word)
    }
}

/// Whether something is still waited for; the first to clear it decides.
private final class FlagBox: Sendable {
    private let isSet = Mutex(true)

    func clear() -> Bool {
        isSet.withLock { isSet in
            defer { isSet = false }
            return isSet
        }
    }
}
