/// Messages of a client on the channel, one a line, and each as a frame of the IO channel.
///
/// Whatever comes, the machine keeps its bounds, and what it answers is JSON that its own reader takes.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = Array(UnsafeBufferPointer(start: start, count: count))
    var limits = ChannelLimits()
    limits.subscriptions = 4
    limits.waitingCommands = 4
    var machine = ChannelMachine(isAuthenticated: true, limits: limits)
    var queue = CommandQueue(limits: limits)
    for line in input.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
        let bytes = Array(line)
        for action in machine.received(.binary(bytes)) { perform(action, &machine, &queue) }
        precondition(machine.subscriptions <= 4, "A session has more subscriptions than it may.")
        if let frame = IOFrame(parsing: bytes) {
            precondition(!frame.id.isEmpty && frame.id.count <= IOFrame.maximumId && !frame.id.contains(0x20))
            precondition(frame.body.count < bytes.count)
        }
        check(bytes)
    }
    return 0
}

private func perform(_ action: ChannelMachine.Action, _ machine: inout ChannelMachine, _ queue: inout CommandQueue) {
    switch action {
    case .authenticate(let key): _ = machine.authenticated(!key.isEmpty)
    case .answer(let answer): check(answer)
    case .run(let call, let size):
        if !queue.append(call, size: size) { while queue.next() != nil {} }
        do throws(CommandFault) {
            let command = try ChannelCommand(call)
            _ = (command.requirement(job: nil), command.change, command.pid)
        } catch {
            precondition((400...500).contains(error.errno) && !error.reason.isEmpty)
            check(.failed(identity: call.identity, error))
        }
    case .subscribe(let subscription, _):
        precondition(Topic(parsing: subscription.text) == subscription.topic)
        if subscription.number.isMultiple(of: 3) { _ = machine.ended(subscription) }
    case .unsubscribe, .settle, .close: break
    }
}

private func check(_ answer: ChannelAnswer) {
    // What came nested as deep as may be is sent back within a message.
    let bytes = answer.json.encoded()
    guard (try? JSON(parsing: bytes, maximumDepth: ChannelMessage.maximumDepth + 8)) == answer.json else {
        preconditionFailure("An answer is no JSON: \(answer)")
    }
}

/// A text is a text again when its ends are joined to others.
private func check(_ bytes: [UInt8]) {
    let (lead, rest) = (TextCutter.leadLength(of: bytes), TextCutter.restLength(of: bytes))
    precondition(lead <= 3 && rest <= 3 && lead <= bytes.count && rest <= bytes.count)
    if TextCutter.isText(bytes) { precondition(lead == 0 && rest == 0, "A text has no broken ends.") }
}
