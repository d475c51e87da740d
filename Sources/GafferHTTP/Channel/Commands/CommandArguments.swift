internal import GafferModel

/// The arguments of one command, by position and by name.
struct CommandArguments {
    private let command: ChannelCommand.Name
    private let positional: [JSON]
    private let named: [JSON.Member]

    /// Takes a call's arguments; null and absent are none.
    ///
    /// - Parameter known: the names that the command takes.
    init(_ call: CommandCall, of command: ChannelCommand.Name, known: [String]) throws(CommandFault) {
        self.command = command
        switch call.args {
        case .null: positional = []
        case .array(let values): positional = values
        case .bool, .integer, .double, .string, .object: throw .badCommand(#""args" has to be an array."#)
        }
        switch call.kwargs {
        case .null: named = []
        case .object(let members): named = members
        case .bool, .integer, .double, .string, .array: throw .badCommand(#""kwargs" has to be an object."#)
        }
        if let other = named.first(where: { !known.contains($0.name) }) {
            throw .badCommand("\(command.rawValue) has no argument \(JSON.string(other.name)).")
        }
    }

    /// An argument that may be left out, by position or by name.
    func value(_ position: Int?, _ name: String? = nil) -> JSON? {
        if let position, position < positional.count, positional[position] != .null { return positional[position] }
        return named.first { $0.name == name && $0.value != .null }?.value
    }

    /// An argument that may not be left out.
    func required(_ position: Int, _ what: String) throws(CommandFault) -> JSON {
        guard let value = value(position) else { throw .badCommand("\(command.rawValue) needs \(what).") }
        return value
    }

    /// A string that may be left out.
    func text(_ position: Int?, _ name: String) throws(CommandFault) -> String? {
        guard let value = value(position, name) else { return nil }
        guard let text = value.stringValue else { throw wrong(name, value, "a string") }
        return text
    }

    /// A truth value that may be left out.
    func flag(_ name: String) throws(CommandFault) -> Bool? {
        guard let value = value(nil, name) else { return nil }
        guard let flag = value.boolValue else { throw wrong(name, value, "true or false") }
        return flag
    }

    /// The job that comes first: `session.job`, or its own name where `sessionid` is given.
    func job() throws(CommandFault) -> JobName {
        let value = try required(0, "a job")
        guard let text = value.stringValue else { throw wrong("the job", value, "a string") }
        return try name(text)
    }

    /// The full name of a job in the session that is given, or in that which its name has.
    func name(_ text: String) throws(CommandFault) -> JobName {
        let session = try self.text(nil, "sessionid")
        do throws(GafferError) {
            guard let session else { return try JobName(parsing: text) }
            let prefix = session + "."
            return try JobName(
                session: session,
                job: text.hasPrefix(prefix) ? String(text.dropFirst(prefix.count)) : text
            )
        } catch {
            throw CommandFault(error)
        }
    }

    /// gaffer's number of a process, which comes first.
    func pid() throws(CommandFault) -> Int {
        let value = try required(0, "a pid")
        if let pid = value.intValue { return pid }
        guard let text = value.stringValue, text.first?.isNumber == true, let pid = Int(text) else {
            throw wrong("the pid", value, "a number")
        }
        return pid
    }

    /// A signal, which comes second: a number, `"9"`, `"HUP"` or `"SIGHUP"`.
    func signal() throws(CommandFault) -> Signal {
        try parsed(try required(1, "a signal"), "the signal") { text throws(GafferError) in try Signal(parsing: text) }
    }

    /// How many more or fewer, or exactly, which comes second.
    func scale() throws(CommandFault) -> ScaleOperation {
        try parsed(try required(1, "a number of processes"), "the number of processes") { text throws(GafferError) in
            try ScaleOperation(parsing: text)
        }
    }

    /// A text or several, which come second, as they are: without newlines between them.
    func texts() throws(CommandFault) -> [UInt8] {
        let value = try required(1, "a text")
        if let text = value.stringValue { return Array(text.utf8) }
        guard let elements = value.arrayValue else { throw wrong("the text", value, "a string or an array of strings") }
        var bytes: [UInt8] = []
        for element in elements {
            guard let text = element.stringValue else { throw wrong("the text", element, "a string") }
            bytes += text.utf8
        }
        return bytes
    }

    /// What can't be used, shortened: it may be long, and the client has it.
    func wrong(_ what: String, _ value: JSON, _ expected: String) -> CommandFault {
        .badCommand("\(command.rawValue): \(what) has to be \(expected), not \(value.text.shortened).")
    }

    private func parsed<Value>(
        _ value: JSON,
        _ what: String,
        _ parse: (String) throws(GafferError) -> Value
    ) throws(CommandFault) -> Value {
        let text: String
        switch value {
        case .string(let string): text = string
        case .integer(let number): text = String(number)
        case .null, .bool, .double, .array, .object: throw wrong(what, value, "a string or a number")
        }
        do throws(GafferError) {
            return try parse(text)
        } catch {
            throw CommandFault(error)
        }
    }
}
