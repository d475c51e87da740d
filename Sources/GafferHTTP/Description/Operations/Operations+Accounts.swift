internal import GafferModel

extension Operation {
    static let ofAccounts: [Operation] = [
        Operation(
            .get,
            .login,
            "login",
            "A name and a password become a key",
            .accounts,
            [.json(.login).with(header: "X-Api-Key", "The key once more.")]
        ).login.failing(404, 500).explained("The key is seen here and never again."),
        Operation(.get, .keys, "listKeys", "All keys", .accounts, [.json(.keys)]).taking(.includeKeys).failing(
            404,
            500
        ),
        Operation(
            .post,
            .keys,
            "createKey",
            "Make a key",
            .accounts,
            [
                .json(.issuedKey).with(header: "X-Api-Key", "The key once more.")
                    .with(header: "Location", "Where what is known of it can be read.")
            ]
        ).sending(.newKey).failing(404, 409, 500)
            .explained("A sub-key of the own, or of `parent`, which it is never stronger than and which it goes with."),
        Operation(.get, .key, "getKey", "A key", .accounts, [.json(.key)]).taking(.includeKeys).failing(500)
            .explained("The own, one below it, or with `create_key` any that is not stronger."),
        Operation(.delete, .key, "deleteKey", "Remove a key and its sub-keys", .accounts, [.json(.ok)]).failing(500),
        Operation(.get, .users, "listUsers", "All users", .accounts, [.json(.users)]).taking(.includeUser)
            .failing(404, 500),
        Operation(.post, .users, "createUser", "Make a user", .accounts, [.json(.ok)]).sending(.newUser)
            .failing(404, 409, 500),
        Operation(.get, .user, "getUser", "A user", .accounts, [.json(.user)]).failing(500)
            .explained("The user of the own key; with `create_user` any. HEAD answers 404 also to who may not ask."),
        Operation(.put, .user, "updateUser", "Replace a user", .accounts, [.json(.ok)]).sending(.changedUser)
            .failing(500),
        Operation(.delete, .user, "deleteUser", "Remove a user", .accounts, [.json(.ok)]).failing(500),
        Operation(.put, .userPassword, "setPassword", "Change a password", .accounts, [.json(.ok)]).sending(.password)
            .failing(500),
        Operation(.put, .userKey, "setUserKey", "Give a user another key", .accounts, [.json(.ok)]).sending(.userKey)
            .failing(500),
    ]
}
