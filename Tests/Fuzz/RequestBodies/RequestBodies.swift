/// Bodies of requests, each for one of the routes that read one.
///
/// The first byte says which. What is read has to be what the rest of gafferd may rely on, and what is refused is a 400
/// whose body is JSON of a bounded length.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = Array(UnsafeBufferPointer(start: start, count: count))
    guard let kind = input.first else { return 0 }
    let body = Array(input.dropFirst())
    do throws(GafferError) {
        switch kind % 8 {
        case 0: try checkJob(body)
        case 1: _ = try JobCommand(body: body)
        case 2:
            let signal = try SignalBody(parsing: body).signal
            precondition((1...64).contains(signal.rawValue), "It is no signal.")
        case 3: try checkScale(body)
        case 4: try checkCommit(body)
        case 5: try checkKey(body)
        case 6: try checkUser(body)
        default:
            _ = try UserRequest.password(json: json(body))
            _ = try UserRequest.key(json: json(body))
        }
    } catch {
        check(error, body)
    }
    return 0
}

private func json(_ body: [UInt8]) throws(GafferError) -> JSON {
    do throws(JSON.ParseError) {
        return try JSON(parsing: body, maximumDepth: HTTPAPI.maximumDepth)
    } catch {
        throw GafferError(.badRequest, "The body is no JSON: \(error).")
    }
}

private func check(_ error: GafferError, _ body: [UInt8]) {
    precondition(error.code.status == 400 && !error.message.isEmpty, "It is not told what is wrong.")
    let answer = Response.error(error)
    precondition(!answer.body.contains { $0 < 0x20 && $0 != 0x0A }, "A control character is not escaped.")
    precondition((try? JSON(parsing: answer.body)) != nil, "The answer is no JSON.")
    // What is cited may be escaped, six characters for one; a few mistakes are told one by one, and again all together.
    precondition(answer.body.count <= 4096 + 64 * body.count, "The answer is much longer than what was asked.")
}

private func checkJob(_ body: [UInt8]) throws(GafferError) {
    let job = try JobBody(parsing: body)
    if let name = try? job.fullName() {
        precondition(JobName.isValid(name.session) && JobName.isValid(name.job))
        precondition(job.conflict(with: name) == nil, "A body names another job than it names.")
    }
    if let name = try? job.name(in: "shop") { precondition(name.session == "shop" && JobName.isValid(name.job)) }
    let config = try job.config()
    precondition(!config.cmd.isEmpty && !config.cmd.utf8.contains(0))
    precondition(!config.env.contains { $0.key.isEmpty || $0.key.utf8.contains(0) || $0.key.utf8.contains(0x3D) })
    // What gafferd tells of a job can be loaded again, and is the same.
    guard let name = try? JobName(job: "job") else { preconditionFailure("job is a name.") }
    guard let again = try? JobConfig.read(json: config.json(name: name)).config else {
        preconditionFailure("What is told of a job can't be loaded: \(config.json(name: name))")
    }
    precondition(again.json(name: name) == config.json(name: name), "A job changes by being told and loaded again.")
}

private func checkScale(_ body: [UInt8]) throws(GafferError) {
    let operation = try ScaleBody(parsing: body).operation
    for count in [0, 1, ScaleOperation.maximum] {
        if let wanted = try? operation.applied(to: count) {
            precondition((0...ScaleOperation.maximum).contains(wanted))
        }
    }
}

private func checkCommit(_ body: [UInt8]) throws(GafferError) {
    let commit = try CommitBody(parsing: body)
    for (name, value) in commit.env {
        precondition(!name.isEmpty && !name.utf8.contains { $0 == 0 || $0 == UInt8(ascii: "=") })
        precondition(!value.utf8.contains(0))
    }
    if let timeout = commit.gracefulTimeout { precondition(timeout >= .zero && timeout <= .seconds(86_400 * 365)) }
}

private func checkKey(_ body: [UInt8]) throws(GafferError) {
    let request = try KeyRequest(json: json(body))
    precondition(request.label.utf8.count <= KeyRecord.maximumLabel)
    guard let again = try? Permissions(json: request.permissions.json) else {
        preconditionFailure("What is told of a key can't be read.")
    }
    precondition(again == request.permissions, "A key changes by being told and read again.")
}

private func checkUser(_ body: [UInt8]) throws(GafferError) {
    let request = try UserRequest(json: json(body))
    if let name = request.name { precondition(UserRecord.isValid(name: name)) }
    precondition(JSON.object(request.extra).encoded().count <= UserRequest.maximumExtra)
    let own = ["username", "password", "user_type", "key"]
    precondition(!request.extra.contains { own.contains($0.name) }, "What is told of a user has a member twice.")
}
