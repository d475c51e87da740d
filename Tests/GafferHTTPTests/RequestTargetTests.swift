import GafferHTTP
import GafferModel
import Testing
import WebServer

@Suite("Targets")
struct RequestTargetTests {
    @Test("Percent-encoding is undone once, segment by segment")
    func decodes() throws {
        let target = try RequestTarget(parsing: "/a%2Fb/%2525?x=%26&y=a+b&z&w=1=2")
        #expect(target.segments == ["a/b", "%25"])
        #expect(target.query["x"] == "&")
        #expect(target.query["y"] == "a+b")
        #expect(target.query["z"] == "")
        #expect(target.query["w"] == "1=2")
        #expect(target.query["v"] == nil)
        #expect(target.authority == nil)
    }

    @Test("An absolute target tells its host")
    func takesAbsolute() throws {
        let target = try RequestTarget(parsing: "HTTP://evil.example:80/ping?x=1")
        #expect(target.authority == "evil.example:80")
        #expect(target.segments == ["ping"])
        #expect(try RequestTarget(parsing: "http://host?x=1").query["x"] == "1")
    }

    @Test(
        "What can't be decoded is refused",
        arguments: [
            "/%", "/%4", "/%zz", "/%C3", "/%FF", "/%00", "/a%0Ab", "/ping?x=%", "/ping?%zz=1", "/ping?x=1&x=2", "*",
            "ping", "ftp://host/ping", "/a\u{1}b",
        ]
    )
    func refuses(_ text: String) {
        let error = #expect(throws: GafferError.self) { try RequestTarget(parsing: text) }
        #expect(error?.code == .badRequest)
    }

    @Test(
        "wait is a time in seconds",
        arguments: [
            ("wait=5", 5000), ("wait=0.25", 250), ("wait=86400", 86_400_000), ("wait=.5", 500), ("wait=0.0001", 1),
        ]
    )
    func readsWait(_ query: String, _ milliseconds: Int) throws {
        let parsed = try RequestTarget(parsing: "/state?\(query)").query
        #expect(try parsed.wait() == .milliseconds(milliseconds))
    }

    @Test(
        "A wait that is no time above zero and up to a day is refused",
        arguments: ["0", "-1", "86400.1", "inf", "nan", "0x10", "1e3", "", "5s", ".", "1.2.3", "99999999999999999999"]
    )
    func refusesWait(_ value: String) throws {
        let query = try RequestTarget(parsing: "/state?wait=\(value)").query
        let error = #expect(throws: GafferError.self) { try query.wait() }
        #expect(error?.code == .badRequest)
    }

    @Test("Without a wait nothing is waited for")
    func needsNoWait() throws {
        #expect(try RequestTarget(parsing: "/state").query.wait() == nil)
    }

    @Test("Lines are counted from 1 to 10000", arguments: [("", 10), ("n=1", 1), ("n=10000", 10_000), ("n=007", 7)])
    func readsLines(_ query: String, _ lines: Int) throws {
        #expect(try RequestTarget(parsing: "/x?\(query)").query.lines() == lines)
    }

    @Test("Any other number of lines is refused", arguments: ["0", "10001", "-1", "+1", "x", "", "1.5"])
    func refusesLines(_ value: String) throws {
        let query = try RequestTarget(parsing: "/x?n=\(value)").query
        #expect(throws: GafferError.self) { try query.lines() }
    }

    @Test("A flag is true or false", arguments: [("", false), ("f=true", true), ("f=1", true), ("f=0", false)])
    func readsFlags(_ query: String, _ value: Bool) throws {
        #expect(try RequestTarget(parsing: "/x?\(query)").query.flag("f") == value)
        #expect(throws: GafferError.self) { try RequestTarget(parsing: "/x?f=yes").query.flag("f") }
    }
}
