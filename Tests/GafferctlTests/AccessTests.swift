import GafferModel
import Glibc
import Testing
import WebTestKit

@testable import GafferTool
@testable import gafferctl

@Suite("The permissions of a key")
struct PermissionWordsTests {
    @Test(
        "are read and written as words",
        arguments: [
            (["+a"], #"{"admin":true}"#, "+a"),
            (["+uk"], #"{"create_user":true,"create_key":true}"#, "+u +k"),
            (["+m"], #"{"manage":["*"]}"#, "*+m"),
            (["shop+rw", "a.b+m"], #"{"manage":["a.b"],"write":["shop"],"read":["shop"]}"#, "shop+rw a.b+m"),
            (["shop/web+o", "*+r"], #"{"operate":["shop.web"],"read":["*"]}"#, "*+r shop.web+o"),
            (["shop+rr", "shop+r"], #"{"read":["shop"]}"#, "shop+r"),
        ]
    )
    func reads(words: [String], json: String, text: String) throws {
        let permissions = try PermissionWords.json(words)
        #expect(permissions.text == json)
        #expect(PermissionWords.text(permissions) == text)
    }

    @Test("that are none are refused", arguments: ["shop", "shop+", "+", "+x", "shop+a", "sh op+r", "a.b.c.+r", "+r"])
    func refuses(word: String) {
        #expect(throws: PermissionWords.Invalid.self) { _ = try PermissionWords.json([word]) }
    }
}

@Suite("The user's settings")
struct NodeSettingsTests {
    @Test(
        "are found by the node",
        arguments: [
            "[node \"a\"]\nkey = k\n", "[node:a]\nKEY=k",
            "# x\n\n[other]\nkey = 1\n[node \"b\"]\nkey = 2\n[ node \"a\" ]\nkey = 3\n[node \"a\"]\r\nkey = k\r\n",
        ]
    )
    func reads(text: String) {
        #expect(NodeSettings(text).value("key") { $0 == "a" } == "k")
        #expect(NodeSettings(text).value("key") { $0 == "c" } == nil)
    }

    @Test("are changed in their place, and everything else stays")
    func writes() {
        var settings = NodeSettings("; mine\n[node \"a\"]\ncacert = f\nkey = k\nwhat is this\n")
        settings.set("key", to: "new", node: "a") { $0 == "a" }
        #expect(settings.text == "; mine\n[node \"a\"]\ncacert = f\nkey = new\nwhat is this\n")
        settings.set("key", to: nil, node: "a") { $0 == "a" }
        #expect(settings.text == "; mine\n[node \"a\"]\ncacert = f\nwhat is this\n")
        settings.set("key", to: "k2", node: "a") { $0 == "a" }
        #expect(settings.text == "; mine\n[node \"a\"]\nkey = k2\ncacert = f\nwhat is this\n")
        settings.set("key", to: "k3", node: "b") { $0 == "b" }
        #expect(settings.text.hasSuffix("what is this\n\n[node \"b\"]\nkey = k3\n"))
        var empty = NodeSettings("")
        empty.set("key", to: nil, node: "a") { $0 == "a" }
        #expect(empty.text == "")
        empty.set("key", to: "k", node: "a") { $0 == "a" }
        #expect(empty.text == "[node \"a\"]\nkey = k\n")
    }
}

@Suite("The key that gafferctl sends")
struct KeyTests {
    private static let prefix = "X-API-Key: "

    private func sent(_ server: ScriptedServer) -> String? {
        server.requests.last?.headers.first { $0.hasPrefix(Self.prefix) }.map {
            String($0.dropFirst(Self.prefix.count))
        }
    }

    @Test("is the option's, the variable's, that of a file, or the one that is kept")
    func sources() {
        let server = ScriptedServer { _ in .answer("OK") }
        let endpoint = "unix:\(server.path)"
        let folder = TemporaryDirectory()
        let file = folder.write("\n  from-file \nrest\n", to: "key")
        let config = folder.write("[node \"unix://\(server.path)\"]\nkey = kept\n", to: "gaffer.ini")
        var variables = ["GAFFER_CONFIG": config]
        #expect(run("ping", at: endpoint).code == 0)
        #expect(sent(server) == nil)
        #expect(run("ping", at: endpoint, variables: variables) == Run(code: 0, output: "OK\n", messages: ""))
        #expect(sent(server) == "kept")
        variables["GAFFER_API_KEY_FILE"] = file
        #expect(run("ping", at: endpoint, variables: variables).code == 0)
        #expect(sent(server) == "from-file")
        variables["GAFFER_API_KEY"] = "variable"
        #expect(run("ping", at: endpoint, variables: variables).code == 0)
        #expect(sent(server) == "variable")
        #expect(run("ping", "--api-key-file", file, at: endpoint, variables: variables).messages == "")
        #expect(sent(server) == "from-file")
        let warned = run("ping", "--api-key", "option", at: endpoint, variables: variables)
        #expect(sent(server) == "option")
        #expect(warned.messages.contains("Others see the key"))
        #expect(server.requests.allSatisfy { !$0.line.contains("key") })
    }

    @Test("is told to be in the open where others may read it")
    func openFile() {
        let server = ScriptedServer { _ in .answer("OK") }
        let folder = TemporaryDirectory()
        let config = folder.write("[node \"unix:\(server.path)\"]\nkey = kept\n", to: "gaffer.ini")
        chmod(config, 0o644)
        let result = run("ping", at: "unix:\(server.path)", variables: ["GAFFER_CONFIG": config])
        #expect(result.messages == "gafferctl: Others may read \(config), which has your keys: chmod 600 \(config)\n")
    }

    @Test("that can't be read is named")
    func missing() {
        #expect(
            run("ping", "--api-key-file", "/none").messages
                == "gafferctl: /none can't be read: there is no such file.\n"
        )
        let folder = TemporaryDirectory()
        let file = folder.write("\n", to: "key")
        #expect(run("ping", "--api-key-file", file).messages == "gafferctl: \(file) has no key.\n")
        #expect(run("ping", variables: ["GAFFER_API_KEY": "a\nb"]).code == 2)
    }

    @Test("is got by login, kept for the user alone, and forgotten by logout")
    func login() throws {
        let server = ScriptedServer { request in
            request.headers.contains("Authorization: Basic YW5uOnBhc3M=")
                ? .answer(#"{"api_key":"gk_1"}"#) : .answer(401, #"{"error":401,"reason":"unauthorized"}"#)
        }
        let endpoint = "unix:\(server.path)"
        let folder = TemporaryDirectory()
        let config = "\(folder.path)/gaffer.ini"
        let variables = ["GAFFER_CONFIG": config]
        var result = run("login", "-u", "ann", at: endpoint, variables: variables, input: Array("wrong\n".utf8))
        #expect(result.code == 6)
        #expect(access(config, F_OK) != 0)
        result = run("login", "-u", "ann", at: endpoint, variables: variables, input: Array("pass\n".utf8))
        #expect(result == Run(code: 0, output: "Logged in at \(endpoint) as ann.\n", messages: ""))
        var status = stat()
        #expect(stat(config, &status) == 0 && status.st_mode & 0o777 == 0o600)
        #expect(try SettingsFile.contents(of: config) == Array("[node \"\(endpoint)\"]\nkey = gk_1\n".utf8))
        result = run("logout", at: endpoint, variables: variables)
        #expect(result == Run(code: 0, output: "The key for \(endpoint) is forgotten.\n", messages: ""))
        #expect(run("logout", at: endpoint, variables: variables).code == 4)
        #expect(run("login", at: endpoint, variables: variables, input: Array("pass\n".utf8)).code == 2)
        #expect(run("login", "-u", "ann", at: endpoint).messages.contains("set HOME or GAFFER_CONFIG"))
    }

    @Test("is kept where the user's settings are")
    func places() {
        let folder = TemporaryDirectory()
        func path(_ variables: [String: String], _ exists: Bool = false) -> String? {
            SettingsFile(Environment(variable: { variables[$0] }, userID: 1, exists: { _ in exists }))?.path
        }
        #expect(path([:]) == nil)
        #expect(path(["HOME": "/h"]) == "/h/.gaffer/gaffer.ini")
        #expect(path(["HOME": "/h"], true) == "/h/.config/gaffer/gaffer.ini")
        #expect(path(["HOME": "/h", "XDG_CONFIG_HOME": "/x"], true) == "/x/gaffer/gaffer.ini")
        #expect(path(["HOME": "/h", "XDG_CONFIG_HOME": "/x", "GAFFER_CONFIG": "/c"], true) == "/c")
        _ = folder
    }
}

@Suite("Keys and users")
struct AccountCommandTests {
    private let server = ScriptedServer { request in
        switch request.line {
        case "GET /keys?include_keys=true":
            .answer(
                #"{"keys":[{"key":"0a","label":"ops","parent":null,"permissions":{"admin":true}},"#
                    + #"{"key":"0b","label":"","parent":"0a","permissions":{"read":["shop"]}}]}"#
            )
        case "GET /keys/0b": .answer(#"{"key":"0b","label":"","parent":"0a","permissions":{"read":["shop"]}}"#)
        case "POST /keys": .answer(#"{"ok":true,"api_key":"gk_new"}"#)
        case "GET /users?include_user=true": .answer(#"{"users":[{"username":"ann","user_type":0,"key":null}]}"#)
        case "GET /users/ann": .answer(#"{"username":"ann","user_type":0,"key":null}"#)
        default:
            request.line.contains("none") ? .answer(404, #"{"message":"There is no none."}"#) : .answer(#"{"ok":true}"#)
        }
    }

    private func ctl(_ words: String..., input: String = "") -> Run {
        run(words, at: "unix:\(server.path)", input: Array(input.utf8))
    }

    @Test("are listed and shown")
    func shows() {
        #expect(
            ctl("key", "list").output == """
                KEY  LABEL  PARENT  MAY
                0a   ops    -       +a
                0b   -      0a      shop+r

                """
        )
        #expect(ctl("key", "show", "0b").output == "Key:    0b\nLabel:  -\nParent: 0a\nMay:    shop+r\n")
        #expect(ctl("user", "list").output == "USER  TYPE   KEY\nann   admin  -\n")
        #expect(ctl("user", "show", "ann").output == "username: ann\nuser_type: 0\nkey: -\n")
        #expect(ctl("user", "show", "ann", "--json").output == #"{"username":"ann","user_type":0,"key":null}"# + "\n")
    }

    @Test("are made and changed, with passwords of the standard input alone")
    func changes() {
        #expect(
            ctl("key", "create", "--label", "x", "shop+r", "--parent", "0a")
                == Run(
                    code: 0,
                    output: "gk_new\n",
                    messages: "gafferctl: Keep the key well: it is not shown again.\n"
                )
        )
        #expect(
            server.requests.last?.text == #"{"permissions":{"read":["shop"]},"label":"x","parent":"0a"}"#
        )
        #expect(ctl("key", "delete", "0b").output == "The key 0b is deleted.\n")
        #expect(ctl("user", "add", "--type", "admin", "bob", input: "pass word\n").output == "The user bob is added.\n")
        #expect(
            server.requests.last?.text
                == #"{"username":"bob","password":"pass word","user_type":0,"key":null}"#
        )
        #expect(ctl("user", "setpassword", "bob", input: "p2").output == "The user bob has another password.\n")
        #expect(ctl("user", "setkey", "bob", "0b").output == "The user bob has another key.\n")
        #expect(ctl("user", "del", "bob").output == "The user bob is removed.\n")
        #expect(ctl("user", "del", "none") == Run(code: 4, output: "", messages: "gafferctl: There is no none.\n"))
    }

    @Test(
        "are not touched where the command is wrong",
        arguments: [
            ["key", "make"], ["key", "create"], ["key", "create", "x"], ["key", "show"], ["key", "list", "x"],
            ["user", "make"], ["user", "add"], ["user", "add", "bob", "secret"], ["user", "add", "bob"],
            ["user", "setkey", "bob"], ["key"], ["user", "add", "bob", "--password", "x"],
        ]
    )
    func refuses(words: [String]) {
        let result = run(words, at: "unix:/nonexistent")
        #expect(result.code == 2)
        #expect(!result.messages.isEmpty)
    }
}
