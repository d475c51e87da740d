import GafferModel
import NIOHTTP1
import Testing
import WebServer

@testable import GafferHTTP
@testable import WebChannels

@Suite("The description of the API")
struct DescriptionTests {
    private let described = Described(APIDescription.document)

    // MARK: The router

    @Test("An operation's path is the route that it says", arguments: Operation.all)
    func isItsRoute(_ operation: Operation) throws {
        let routes = Permission.routes(of: operation)
        #expect(!routes.isEmpty)
        for route in routes { #expect(route.template == operation.template) }
        // One sample stands for all that the path may be.
        #expect(!Permission.requirements(of: operation).isEmpty, "\(operation.method) is refused")
    }

    @Test("Every method of every route is described, and none besides", arguments: RouteTemplate.allCases)
    func knowsEveryRoute(_ template: RouteTemplate) throws {
        let paths = Set(Operation.all.filter { $0.template == template }.map(\.path))
        #expect(!paths.isEmpty)
        // What is below /channel says itself which methods it knows.
        guard template != .channel else { return }
        #expect(paths.contains(template.path))
        for path in paths {
            let operations = Operation.all.filter { $0.path == path }
            let first = try #require(operations.first)
            for method in Method.allCases {
                let isKnown = Permission.routes(of: first).contains { $0.methods.contains(method) }
                #expect(operations.contains { $0.method == method } == isKnown, "\(method) \(path)")
                let isDescribed = described.operation(path, method.rawValue) != nil
                #expect(isDescribed == isKnown, "\(method) \(path)")
            }
        }
    }

    @Test("All that SockJS has is described", arguments: SockJSRoute.Endpoint.allCases)
    func knowsTransports(_ endpoint: SockJSRoute.Endpoint) {
        let methods = Operation.all.filter { $0.path == "/channel/{server}/{id}/\(endpoint.rawValue)" }.map(
            \.method.rawValue
        )
        #expect(methods == [endpoint.method])
    }

    @Test(
        "What an operation needs is what the router asks for",
        arguments: [
            ("/ping", "get", "none"), ("/metrics", "get", "read:everything"), ("/jobs", "get", "any"),
            ("/jobs/{session}", "post", "manage:session"), ("/jobs/{session}/{job}", "put", "manage:job"),
            ("/jobs/{session}/{job}/state", "post", "operate:job"), ("/jobs/{session}/{job}/state", "head", "read:job"),
            ("/jobs/{session}/{job}/commit", "post", "manage:session"), ("/state", "post", "operate:everything"),
            ("/reload", "post", "admin"), ("/{pid}", "delete", "operate:job"),
            ("/streams/{pid}/{label}", "post", "write:job"),
            ("/keys", "post", "create_key"), ("/users", "post", "create_user"), ("/keys/{key}", "get", "identity"),
            ("/processes/{process}", "delete", "manage:job operate:job"),
        ]
    )
    func saysWhatItNeeds(_ path: String, _ method: String, _ word: String) throws {
        let found = described.operation(path, method)
        let operation = try #require(found)
        #expect(operation["x-gaffer-permission"]?.stringValue == word)
        #expect((operation["security"] == .array([])) == (word == "none"))
    }

    // MARK: The document by itself

    @Test("All references lead somewhere, and every schema that has a name is used")
    func resolvesReferences() {
        var found: Set<String> = []
        collect(described.document, "$ref") { if let text = $0.stringValue { found.insert(text) } }
        for reference in found {
            let isThere = described.checker.target(of: reference) != nil
            #expect(isThere, "\(reference)")
        }
        for component in Component.allCases { #expect(found.contains("#/components/schemas/\(component.rawValue)")) }
    }

    @Test("Required members are described, and examples and defaults are what they stand for")
    func hasSoundSchemas() {
        let checker = SchemaChecker(document: described.document)
        for component in Component.allCases { check(component.schema.json, checker, component.rawValue) }
        for (parameter, _) in Parameter.inPaths { check(parameter.schema.json, checker, parameter.name) }
        for operation in Operation.all {
            for parameter in operation.parameters {
                let standard = parameter.schema.json["default"]
                // In a query all is text.
                guard let standard, standard.stringValue != nil || standard.doubleValue != nil else { continue }
                #expect(checker.errors(standard, parameter.schema.json) == [])
            }
        }
    }

    private func check(_ schema: JSON, _ checker: SchemaChecker, _ place: String) {
        for value in (schema["examples"]?.arrayValue ?? []) + [schema["default"]].compactMap({ $0 }) {
            #expect(checker.errors(value, schema) == [], "\(place)")
        }
        for name in schema["required"]?.arrayValue ?? [] {
            #expect(schema["properties"]?[name.stringValue ?? ""] != nil, "\(place): \(name)")
        }
        for member in schema["properties"]?.objectValue ?? [] {
            check(member.value, checker, "\(place)/\(member.name)")
        }
        for keyword in ["items", "additionalProperties"] { schema[keyword].map { check($0, checker, place) } }
        for keyword in ["anyOf", "allOf", "prefixItems"] {
            for part in schema[keyword]?.arrayValue ?? [] { check(part, checker, place) }
        }
    }

    private func collect(_ json: JSON, _ name: String, _ found: (JSON) -> Void) {
        for member in json.objectValue ?? [] {
            if member.name == name { found(member.value) }
            collect(member.value, name, found)
        }
        for element in json.arrayValue ?? [] { collect(element, name, found) }
    }

    @Test("Ids are given once, tags are declared, and each name in a path is a parameter")
    func isWhole() throws {
        #expect(Set(Operation.all.map(\.id)).count == Operation.all.count)
        #expect(Set(Operation.all.map { "\($0.method) \($0.path)" }).count == Operation.all.count)
        #expect(Set(Operation.all.map(\.tag)).count == Operation.Tag.allCases.count)
        for operation in Operation.all {
            let path = described.document["paths"]?[operation.path]
            let names = path?["parameters"]?.arrayValue?.compactMap { $0["name"]?.stringValue } ?? []
            #expect(names == operation.pathNames, "\(operation.path)")
            for status in operation.allErrors {
                let json = described.operation(operation.path, operation.method.rawValue)
                let response = json.flatMap { described.response($0, status) }
                #expect(response != nil, "\(status) of \(operation.path)")
            }
        }
    }

    @Test("It is JSON that any reader takes, and it is told once")
    func isServed() throws {
        func answer(_ known: String?) -> (status: Int, body: [UInt8], tag: String?, type: Response.ContentType) {
            var head = RequestHead(method: "GET", target: "/openapi.json")
            if let known { head.headers = ["If-None-Match": known] }
            let answer = APIDescription.response(to: head)
            return (answer.status, answer.body, answer[header: "etag"], answer.contentType)
        }
        let (status, body, tag, type) = answer(nil)
        #expect(status == 200)
        #expect(type == .json)
        // Apart from the expectation, which would show the whole of it.
        let isSame = try JSON(parsing: body) == described.document
        #expect(isSame)
        let first = try #require(tag)
        for known in [first, "W/\(first)", "*"] {
            let (status, body, tag, _) = answer("\"x\", \(known)")
            let isEmpty = body.isEmpty
            #expect(status == 304)
            #expect(isEmpty)
            #expect(tag == first)
        }
        let (otherStatus, _, _, _) = answer("\"other\"")
        #expect(otherStatus == 200)
    }
}

extension Operation: CustomTestStringConvertible {
    /// What the test is shown as.
    public var testDescription: String { "\(method.rawValue) \(path)" }
}
