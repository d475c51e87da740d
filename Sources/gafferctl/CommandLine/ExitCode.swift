internal import GafferClient
internal import GafferModel

/// How gafferctl ends; fixed and documented.
enum ExitCode: Int32, Sendable, CaseIterable {
    case ok = 0
    case failed = 1
    case usage = 2
    case notRunning = 3
    case notFound = 4
    case unreachable = 5
    case refused = 6
    case timedOut = 7
    case conflict = 8

    /// What it means, for the help.
    var meaning: String {
        switch self {
        case .ok: "done"
        case .failed: "gafferd could not do it, or refused what was asked"
        case .usage: "the command line is wrong"
        case .notRunning: "status: a named job is not running"
        case .notFound: "there is no such job, session or process"
        case .unreachable: "no gafferd answers at the endpoint"
        case .refused: "you may not do this"
        case .timedOut: "it was not done in time"
        case .conflict: "a job of that name exists already"
        }
    }

    /// The code that goes with an error of the client.
    init(_ kind: ClientError.Kind) {
        self =
            switch kind {
            case .invalid: .usage
            case .unreachable: .unreachable
            case .malformed, .failed: .failed
            case .refused: .refused
            case .notFound: .notFound
            case .conflict: .conflict
            case .timedOut: .timedOut
            }
    }

    /// The code for several failures: their common one, else ``failed``.
    init(several codes: [ExitCode]) {
        guard let first = codes.first else {
            self = .ok
            return
        }
        self = codes.allSatisfy { $0 == first } ? first : .failed
    }
}

/// Why a command ends without having done all of its work.
struct Failure: Error, Equatable {
    /// How the program ends.
    let code: ExitCode
    /// Sentences for people, a line each.
    let messages: [String]

    init(_ code: ExitCode, _ messages: String...) {
        self.code = code
        self.messages = messages
    }

    /// Takes over any error that a command may throw.
    init(_ error: any Error) {
        switch error {
        case let error as Failure:
            self = error
        case let error as ClientError:
            code = ExitCode(error.kind)
            messages = [error.message] + error.details
        case let error as GafferError:
            code = .usage
            messages = [error.message] + error.details
        default:
            code = .failed
            messages = ["\(error)"]
        }
    }
}
