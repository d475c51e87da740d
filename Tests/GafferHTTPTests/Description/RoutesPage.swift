import GafferModel
import Glibc

@testable import GafferHTTP

/// The article `Routes.md`, as the description of the API has it.
enum RoutesPage {
    /// Where it stands.
    static let path: String = {
        let folders = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(4)
        return (folders + ["Sources", "gafferd", "Documentation.docc", "Routes.md"]).joined(separator: "/")
    }()

    /// Its text.
    static var text: String {
        introduction + Operation.Tag.allCases.map(section).joined()
    }

    private static let introduction = """
        # Routes

        Every route of the API, and the permission that it needs.

        ## Overview

        What stands in braces is a name: of a session, a job, a process (gaffer's own number), a stream, and so on. Where
        GET is served HEAD is too, but for websockets. How the routes go together is told in <doc:API>; `/openapi.json` has
        each of them with its parameters, bodies and answers.

        | permission | |
        |---|---|
        | `none` | Nothing is needed. A websocket asks itself: a key may be its first message. |
        | `identity` | A key, or a user at a unix socket; whose the thing is decides. |
        | `any` | A right to something; only that is told. |
        | `read:job`, `write:session`, `operate:everything`, … | The right to a job, to its session, or to everything. |
        | `create_key`, `create_user` | What the name says. |
        | `admin` | An administrator. |

        Of two permissions the first is for a job, the second for a process.

        """

    private static func section(_ tag: GafferHTTP.Operation.Tag) -> String {
        let word = tag == .legacy ? "as of 0.4" : tag.rawValue
        let title = word.prefix(1).uppercased() + word.dropFirst()
        var text = "\n## \(title)\n\n\(tag.meaning)\n\n| route | permission | |\n|---|---|---|\n"
        for operation in Operation.all where operation.tag == tag && operation.method != .head {
            text += row(operation)
        }
        return text
    }

    /// A line of a table; the same for who looks a route up.
    static func row(_ operation: GafferHTTP.Operation) -> String {
        let words = Permission.of(operation).map { "`\($0.word)`" }.joined(separator: ", ")
        return "| `\(operation.method.rawValue) \(operation.path)` | \(words) | \(operation.summary). |\n"
    }

    /// The article as it stands there; nil where there is none.
    static func stored() -> String? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = fread(&buffer, 1, buffer.count, file)
            guard count > 0 else { break }
            bytes += buffer[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Puts the text into the place of the article.
    static func store() -> Bool {
        guard let file = fopen(path, "w") else { return false }
        let bytes = Array(text.utf8)
        let count = fwrite(bytes, 1, bytes.count, file)
        return fclose(file) == 0 && count == bytes.count
    }
}
