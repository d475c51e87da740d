/// What a client of SockJS sends: payloads, forms, paths, names of functions and cookies.
///
/// The first byte says which. Whatever is read must be what is written again, and nothing that is let through may end
/// what we put it in.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = Array(UnsafeBufferPointer(start: start, count: count))
    guard let kind = input.first else { return 0 }
    let bytes = Array(input.dropFirst())
    switch kind % 5 {
    case 0: checkPayload(bytes)
    case 1: checkPayload(SockJSPayload.payload(ofForm: bytes, contentType: "application/x-www-form-urlencoded"))
    case 2: checkRoute(bytes)
    case 3: checkCallback(bytes)
    default: checkCookie(bytes)
    }
    return 0
}

private func checkPayload(_ payload: [UInt8]) {
    guard let messages = try? SockJSPayload.messages(in: payload) else { return }
    // Three bytes come of two where half of a pair is replaced; of six characters, to be exact.
    precondition(messages.reduce(0) { $0 + $1.utf8.count } <= payload.count, "More came out than went in.")
    for escapesMarkup in [false, true] {
        var text: [UInt8] = [UInt8(ascii: "[")]
        for message in messages {
            if text.count > 1 { text.append(UInt8(ascii: ",")) }
            SockJSText.appendQuoted(Array(message.utf8), escapesMarkup: escapesMarkup, to: &text)
        }
        text.append(UInt8(ascii: "]"))
        precondition(!text.contains { $0 < 0x20 }, "A control character is not escaped.")
        precondition(!escapesMarkup || !text.contains(UInt8(ascii: "<")), "Markup is not escaped.")
        let again = (try? SockJSPayload.messages(in: text))?.map { Array($0.utf8) }
        precondition(again == messages.map { Array($0.utf8) }, "Something else is read than was written.")
    }
}

private func checkRoute(_ bytes: [UInt8]) {
    let segments = bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map {
        String(decoding: $0, as: UTF8.self)
    }
    if case .session(let id, _) = SockJSRoute(segments: segments) {
        precondition(!id.isEmpty && !id.utf8.contains(UInt8(ascii: ".")))
    }
}

private func checkCallback(_ bytes: [UInt8]) {
    let name = String(decoding: bytes, as: UTF8.self)
    guard SockJSRoute.isCallback(name) else { return }
    precondition(!name.utf8.contains { "()<>\"'&;=\\/+*[]{}` \n\r".utf8.contains($0) || $0 > 0x7E || $0 < 0x20 })
}

private func checkCookie(_ bytes: [UInt8]) {
    guard let value = SockJSCookie.value(in: [String(decoding: bytes, as: UTF8.self)]) else { return }
    precondition(
        !value.utf8.contains { $0 <= 0x20 || $0 > 0x7E || $0 == UInt8(ascii: ";") || $0 == UInt8(ascii: "\"") }
    )
}
