package import GafferModel
internal import WebClient

extension GafferClient {
    /// What a user is, by the numbers of the API.
    package enum UserType: Int64, Sendable, CaseIterable {
        /// Administers gafferd.
        case admin = 0
        /// An application, or anybody else.
        case app = 1

        /// The word for it.
        package var word: String { self == .admin ? "admin" : "app" }
    }

    /// `GET /users?include_user=true`: all users, an object each.
    ///
    /// - Throws: ``ClientError``.
    package func users() throws(ClientError) -> [JSON] {
        let answer = try document(WebRequest("GET", "/users?include_user=true"))
        guard let list = answer["users"]?.arrayValue else { throw .unexpected("it has no list users") }
        return list
    }

    /// `GET /users/<user>`: one user.
    ///
    /// - Throws: ``ClientError``.
    package func user(_ name: String) throws(ClientError) -> JSON {
        try document(WebRequest("GET", Self.target(user: name)))
    }

    /// `POST /users`: makes a user.
    ///
    /// - Parameter key: the user's key; nil: none.
    /// - Throws: ``ClientError``.
    package func addUser(
        _ name: String,
        password: String,
        type: UserType,
        key: String?
    ) throws(ClientError) {
        let body: JSON = [
            "username": .string(name), "password": .string(password), "user_type": .integer(type.rawValue),
            "key": key.map(JSON.string) ?? .null,
        ]
        _ = try perform(.json("POST", "/users", body))
    }

    /// `DELETE /users/<user>`: removes a user.
    ///
    /// - Throws: ``ClientError``.
    package func deleteUser(_ name: String) throws(ClientError) {
        _ = try perform(WebRequest("DELETE", Self.target(user: name)))
    }

    /// `PUT /users/<user>/password`: gives a user another password.
    ///
    /// - Throws: ``ClientError``.
    package func setPassword(_ password: String, ofUser name: String) throws(ClientError) {
        _ = try perform(.json("PUT", Self.target(user: name) + "/password", ["password": .string(password)]))
    }

    /// `PUT /users/<user>/key`: gives a user another key.
    ///
    /// - Throws: ``ClientError``.
    package func setKey(_ key: String, ofUser name: String) throws(ClientError) {
        _ = try perform(.json("PUT", Self.target(user: name) + "/key", ["key": .string(key)]))
    }

    private static func target(user: String) -> String { "/users/\(WebRequest.percentEncoded(user))" }
}
