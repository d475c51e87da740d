internal import GafferModel
internal import NIOHTTP1
package import WebServer

/// The description of the API by the rules of OpenAPI 3.1, made of the table of ``Operation/all``.
package enum APIDescription {
    /// The document.
    static let document: JSON = .object([
        .init("openapi", "3.1.0"), .init("info", info), .init("security", keys), .init("tags", tags),
        .init("paths", paths), .init("components", components),
    ])

    private static let body = document.encoded()

    /// Changes with the document.
    private static let tag: String = {
        // FNV-1a: it has to tell versions apart, and keeps no secret.
        let hash = body.reduce(UInt64(0xCBF2_9CE4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        return "\"\(String(hash, radix: 16))\""
    }()

    /// Answers `GET /openapi.json`; who has this version already gets none.
    package static func response(to head: RequestHead) -> Response {
        let header = Response.Header("etag", tag)
        let known = head.headers[canonicalForm: "if-none-match"]
        guard !known.contains(where: { $0 == tag || $0 == "W/\(tag)" || $0 == "*" }) else {
            return Response(status: 304, contentType: .none, body: [], headers: [header])
        }
        return Response(contentType: .json, body: body, headers: [header])
    }

    private static let info: JSON = [
        "title": "gaffer",
        "version": .string(GafferVersion.current),
        "summary": "Controls and watches the applications that gafferd runs on a machine.",
        "description": """
        On a unix socket the peer's user decides who may do what, and no key is needed. On TCP every request needs a \
        key: in the header `X-API-Key`, or as `Authorization: Bearer`.

        Each operation says what it needs in `x-gaffer-permission`: `none`, `identity` (any key), `any` (a right to \
        something), `<right>:<scope>`, `create_key`, `create_user` or `admin`. Rights are read, write, operate and manage; \
        scopes are job, session and everything. manage includes all others, write and operate include read.

        Members may be added to objects; what is there keeps its meaning.
        """,
        "license": ["name": "Apache 2.0", "identifier": "Apache-2.0"],
    ]

    private static let keys: JSON = [["key": []], ["bearer": []]]

    private static let tags: JSON = .array(
        Operation.Tag.allCases.map { ["name": .string($0.rawValue), "description": .string($0.meaning)] }
    )

    private static let components: JSON = [
        "schemas": .object(Component.allCases.map { .init($0.rawValue, $0.schema.json) }),
        "responses": .object(Failure.components),
        "securitySchemes": [
            "key": ["type": "apiKey", "in": "header", "name": "X-API-Key"],
            "bearer": ["type": "http", "scheme": "bearer"],
            "login": ["type": "http", "scheme": "basic", "description": "A user's name and password, for /auth."],
        ],
    ]

    // MARK: Paths

    private static let paths: JSON = {
        var order: [String] = []
        var found: [String: [Operation]] = [:]
        for operation in Operation.all {
            if found[operation.path] == nil { order.append(operation.path) }
            found[operation.path, default: []].append(operation)
        }
        return .object(order.map { .init($0, path(found[$0] ?? [])) })
    }()

    private static func path(_ operations: [Operation]) -> JSON {
        let parameters = (operations.first?.pathNames ?? []).compactMap { name in
            Parameter.inPaths.first { $0.parameter.name == name }?.parameter.json
        }
        var members: [JSON.Member] = parameters.isEmpty ? [] : [.init("parameters", .array(parameters))]
        for operation in operations {
            members.append(.init(operation.method.rawValue.lowercased(), json(operation)))
        }
        return .object(members)
    }

    private static func json(_ operation: Operation) -> JSON {
        let permissions = Permission.of(operation)
        let needs = "Needs \(permissions.map(\.words).joined(separator: ", or "))."
        var members: [JSON.Member] = [
            .init("operationId", .string(operation.id)), .init("summary", .string(operation.summary)),
            .init("description", .string([operation.details, needs].compactMap { $0 }.joined(separator: "\n\n"))),
            .init("tags", [.string(operation.tag.rawValue)]),
            .init("x-gaffer-permission", .string(permissions.map(\.word).joined(separator: " "))),
        ]
        if operation.isLogin {
            members.append(.init("security", [["login": []]]))
        } else if permissions.map(\.word) == ["none"] {
            members.append(.init("security", []))
        }
        if !operation.parameters.isEmpty {
            members.append(.init("parameters", .array(operation.parameters.map(\.json))))
        }
        if let body = operation.body {
            let content: JSON = .object([.init(name(of: body.type), ["schema": body.schema.json])])
            members.append(.init("requestBody", ["required": .bool(body.isRequired), "content": content]))
        }
        members.append(.init("responses", responses(operation)))
        return .object(members)
    }

    private static func responses(_ operation: Operation) -> JSON {
        var members: [JSON.Member] = []
        var statuses: [Int] = []
        for answer in operation.answers where !statuses.contains(answer.status) { statuses.append(answer.status) }
        for status in statuses {
            let same = operation.answers.filter { $0.status == status }
            var response: [JSON.Member] = [.init("description", .string(meaning(ofStatus: status)))]
            let headers = same.flatMap(\.headers).map { header -> JSON.Member in
                .init(header.name, ["description": .string(header.meaning), "schema": Schema.string.json])
            }
            if !headers.isEmpty { response.append(.init("headers", .object(headers))) }
            let content = same.compactMap { answer -> JSON.Member? in
                answer.type.map { .init(name(of: $0), ["schema": answer.schema.json]) }
            }
            if !content.isEmpty { response.append(.init("content", .object(content))) }
            members.append(.init(String(status), .object(response)))
        }
        for status in operation.allErrors {
            guard let response = Failure.response(status, of: operation) else { continue }
            members.append(.init(String(status), response))
        }
        return .object(members)
    }

    private static func meaning(ofStatus status: Int) -> String {
        switch status {
        case 101: "The connection is a websocket from here on."
        case 201: "It is replaced."
        case 202: "It is decided, and done soon."
        case 204: "It is taken."
        case 304: "It is as it was."
        default: "It is done."
        }
    }

    /// The type without its parameters.
    private static func name(of type: Response.ContentType) -> String {
        String(type.rawValue.prefix { $0 != ";" })
    }
}
