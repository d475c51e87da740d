internal import GafferClient
internal import GafferModel

extension Command {
    package static let user = Command(
        name: "user",
        group: .access,
        abstract: "Lists, adds, shows, changes and removes users.",
        discussion: """
            user list                 all users
            user add NAME             a new user
            user show NAME            one user
            user del NAME             removes a user
            user setpassword NAME     gives a user another password
            user setkey NAME KEY      gives a user another key

            Passwords are asked for on the terminal, or read from the standard input, a line
            each; they are never given on the command line.
            """,
        operands: [
            Operand("ACTION", .one, .words(["list", "add", "show", "del", "setpassword", "setkey"])),
            Operand("WORD", .any),
        ],
        options: [
            Option(name: "type", value: "TYPE", choices: ["admin", "app"], help: "add: admin, or app (the default)"),
            Option(name: "key", value: "KEY", help: "add: the key of the user"),
        ],
        examples: [
            Example("user add --type admin ann", "asks for the password"),
            Example("user add robot < password", "takes it from a file"),
        ],
        json: "the answers of GET /users?include_user=true and GET /users/NAME; else {\"ok\": true}"
    ) { invocation in
        let words = Array(invocation.operands.dropFirst())
        let client = try invocation.client()
        let action = invocation.operands[0]
        switch action {
        case "list":
            try invocation.expect(words, 0...0, "list takes no word.")
            invocation.show(try client.users())
            return .ok
        case "show":
            try invocation.expect(words, 1...1, "show takes one NAME.")
            let user = try client.user(words[0])
            if invocation.wantsJSON {
                invocation.print(user)
            } else {
                for line in Outline.lines(of: user) { invocation.output.line(line) }
            }
            return .ok
        case "setkey":
            try invocation.expect(words, 2...2, "setkey takes a NAME and a KEY.")
            try client.setKey(words[1], ofUser: words[0])
        case "add", "del", "delete", "setpassword":
            try invocation.expect(words, 1...1, "\(action) takes one NAME.")
            try invocation.change(words[0], action, client)
        default:
            throw invocation.usage("\(action.quoted) is no action: give list, add, show, del, setpassword or setkey.")
        }
        if invocation.wantsJSON {
            invocation.print(["ok": true])
        } else {
            let done =
                switch action {
                case "add": "is added"
                case "setpassword": "has another password"
                case "setkey": "has another key"
                default: "is removed"
                }
            invocation.confirm("The user \(words[0].escaped) \(done).")
        }
        return .ok
    }
}

extension Invocation {
    fileprivate func change(_ name: String, _ action: String, _ client: GafferClient) throws {
        switch action {
        case "add":
            let password = try Question(environment).newPassword(of: name, output: output)
            try client.addUser(
                name,
                password: password,
                type: line.value("type") == "admin" ? .admin : .app,
                key: line.value("key")
            )
        case "setpassword":
            let password = try Question(environment).newPassword(of: name, output: output)
            try client.setPassword(password, ofUser: name)
        default:
            try client.deleteUser(name)
        }
    }

    fileprivate func show(_ users: [JSON]) {
        if wantsJSON {
            print(["users": .array(users)])
            return
        }
        var table = Table([Table.Column(title: "USER"), Table.Column(title: "TYPE"), Table.Column(title: "KEY")])
        for user in users {
            let type = user["user_type"]?.intValue.flatMap { GafferClient.UserType(rawValue: Int64($0)) }
            table.add(
                Table.Cell(user["username"]?.stringValue ?? "-"),
                Table.Cell(type?.word ?? "-"),
                Table.Cell(user["key"]?.stringValue ?? "-")
            )
        }
        print(table)
    }
}
