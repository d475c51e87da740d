internal import GafferClient
internal import GafferModel

extension Command {
    package static let key = Command(
        name: "key",
        group: .access,
        abstract: "Lists, makes, shows and deletes API keys.",
        discussion: """
            key list                 all keys
            key create PERM...       a new key, which is printed this once
            key show KEY             what a key may
            key delete KEY           takes a key away, and those that it made

            PERM is +a (everything), +u (make users), +k (make keys), +m (manage all jobs),
            or a session or a job with what may be done there: r (read), w (write to
            processes), o (start, stop, scale), m (manage): shop+rw, shop.web+m, '*+r'.
            """,
        operands: [
            Operand("ACTION", .one, .words(["list", "create", "show", "delete"])), Operand("WORD", .any),
        ],
        options: [
            Option(name: "label", value: "TEXT", help: "create: what the key is for"),
            Option(name: "parent", value: "KEY", help: "create: the key that it stands under; your own otherwise"),
        ],
        examples: [
            Example("key list", "all keys"),
            Example("key create --label deploy shop+rwom", "a key for the session shop"),
            Example("key delete 1f0c9a3b7d21", "takes it away"),
        ],
        json: "the answers of GET /keys?include_keys=true, POST /keys, GET /keys/KEY and DELETE /keys/KEY"
    ) { invocation in
        let words = Array(invocation.operands.dropFirst())
        switch invocation.operands[0] {
        case "list":
            try invocation.expect(words, 0...0, "list takes no word.")
            try invocation.listKeys()
        case "create":
            try invocation.expect(words, 1...1_000, "PERM is missing.")
            try invocation.createKey(words)
        case "show":
            try invocation.expect(words, 1...1, "show takes one KEY.")
            try invocation.showKey(words[0])
        case "delete", "del":
            try invocation.expect(words, 1...1, "delete takes one KEY.")
            try invocation.client().deleteKey(words[0])
            if invocation.wantsJSON {
                invocation.print(["ok": true])
            } else {
                invocation.confirm("The key \(words[0].escaped) is deleted.")
            }
        case let word:
            throw invocation.usage("\(word.quoted) is no action: give list, create, show or delete.")
        }
        return .ok
    }
}

extension Invocation {
    /// Checks how many words an action got.
    ///
    /// - Throws: ``UsageError`` with the message.
    package func expect(_ words: [String], _ count: ClosedRange<Int>, _ message: String) throws {
        guard count.contains(words.count) else { throw usage(message) }
    }

    fileprivate func listKeys() throws {
        let keys = try client().keys()
        if wantsJSON {
            print(["keys": .array(keys.map(\.json))])
            return
        }
        var table = Table([
            Table.Column(title: "KEY"), Table.Column(title: "LABEL", minimum: 12),
            Table.Column(title: "PARENT", isOptional: true), Table.Column(title: "MAY", minimum: 16),
        ])
        for key in keys {
            table.add(
                Table.Cell(key.key),
                Table.Cell(key.label.isEmpty ? "-" : key.label),
                Table.Cell(key.parent ?? "-"),
                Table.Cell(PermissionWords.text(key.permissions))
            )
        }
        print(table)
    }

    fileprivate func createKey(_ words: [String]) throws {
        let permissions: JSON
        do throws(PermissionWords.Invalid) {
            permissions = try PermissionWords.json(words)
        } catch {
            throw usage(error.message)
        }
        let answer = try client().createKey(
            permissions,
            label: line.value("label") ?? "",
            parent: line.value("parent")
        )
        if wantsJSON {
            print(answer)
            return
        }
        // The key alone stands on stdout, so that it can be put into a file.
        output.line((answer["api_key"]?.stringValue ?? "").escaped)
        if !isQuiet { output.message("Keep the key well: it is not shown again.") }
    }

    fileprivate func showKey(_ name: String) throws {
        let key = try client().key(name)
        if wantsJSON {
            print(key.json)
            return
        }
        output.line("Key:    \(key.key.escaped)")
        output.line("Label:  \(key.label.isEmpty ? "-" : key.label.escaped)")
        output.line("Parent: \((key.parent ?? "-").escaped)")
        output.line("May:    \(PermissionWords.text(key.permissions).escaped)")
    }
}
