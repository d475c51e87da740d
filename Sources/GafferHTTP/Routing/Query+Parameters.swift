package import GafferModel
package import WebServer

extension Query {
    /// How long the answer may wait for the change, in seconds; nil where the parameter `wait` is absent.
    ///
    /// - Throws: `bad_request` where it is no number above 0 and up to a day.
    package func wait() throws(GafferError) -> Duration? {
        guard let text = self["wait"] else { return nil }
        guard let seconds = Query.decimal(text), seconds > 0, seconds <= 86_400 else {
            throw GafferError(
                .badRequest,
                "wait is a number of seconds above 0 and up to 86400, not \(JSON.string(text))."
            )
        }
        return .milliseconds(Int64((seconds * 1000).rounded(.up)))
    }

    /// How many lines `tail` is asked for, 10 where the parameter `n` is absent.
    ///
    /// - Throws: `bad_request` where it is no number from 1 to 10000.
    package func lines() throws(GafferError) -> Int {
        guard let text = self["n"] else { return 10 }
        guard text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }), let lines = Int(text),
            (1...10_000).contains(lines)
        else {
            throw GafferError(.badRequest, "n is a number of lines from 1 to 10000, not \(JSON.string(text)).")
        }
        return lines
    }

    /// Digits with at most one point, as `5`, `0.25`; `Double` alone would take `inf`, `nan` and hexadecimal too.
    static func decimal(_ text: String) -> Double? {
        var points = 0
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): break
            case UInt8(ascii: "."): points += 1
            default: return nil
            }
        }
        return points <= 1 ? Double(text) : nil
    }
}
