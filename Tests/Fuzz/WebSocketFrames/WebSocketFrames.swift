/// What a client sends on a websocket, in pieces.
///
/// The first two bytes say how it is cut, and whether the rest are frames already or what frames are to be made of. It
/// must give the same as in one piece, and whatever is given must keep the limits.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = Array(UnsafeBufferPointer(start: start, count: count))
    guard input.count >= 2 else { return 0 }
    let bytes = input[0] & 0x80 == 0 ? input.dropFirst(2) : frames(of: input.dropFirst(2))
    let whole = read(bytes, in: [max(bytes.count, 1)])
    let cut = read(bytes, in: [Int(input[0] & 0x1F) + 1, Int(input[1]) + 1])
    precondition(whole == cut, "It depends on how the bytes are cut.")
    for case .message(let message) in whole.inputs {
        precondition(message.bytes.count <= 30, "A message is larger than the limit.")
    }
    if let failure = whole.failure {
        precondition([1002, 1007, 1009].contains(failure.code) && failure.reason.utf8.count <= 123)
    }
    return 0
}

/// Frames in order but for their first byte, of a length byte and as many bytes.
private func frames(of recipe: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var frames: [UInt8] = []
    var rest = recipe
    while let first = rest.popFirst(), let second = rest.popFirst() {
        let payload = rest.prefix(Int(second) % 24)
        rest = rest.dropFirst(payload.count)
        frames += [first, 0x80 | UInt8(payload.count), 0, 0, 0, 0] + payload
    }
    return frames[...]
}

private struct Outcome: Equatable {
    var inputs: [SocketReader.Input] = []
    var failure: SocketReader.Failure?
}

/// Reads in pieces of these sizes, again and again.
private func read(_ bytes: ArraySlice<UInt8>, in sizes: [Int]) -> Outcome {
    var reader = SocketReader(largestFrame: 20, largestMessage: 30)
    var outcome = Outcome()
    var rest = bytes
    var turn = 0
    while !rest.isEmpty, outcome.failure == nil {
        reader.append(rest.prefix(sizes[turn % sizes.count]))
        rest = rest.dropFirst(sizes[turn % sizes.count])
        turn += 1
        do throws(SocketReader.Failure) {
            while let input = try reader.next() { outcome.inputs.append(input) }
        } catch {
            outcome.failure = error
        }
    }
    return outcome
}
