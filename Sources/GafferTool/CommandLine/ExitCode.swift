package import GafferClient
internal import GafferModel

/// How a program ends; fixed and documented.
package struct ExitCode: RawRepresentable, Sendable, Hashable {
    /// What the caller's shell sees, 0 to 255.
    package let rawValue: Int32

    package init(rawValue: Int32) {
        self.rawValue = rawValue
    }

    package static let ok = ExitCode(rawValue: 0)
    package static let failed = ExitCode(rawValue: 1)
    package static let usage = ExitCode(rawValue: 2)
    package static let notRunning = ExitCode(rawValue: 3)
    package static let notFound = ExitCode(rawValue: 4)
    package static let unreachable = ExitCode(rawValue: 5)
    package static let refused = ExitCode(rawValue: 6)
    package static let timedOut = ExitCode(rawValue: 7)
    package static let conflict = ExitCode(rawValue: 8)

    /// Those that mean the same in every program; others are of a program that was run.
    package static let documented: [ExitCode] = [
        .ok, .failed, .usage, .notRunning, .notFound, .unreachable, .refused, .timedOut, .conflict,
    ]

    /// What it means, for the help.
    package var meaning: String {
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
        default: "as a program that was run"
        }
    }

    /// The code that goes with an error of the client.
    package init(_ kind: ClientError.Kind) {
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
    package init(several codes: [ExitCode]) {
        guard let first = codes.first else {
            self = .ok
            return
        }
        self = codes.allSatisfy { $0 == first } ? first : .failed
    }
}

/// Why a command ends without having done all of its work.
package struct Failure: Error, Equatable {
    /// How the program ends.
    package let code: ExitCode
    /// Sentences for people, a line each.
    package let messages: [String]

    package init(_ code: ExitCode, _ messages: String...) {
        self.init(code, messages: messages)
    }

    package init(_ code: ExitCode, messages: [String]) {
        self.code = code
        self.messages = messages
    }

    /// Takes over any error that a command may throw.
    package init(_ error: any Error) {
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
