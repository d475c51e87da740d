/// Base64 with padding.
func base64(_ text: String) -> String {
    let bytes = Array(text.utf8)
    let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    var result = ""
    for start in stride(from: 0, to: bytes.count, by: 3) {
        let part = bytes[start..<min(start + 3, bytes.count)]
        let bits = part.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - part.count))
        for place in 0..<4 {
            result.append(place <= part.count ? digits[(bits >> (18 - 6 * place)) & 63] : "=")
        }
    }
    return result
}
