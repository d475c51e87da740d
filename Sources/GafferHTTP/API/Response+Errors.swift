package import GafferModel
package import WebServer

extension Response {
    /// The answer to a request that failed.
    ///
    /// The original's bodies stay where it had one, with `reason` and `message` beside; all others have the status in
    /// `error`:
    ///
    /// | code | body |
    /// |---|---|
    /// | bad_request, bad_value, bad_signal | `{"error":"bad_request",...}` |
    /// | not_found | `{"error":"not_found","errno":404,...}` |
    /// | conflict | `{"error":"process_conflict","errno":409,...}` |
    /// | any other | `{"error":503,...}` |
    ///
    /// - Parameter reason: the member `reason`, where it is not the code's word.
    package static func error(
        _ error: GafferError,
        reason: String? = nil,
        further: [JSON.Member] = []
    ) -> Response {
        var members: [JSON.Member]
        switch error.code {
        case .badRequest, .badValue, .badSignal:
            members = [.init("error", .string(error.code.word))]
        case .notFound:
            members = [.init("error", "not_found"), .init("errno", 404)]
        case .conflict:
            members = [.init("error", "process_conflict"), .init("errno", 409)]
        default:
            // The set of codes is open: a code that this table does not know still has its status.
            members = [.init("error", .integer(Int64(error.code.status)))]
        }
        members.append(.init("reason", .string(reason ?? error.code.word)))
        members.append(.init("message", .string(error.message)))
        if !error.details.isEmpty {
            members.append(.init("errors", .array(error.details.map(JSON.string))))
        }
        return .json(.object(members + further), status: error.code.status)
    }

    /// There is no such path.
    static func unknownPath(_ target: String) -> Response {
        .failure(404, "not_found", "There is no route \(JSON.string(shortened(target))).")
    }

    /// The path is known, the method is not.
    static func unknownMethod(_ method: String, at target: String, known: [Method]) -> Response {
        let names = known.map(\.rawValue).joined(separator: ", ")
        var response = Response.failure(
            405,
            "method_not_allowed",
            "\(JSON.string(shortened(target))) knows \(names), not \(JSON.string(shortened(method)))."
        )
        response.headers = [.init("allow", names)]
        return response
    }

    private static func shortened(_ text: String) -> String {
        text.utf8.count > 200 ? String(text.prefix(200)) + "…" : text
    }
}
