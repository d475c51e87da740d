internal import GafferAuth
internal import GafferModel

/// Users, keys and what they may do.
enum AccountSchemas {
    private static let scope = Schema.string("^(\\*|\(Names.name)(\\.\(Names.name))?)$")

    /// A list of scopes, or an object whose keys count.
    private static let scopes = Schema.any(
        .array(of: scope),
        Schema.map(of: .anything).with("propertyNames", scope.json)
    )

    static let permissions = Schema.object([
        Schema.Property("admin", .boolean, "Everything.").optional,
        Schema.Property("create_key", .boolean, "Make and remove keys, none stronger than the own.").optional,
        Schema.Property("create_user", .boolean, "Make and remove users, but no administrators.").optional,
        Schema.Property("manage", scopes, "Load, change, unload; all that the others give.").optional,
        Schema.Property("operate", scopes, "Start, stop, restart, scale, signal; includes read.").optional,
        Schema.Property("write", scopes, "Write to processes; includes read.").optional,
        Schema.Property("read", scopes, "See what it is, how it does and what it writes.").optional,
    ]).closed.described("Scopes are `*`, a session, or `session.job`; a session covers its jobs.")
        .example(["manage": ["shop"], "read": ["*"]])

    static let keyID = Schema.string("^[0-9a-f]{12}$").described("The public id of a key.")
    private static let wholeKey = Schema.string("^gk_").described("The key itself, seen here and never again.")
    private static let userName = Schema.string("^[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}$")

    static let key = Schema.object([
        .init("key", keyID), .init("label", .string), .init("permissions", .named(.permissions)),
        .init("parent", keyID.nullable, "The key that it goes with."),
        .init("created", .number, "In seconds since 1970."),
        Schema.Property("user", userName, "The user for whom it was made.").optional,
        Schema.Property("login", .boolean, "Whether a login made it.").optional,
        Schema.Property("keys", .array(of: .named(.key)), "Its sub-keys, with `?include_keys=true`.").optional,
    ])

    static let newKey = Schema.object([
        Schema.Property("label", Schema.string.with("maxLength", .integer(Int64(KeyRecord.maximumLabel)))).optional,
        Schema.Property("permissions", .named(.permissions), "None where they are left out.").optional,
        Schema.Property("parent", Schema.string.nullable, "The id of a key; the own where it is left out.").optional,
        Schema.Property("key", .anything, "Ignored: keys are made here.").optional,
    ]).closed.example(["label": "deploy", "permissions": ["manage": ["shop"]]])

    static let issuedKey = Schema.object([.init("ok", .constant(true)), .init("api_key", wholeKey)])
    static let login = Schema.object([.init("api_key", wholeKey.nullable, "null: the user has no key.")])

    static let keys = Schema.object([
        .init("keys", .array(of: .any(keyID, .named(.key))), "Ids; the keys with `?include_keys=true`.")
    ])

    static let user = Schema.object([
        .init("username", userName), .init("user_type", .integer(0...1), "0: an administrator."),
        .init("key", keyID.nullable, "The id of its key."),
    ]).open

    private static let newPassword = Schema.string.with("minLength", 1).with("maxLength", 511)

    private static let account: [Schema.Property] = [
        .init("password", newPassword),
        Schema.Property("user_type", Schema.integer(0...1).defaulting(to: 1), "0: an administrator.").optional,
        Schema.Property("key", Schema.string.nullable, "The id of its key.").optional,
    ]

    static let newUser = Schema.object([.init("username", userName)] + account).open
        .described("Members beside these are kept with the user, 4096 bytes of them at most.")
        .example(["username": "ann", "password": "correct horse"])

    static let changedUser = Schema.object([Schema.Property("username", userName).optional] + account)
        .open
        .described("Replaces the user but for its name; members beside these are kept with it.")

    static let password = Schema.object([.init("password", newPassword)]).closed
    static let userKey = Schema.object([.init("key", Schema.string.nullable, "The id of a key, or null.")]).closed

    static let users = Schema.object([
        .init("users", .array(of: .any(userName, .named(.user))), "Names; the users with `?include_user=true`.")
    ])
}
