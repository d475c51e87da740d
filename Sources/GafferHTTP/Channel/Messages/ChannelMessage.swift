internal import GafferModel

/// What a client says on the channel, one JSON document a message.
///
/// | document | message |
/// |---|---|
/// | `{"event":"NOP"}` | ``nothing`` |
/// | `{"event":"SUB","data":{"topic":T}}`, beside it `interval`, `tail`, `offset` | ``subscribe(_:_:)`` |
/// | `{"event":"UNSUB","data":{"topic":T}}` | ``unsubscribe(_:)`` |
/// | `{"event":"CMD","data":{"identity":I,"name":N,"args":[..],"kwargs":{..}}}` | ``command(_:)`` |
enum ChannelMessage: Sendable, Hashable {
    /// A sign of life.
    case nothing
    /// It wants a topic; the members of `data` say how.
    case subscribe(String, [JSON.Member])
    /// It wants a topic no more.
    case unsubscribe(String)
    /// It wants something done.
    case command(CommandCall)

    /// How deep a message may be nested.
    static let maximumDepth = 32

    /// Reads a message.
    ///
    /// What is looked at first, and which fault is told where there are several, is as in the original.
    init(parsing bytes: [UInt8]) throws(Fault) {
        let json: JSON
        do throws(JSON.ParseError) {
            json = try JSON(parsing: bytes, maximumDepth: ChannelMessage.maximumDepth)
        } catch {
            throw Fault(.invalidJSON, "The message is no JSON: \(error).")
        }
        guard let event = json["event"] else {
            throw Fault(.eventMissing, #"The message has to be an object with the member "event"."#)
        }
        guard event != "NOP" else {
            self = .nothing
            return
        }
        guard let data = json["data"], let members = data.objectValue else {
            throw Fault(.dataMissing, #"The member "data" has to be an object."#)
        }
        switch event {
        case "SUB": self = .subscribe(try Fault.topic(data), members)
        case "UNSUB": self = .unsubscribe(try Fault.topic(data))
        case "CMD": self = .command(try CommandCall(data))
        default:
            throw Fault(.unknownCommand, #"The member "event" is NOP, SUB, UNSUB or CMD."#)
        }
    }
}

/// A command as it was called, before it is known whether there is such a one.
struct CommandCall: Sendable, Hashable {
    /// What the client knows the answer by: any value, which is sent back as it is.
    let identity: JSON
    /// The command's name.
    let name: String
    /// What stands in `args` and `kwargs`; null: nothing does.
    let args, kwargs: JSON

    /// Makes a call.
    init(identity: JSON, name: String, args: JSON = .null, kwargs: JSON = .null) {
        self.identity = identity
        self.name = name
        self.args = args
        self.kwargs = kwargs
    }

    fileprivate init(_ data: JSON) throws(ChannelMessage.Fault) {
        guard let name = data["name"]?.stringValue else {
            throw ChannelMessage.Fault(.commandNameMissing, #"The member "name" has to be a string."#)
        }
        guard let identity = data["identity"] else {
            throw ChannelMessage.Fault(.commandIdentityMissing, #"The member "identity" is missing."#)
        }
        self.init(identity: identity, name: name, args: data["args"] ?? .null, kwargs: data["kwargs"] ?? .null)
    }
}

extension ChannelMessage {
    /// Why a message can't be understood.
    struct Fault: Error, Sendable, Hashable {
        /// The words of the original, its spelling among them: clients compare them.
        enum Reason: String, Sendable, CaseIterable {
            case invalidJSON = "invalid_json"
            case eventMissing = "event_missing"
            case dataMissing = "data_missing"
            case topicMissing = "topic_missing"
            case commandNameMissing = "cmd_name_mssing"
            case commandIdentityMissing = "cmd_identity_missing"
            case unknownCommand = "unknown_cmd"
            /// New: `AUTH:` where somebody is logged in.
            case alreadyAuthenticated = "already_authenticated"
        }

        let reason: Reason
        /// A sentence for people.
        let message: String

        init(_ reason: Reason, _ message: String) {
            self.reason = reason
            self.message = message
        }

        fileprivate static func topic(_ data: JSON) throws(Fault) -> String {
            guard let topic = data["topic"]?.stringValue else {
                throw Fault(.topicMissing, #"The member "topic" has to be a string."#)
            }
            return topic
        }
    }
}
