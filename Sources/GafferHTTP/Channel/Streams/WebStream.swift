internal import Gaffer
internal import GafferAuth
internal import GafferModel
internal import GafferSystem
package import WebServer

/// The websocket of gaffer 0.4, `/wstreams/<pid>`: the first output as it is, messages as input, no more.
///
/// What is refused is told by one message, after which it is closed: `{"error":"not_found"}`, `{"error":"forbidden"}`,
/// `{"error":"forbidden_write"}` where stdin is no pipe or the right is missing, `{"error":"too_many_streams"}`, and the
/// word of what went wrong where a process takes no input. It is closed too when the process ended and all that it wrote
/// was delivered. New are `?tail=N`, with which the last lines come first, and that the rights are looked at.
package struct WebStream: Sendable {
    private let context: ChannelContext
    private let authority: (any Authority)?
    private let pid: Int
    private let tail: Int?

    /// Makes a stream.
    ///
    /// - Parameters:
    ///   - authority: who the request proved to be; there is no other way to tell here.
    ///   - tail: how many of the last lines come first.
    package init(_ context: ChannelContext, authority: (any Authority)?, pid: Int, tail: Int?) {
        self.context = context
        self.authority = authority
        self.pid = pid
        self.tail = tail
    }

    /// Talks to the client until it goes, or the process does.
    package func run(on channel: any MessageChannel) async {
        do throws(WebStreamFault) {
            guard let authority, let principal = authority.principal() else { throw .forbidden }
            let (watch, job) = try await open(for: principal)
            let gate = OutgoingGate(
                channel: channel,
                authority: authority,
                requirement: .right(.read, .job(job))
            )
            async let watching: Void = self.watch(watch, to: gate)
            do throws(WebStreamFault) {
                while let message = await channel.receive() { try await write(message.bytes, of: job, authority) }
            } catch {
                await end(channel, error)
            }
            watch.cancel()
            await watching
        } catch {
            await end(channel, error)
        }
    }

    private func open(for principal: Principal) async throws(WebStreamFault) -> (ProcessWatch, JobName) {
        let owner = try? context.feeds.job(of: pid)
        guard principal.meets(owner.map { .right(.read, .job($0)) } ?? .anyRight) else { throw .forbidden }
        await context.feeds.untilStarted(pid)
        guard let owner else { throw .notFound }
        guard let seat = context.quota.seat(for: principal) else { throw .tooManyStreams }
        let end: EventDelivery
        do throws(GafferError) {
            end = try SubscriptionOpener(context: context).end(of: pid, "PROCESS:\(pid)")
        } catch {
            throw .notFound
        }
        let output = ProcessOutputs(of: pid, owner, context).stream(nil)?.output
        let start: OutputStart = tail.map { .lines($0) } ?? .now
        let delivery = output.map { context.delivery(of: $0, as: "raw", from: start, RawOutputEncoder()) }
        return (ProcessWatch(end: end, output: delivery, seat: seat), owner)
    }

    private func watch(_ watch: ProcessWatch, to gate: OutgoingGate) async {
        switch await watch.run(to: gate, context) {
        case .revoked: await end(gate.channel, .forbidden)
        case nil, .gone, .cancelled: await gate.channel.close(code: CloseCode.normal, reason: "")
        }
    }

    private func write(
        _ bytes: [UInt8],
        of job: JobName,
        _ authority: any Authority
    ) async throws(WebStreamFault) {
        guard let principal = authority.principal() else { throw .forbidden }
        guard principal.meets(.right(.write, .job(job))) else { throw .forbiddenWrite }
        do throws(GafferError) {
            try await context.feeds.write(bytes, to: "stdin", of: pid)
        } catch {
            throw error.code == .forbidden ? .forbiddenWrite : WebStreamFault(word: error.code.word)
        }
    }

    private func end(_ channel: any MessageChannel, _ fault: WebStreamFault) async {
        let message: JSON = ["error": .string(fault.word)]
        // A client that is gone need not be told.
        try? await channel.send(OutgoingMessages([.text(message.encoded())]))
        let isPolicy = fault == .forbidden || fault == .forbiddenWrite || fault == .tooManyStreams
        await channel.close(code: isPolicy ? CloseCode.policy : CloseCode.normal, reason: fault.word)
    }
}

/// Why a stream is closed.
private struct WebStreamFault: Error, Hashable {
    let word: String

    static let notFound = WebStreamFault(word: "not_found")
    static let forbidden = WebStreamFault(word: "forbidden")
    static let forbiddenWrite = WebStreamFault(word: "forbidden_write")
    static let tooManyStreams = WebStreamFault(word: "too_many_streams")
}
