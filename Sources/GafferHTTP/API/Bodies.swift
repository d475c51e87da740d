internal import Gaffer
internal import GafferModel
internal import WebServer

extension JSON {
    /// The members of a body that has to be an object.
    ///
    /// - Throws: `bad_request` where it is something else, or no JSON at all.
    fileprivate static func members(of body: [UInt8]) throws(GafferError) -> [Member] {
        let json: JSON
        do throws(JSON.ParseError) {
            json = try JSON(parsing: body, maximumDepth: HTTPAPI.maximumDepth)
        } catch {
            throw GafferError(.badRequest, "The body is no JSON: \(error).")
        }
        guard case .object(let members) = json else {
            throw GafferError(.badRequest, "The body is JSON, but no object.")
        }
        return members
    }
}

extension JobCommand {
    /// Reads the bare digit that is posted to `state`.
    ///
    /// - Throws: `bad_request` for anything but `0` stop, `1` start, `2` reload, `3` restart.
    init(body: [UInt8]) throws(GafferError) {
        switch body {
        case [UInt8(ascii: "0")]: self = .stop
        case [UInt8(ascii: "1")]: self = .start
        case [UInt8(ascii: "2")]: self = .reload
        case [UInt8(ascii: "3")]: self = .restart
        default:
            throw GafferError(.badRequest, "The body is 0 to stop, 1 to start, 2 to reload or 3 to restart.")
        }
    }
}

/// `{"signal": 1}`, also `"1"`, `"HUP"` or `"SIGHUP"`.
struct SignalBody {
    let signal: Signal

    init(parsing body: [UInt8]) throws(GafferError) {
        let members = try JSON.members(of: body)
        guard let value = members.first(where: { $0.name == "signal" })?.value else {
            throw GafferError(.badRequest, #"The member "signal" is missing."#)
        }
        switch value {
        case .string(let text): signal = try Signal(parsing: text)
        case .integer(let number): signal = try Signal(parsing: String(number))
        case .null, .bool, .double, .array, .object:
            throw GafferError(.badSignal, "\(value) is no signal: give a name as TERM or a number, 1 to 64.")
        }
    }
}

/// `{"scale": 2}`, also `"2"`, `"+2"`, `"-2"` or `"=2"`.
struct ScaleBody {
    let operation: ScaleOperation

    init(parsing body: [UInt8]) throws(GafferError) {
        let members = try JSON.members(of: body)
        guard let value = members.first(where: { $0.name == "scale" })?.value else {
            throw GafferError(.badRequest, #"The member "scale" is missing."#)
        }
        switch value {
        case .string(let text): operation = try ScaleOperation(parsing: text)
        case .integer(let number): operation = try ScaleOperation(parsing: String(number))
        case .null, .bool, .double, .array, .object:
            throw GafferError(.badValue, "\(value) is no scale: give N, +N, -N or =N.")
        }
    }
}

/// `{"env": {…}, "graceful_timeout": seconds}`, both optional; an empty body is like `{}`.
struct CommitBody {
    let env: [String: String]
    let gracefulTimeout: Duration?

    init(parsing body: [UInt8]) throws(GafferError) {
        var env: [String: String] = [:]
        var gracefulTimeout: Duration?
        for member in body.isEmpty ? [] : try JSON.members(of: body) {
            switch (member.name, member.value) {
            case ("env", .object(let variables)):
                for variable in variables {
                    env[try CommitBody.name(variable.name)] = try CommitBody.value(variable)
                }
            case ("graceful_timeout", let value):
                gracefulTimeout = try CommitBody.seconds(value)
            case ("env", .null): break
            case ("env", _):
                throw GafferError(.badRequest, #""env" is an object of strings."#)
            default: break
            }
        }
        self.env = env
        self.gracefulTimeout = gracefulTimeout
    }

    private static func name(_ name: String) throws(GafferError) -> String {
        guard !name.isEmpty, !name.utf8.contains(where: { $0 == 0 || $0 == UInt8(ascii: "=") }) else {
            throw GafferError(.badRequest, "\(JSON.string(name)) can't name a variable of the environment.")
        }
        return name
    }

    private static func value(_ variable: JSON.Member) throws(GafferError) -> String {
        guard case .string(let value) = variable.value, !value.utf8.contains(0) else {
            throw GafferError(
                .badRequest,
                "\(JSON.string(variable.name)) in \"env\" has to be a string without NUL, not \(variable.value)."
            )
        }
        return value
    }

    private static func seconds(_ value: JSON) throws(GafferError) -> Duration? {
        if case .null = value { return nil }
        guard let seconds = value.doubleValue, seconds >= 0, seconds <= 86_400 * 365 else {
            throw GafferError(.badRequest, #""graceful_timeout" is a number of seconds, 0 or more, not \#(value)."#)
        }
        return .milliseconds(Int64((seconds * 1000).rounded()))
    }
}

/// The configuration of a job, with the name under which it is to be known.
struct JobBody {
    private let name: JSON?
    private let members: [JSON.Member]

    init(parsing body: [UInt8]) throws(GafferError) {
        let members = try JSON.members(of: body)
        name = members.first { $0.name == "name" }?.value
        self.members = members.filter { $0.name != "name" }
    }

    /// The configuration.
    ///
    /// - Throws: `bad_value` with all that is wrong in it.
    func config() throws(GafferError) -> JobConfig {
        do throws(GafferError) {
            return try JobConfig.read(json: .object(members)).config
        } catch {
            throw GafferError(.badValue, error.message, details: error.details)
        }
    }

    /// The job's full name, where the body alone says which session is meant.
    ///
    /// - Throws: `bad_request` where it is missing, or no name.
    func fullName() throws(GafferError) -> JobName {
        guard let name else { throw GafferError(.badRequest, #"The member "name" is missing."#) }
        guard let text = name.stringValue else {
            throw GafferError(.badRequest, #""name" has to be a string, not \#(name)."#)
        }
        return try JobName(parsing: text)
    }

    /// The job's full name: `job` or `session.job` in the body, where the session is that of the path.
    ///
    /// - Throws: `bad_request` where it is missing, no name, or of another session.
    func name(in session: String) throws(GafferError) -> JobName {
        guard let name else { throw GafferError(.badRequest, #"The member "name" is missing."#) }
        guard let text = name.stringValue else {
            throw GafferError(.badRequest, #""name" has to be a string, not \#(name)."#)
        }
        let prefix = session + "."
        return try JobName(session: session, job: text.hasPrefix(prefix) ? String(text.dropFirst(prefix.count)) : text)
    }

    /// The answer where the body names another job than the path.
    func conflict(with job: JobName) -> Response? {
        guard let name, name != .null else { return nil }
        if let text = name.stringValue, text == job.job || (try? JobName(parsing: text)) == job { return nil }
        return .error(
            GafferError(.badRequest, "The body is for \(name), the path for \(job): leave \"name\" out."),
            reason: "template name conflict with the path"
        )
    }
}
