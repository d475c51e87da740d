internal import GafferClient
internal import GafferModel

extension Command {
    package static let login = Command(
        name: "login",
        group: .access,
        abstract: "Gets the key of a user by name and password, and keeps it for the endpoint.",
        discussion: """
            The password is asked for on the terminal, or read from the standard input. The
            key is kept in $GAFFER_CONFIG, in gaffer/gaffer.ini below $XDG_CONFIG_HOME where
            that exists, else in ~/.gaffer/gaffer.ini, readable by you alone. Commands use
            it where no other key is given.
            """,
        options: [Option(name: "user", short: "u", value: "NAME", help: "the user; asked for where it is not given")],
        examples: [
            Example("login --endpoint https://node1:5000", "asks for name and password"),
            Example("login -u robot < password", "takes the password from a file"),
        ],
        json: #"{"ok": true, "user": "NAME", "node": "ENDPOINT"}"#
    ) { invocation in
        guard let file = SettingsFile(invocation.environment) else {
            throw Failure(.failed, "There is no place for the key: set HOME or GAFFER_CONFIG.")
        }
        let endpoint = invocation.endpoint
        let question = Question(invocation.environment)
        // The endpoint is checked before anything is asked; a stored key is that of another user, or an old one.
        var access = try invocation.access(to: endpoint)
        access.apiKey = nil
        let client = try GafferClient(endpoint: endpoint, access: access)
        var settings = try file.read()
        let name: String
        if let given = invocation.line.value("user") {
            name = given
        } else if question.isTerminal {
            name = try question.ask("User", isHidden: false, output: invocation.output)
        } else {
            throw invocation.usage("Whose password is it? Give the user with -u.")
        }
        let password = try question.ask("Password of \(name.escaped)", isHidden: true, output: invocation.output)
        guard let key = try client.authenticate(user: name, password: password) else {
            throw Failure(
                .refused,
                "The user \(name.escaped) has no key: an administrator can give one by 'user setkey'."
            )
        }
        let node = Invocation.nodeName(of: endpoint)
        settings.set("key", to: key, node: node, where: Invocation.matcher(of: endpoint))
        try file.write(settings)
        if invocation.wantsJSON {
            invocation.print(["ok": true, "user": .string(name), "node": .string(node)])
        } else {
            invocation.confirm("Logged in at \(node.escaped) as \(name.escaped).")
        }
        return .ok
    }

    package static let logout = Command(
        name: "logout",
        group: .access,
        abstract: "Forgets the key that login keeps for the endpoint.",
        discussion: "The key itself stays valid: 'key delete' takes it away.",
        examples: [Example("logout --endpoint https://node1:5000", "forgets the key for that gafferd")],
        json: #"{"ok": true, "node": "ENDPOINT"}"#
    ) { invocation in
        let endpoint = invocation.endpoint
        let node = Invocation.nodeName(of: endpoint)
        let matches = Invocation.matcher(of: endpoint)
        guard let file = SettingsFile(invocation.environment) else {
            throw Failure(.notFound, "No key is kept for \(node.escaped).")
        }
        var settings = try file.read()
        guard settings.value("key", where: matches) != nil else {
            throw Failure(.notFound, "No key is kept for \(node.escaped).")
        }
        settings.set("key", to: nil, node: node, where: matches)
        try file.write(settings)
        if invocation.wantsJSON {
            invocation.print(["ok": true, "node": .string(node)])
        } else {
            invocation.confirm("The key for \(node.escaped) is forgotten.")
        }
        return .ok
    }
}
