internal import GafferModel

/// What is said to a client on the channel, but for what its subscriptions deliver.
enum ChannelAnswer: Sendable, Hashable {
    /// `SUB` or `UNSUB` was carried out; the topic as it was sent.
    case subscribed(topic: String)
    /// `SUB` or `UNSUB` was not.
    case notSubscribed(topic: String, SubscriptionFault)
    /// `CMD` was carried out.
    case done(identity: JSON, result: JSON)
    /// `CMD` was not.
    case failed(identity: JSON, CommandFault)
    /// A message was not understood.
    case fault(ChannelMessage.Fault)
    /// A subscription came to its end, since what it is about did; new.
    case ended(topic: String)
    /// Nobody is logged in, and the session ends.
    case authenticationRequired(LoginFault)

    /// The message.
    var json: JSON {
        switch self {
        case .subscribed(let topic):
            return ["event": "gaffer:subscription_success", "topic": .string(topic)]
        case .notSubscribed(let topic, let fault):
            // The original left out prefix and topic, for which its own client looked.
            return [
                "event": "gaffer:subscription_error",
                "topic": .string(topic),
                "data": [
                    "reason": .string(fault.reason.rawValue), "topic": .string(topic),
                    "message": .string(fault.message),
                ],
            ]
        case .done(let identity, let result):
            return ["event": "gaffer:command_success", "data": ["id": identity, "result": result]]
        case .failed(let identity, let fault):
            return ["event": "gaffer:command_error", "data": ["id": identity, "error": fault.json]]
        case .fault(let fault):
            return [
                "event": "gaffer:error",
                "data": [
                    "error": "invalid_msg", "reason": .string(fault.reason.rawValue), "message": .string(fault.message),
                ],
            ]
        case .ended(let topic):
            return ["event": "gaffer:subscription_end", "topic": .string(topic)]
        case .authenticationRequired(let fault):
            return [
                "event": "gaffer:error", "data": ["error": "AUTH_REQUIRED", "reason": .string(fault.rawValue)],
            ]
        }
    }
}

/// Why a session ends before it began: JSON in a string, letter by letter as the original had it.
enum LoginFault: String, Sendable, Hashable {
    /// No key was given.
    case unauthorized = #"{"error": "unauthorized", "errno": 401}"#
    /// The key is unknown.
    case forbidden = #"{"error": "forbidden", "errno": 403}"#
}

/// Why there is no subscription.
struct SubscriptionFault: Error, Sendable, Hashable {
    /// The words; those after `streamNotFound` are new.
    enum Reason: String, Sendable, CaseIterable {
        case invalidTopic = "invalid_topic"
        case forbidden
        case streamNotFound = "stream_not_found"
        case notFound = "not_found"
        case badValue = "bad_value"
        case tooManySubscriptions = "too_many_subscriptions"
        case tooManyStreams = "too_many_streams"
    }

    let reason: Reason
    /// A sentence for people.
    let message: String

    init(_ reason: Reason, _ message: String) {
        self.reason = reason
        self.message = message
    }

    /// An error of those who know jobs and processes.
    init(_ error: GafferError) {
        self.init(error.code == .notFound ? .notFound : .invalidTopic, error.message)
    }
}

/// Why a command was not carried out.
struct CommandFault: Error, Sendable, Hashable {
    /// An HTTP status.
    let errno: Int
    /// A word, as the original had it; with 500 it is a sentence.
    let reason: String
    /// A sentence for people.
    let message: String

    init(_ errno: Int, _ reason: String, _ message: String) {
        self.errno = errno
        self.reason = reason
        self.message = message
    }

    /// A missing argument, or one that can't be used.
    static func badCommand(_ message: String) -> CommandFault {
        CommandFault(400, "bad_command", message)
    }

    /// An error of those who carry commands out, in the words of the original.
    init(_ error: GafferError) {
        switch error.code {
        case .badRequest: self = .badCommand(error.message)
        case .conflict: self.init(409, "process_conflict", error.message)
        case .failed: self.init(500, error.message, error.message)
        default: self.init(error.code.status, error.code.word, error.message)
        }
    }

    var json: JSON {
        ["errno": .integer(Int64(errno)), "reason": .string(reason), "message": .string(message)]
    }
}
