internal import GafferAuth
internal import GafferModel
internal import NIOHTTP1
internal import WebServer

/// Users and keys.
extension HTTPAPI {
    func answer(_ route: AccountRoute, _ call: APICall, body: [UInt8]) async -> Response {
        guard let accounts else {
            return .error(GafferError(.notFound, "There are no users and keys here."))
        }
        let answer =
            switch route {
            case .login: await logIn(call, accounts)
            case .keys, .key:
                await HTTPAPI.answering { () async throws(GafferError) in
                    try await keys(route, call, body, accounts)
                }
            case .users, .user, .password, .userKey:
                await HTTPAPI.answering { () async throws(GafferError) in
                    try await users(route, call, body, accounts)
                }
            }
        if call.method != .get, call.method != .head { tell(of: call, status: answer.status) }
        return answer
    }

    /// `GET /auth`: a name and a password become a key, told in the body and in the header, as in the original.
    private func logIn(_ call: APICall, _ accounts: AuthService) async -> Response {
        let client = ClientFacts(peer: call.head.client.peer, address: call.head.client.address)
        guard let credentials = call.head.headers.first(name: "authorization") else {
            return .unauthorized("Give a name and a password: Authorization: Basic.", scheme: "Basic")
        }
        do {
            let issued = try await accounts.logIn(credentials, from: client)
            var response = Response.json(["api_key": issued.map { .string($0.text.revealed) } ?? .null])
            response.headers = [.init("cache-control", "no-store")]
            if let issued { response.headers.append(.init("x-api-key", issued.text.revealed)) }
            return response
        } catch let refusal as Refusal {
            var response = Response.refusal(refusal)
            if refusal.retryAfter == nil { response.headers = [.init("www-authenticate", #"Basic realm="gaffer""#)] }
            return response
        } catch let error as GafferError {
            return .error(error)
        } catch {
            return .error(GafferError(.failed, "The key could not be made: \(error)."))
        }
    }

    private func keys(
        _ route: AccountRoute,
        _ call: APICall,
        _ body: [UInt8],
        _ accounts: AuthService
    ) async throws(GafferError) -> Response {
        let withKeys = try call.query.flag("include_keys")
        switch (route, call.method) {
        case (.keys, .post):
            let request = try KeyRequest(json: try JSON.body(body))
            let issued = try await accounts.createKey(request, by: call.principal)
            var response = Response.json(["ok": true, "api_key": .string(issued.text.revealed)])
            response.headers = [
                .init("x-api-key", issued.text.revealed), .init("location", "/keys/\(issued.record.id)"),
                .init("cache-control", "no-store"),
            ]
            return response
        case (.key(let name), .delete):
            try await accounts.deleteKey(name, by: call.principal)
            return .ok()
        case (.key(let name), _):
            let (key, subkeys) = try await accounts.key(name, for: call.principal)
            guard withKeys, case .object(let members) = key.json else { return .json(key.json) }
            return .json(.object(members + [.init("keys", .array(subkeys.map(\.json)))]))
        default:
            let all = try await accounts.keys(for: call.principal)
            return .json(["keys": .array(all.map { withKeys ? $0.json : .string($0.id) })])
        }
    }

    private func users(
        _ route: AccountRoute,
        _ call: APICall,
        _ body: [UInt8],
        _ accounts: AuthService
    ) async throws(GafferError) -> Response {
        switch (route, call.method) {
        case (.users, .post):
            try await accounts.createUser(try UserRequest(json: try JSON.body(body)), by: call.principal)
        case (.user(let name), .put):
            try await accounts.updateUser(name, try UserRequest(json: try JSON.body(body)), by: call.principal)
        case (.user(let name), .delete):
            try await accounts.deleteUser(name, by: call.principal)
        case (.password(let name), _):
            let password = try UserRequest.password(json: try JSON.body(body))
            try await accounts.setPassword(password, of: name, by: call.principal)
        case (.userKey(let name), _):
            let key = try UserRequest.key(json: try JSON.body(body))
            try await accounts.setKey(key, of: name, by: call.principal)
        case (.user(let name), .head):
            do throws(GafferError) {
                return .json(try await accounts.user(name, for: call.principal).json)
            } catch {
                // Who may not ask does not learn by this whether there is such a user.
                throw error.code == .forbidden
                    ? GafferError(.notFound, "There is no user \(JSON.string(name)).") : error
            }
        case (.user(let name), _):
            return .json(try await accounts.user(name, for: call.principal).json)
        default:
            let withUsers = try call.query.flag("include_user")
            let all = try await accounts.users(for: call.principal)
            return .json(["users": .array(all.map { withUsers ? $0.json : .string($0.name) })])
        }
        return .ok()
    }
}

extension JSON {
    /// The JSON of a body.
    ///
    /// - Throws: `bad_request` where it is none.
    fileprivate static func body(_ bytes: [UInt8]) throws(GafferError) -> JSON {
        do throws(JSON.ParseError) {
            return try JSON(parsing: bytes, maximumDepth: HTTPAPI.maximumDepth)
        } catch {
            throw GafferError(.badRequest, "The body is no JSON: \(error).")
        }
    }
}
