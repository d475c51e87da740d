package import GafferModel
internal import WebClient

/// An API key as gafferd tells it: not the key itself where that is known only to who has it.
package struct KeyInfo: Sendable, Hashable {
    /// The key, or what names it.
    package var key: String
    /// What its maker calls it.
    package var label: String
    /// The key that made it; nil: none.
    package var parent: String?
    /// What it may, as gafferd tells it.
    package var permissions: JSON
    /// The whole answer.
    package var json: JSON

    /// Reads one.
    ///
    /// - Throws: ``ClientError`` where it is no key.
    package init(_ json: JSON) throws(ClientError) {
        guard let key = json["key"]?.stringValue ?? json["id"]?.stringValue else {
            throw .unexpected("a key has no name")
        }
        self.key = key
        label = json["label"]?.stringValue ?? ""
        parent = json["parent"]?.stringValue
        permissions = json["permissions"] ?? [:]
        self.json = json
    }
}

extension GafferClient {
    /// `GET /auth`: the key of a user, by name and password.
    ///
    /// - Returns: the key; nil where the user has none.
    /// - Throws: ``ClientError``.
    package func authenticate(user: String, password: String) throws(ClientError) -> String? {
        guard !user.contains(":"), !user.isEmpty else {
            throw ClientError(
                .invalid,
                reason: "bad_user",
                message: "The name of a user is not empty and has no colon."
            )
        }
        var request = WebRequest("GET", "/auth")
        request.headers.append(WebHeader("Authorization", "Basic " + Base64.encode("\(user):\(password)".utf8)))
        let answer = try document(request)
        guard let key = answer["api_key"] else { throw .unexpected("it tells no api_key") }
        return key.stringValue
    }

    /// `GET /keys?include_keys=true`: all keys.
    ///
    /// - Throws: ``ClientError``.
    package func keys() throws(ClientError) -> [KeyInfo] {
        let answer = try document(WebRequest("GET", "/keys?include_keys=true"))
        guard let list = answer["keys"]?.arrayValue else { throw .unexpected("it has no list keys") }
        var keys: [KeyInfo] = []
        for entry in list { keys.append(try KeyInfo(entry)) }
        return keys
    }

    /// `GET /keys/<key>`: one key.
    ///
    /// - Throws: ``ClientError``.
    package func key(_ key: String) throws(ClientError) -> KeyInfo {
        try KeyInfo(document(WebRequest("GET", Self.target(key: key))))
    }

    /// `POST /keys`: makes a key.
    ///
    /// - Parameters:
    ///   - permissions: the object of the API, as `{"read": ["shop"]}`.
    ///   - parent: the key that it stands under; nil: the one that asks.
    /// - Returns: the answer; its member `api_key` is the key, told this once.
    /// - Throws: ``ClientError``.
    package func createKey(_ permissions: JSON, label: String, parent: String?) throws(ClientError) -> JSON {
        var members: [JSON.Member] = [.init("permissions", permissions), .init("label", .string(label))]
        if let parent { members.append(.init("parent", .string(parent))) }
        let answer = try document(.json("POST", "/keys", .object(members)))
        guard answer["api_key"]?.stringValue != nil else { throw .unexpected("it tells no api_key") }
        return answer
    }

    /// `DELETE /keys/<key>`: takes a key away, and those under it.
    ///
    /// - Throws: ``ClientError``.
    package func deleteKey(_ key: String) throws(ClientError) {
        _ = try perform(WebRequest("DELETE", Self.target(key: key)))
    }

    private static func target(key: String) -> String { "/keys/\(WebRequest.percentEncoded(key))" }
}
