import GafferModel
import Testing

@Suite("Names of jobs")
struct JobNameTests {
    @Test(
        "All spellings name the same",
        arguments: [
            ("web", "default.web"), ("default.web", "default.web"), ("shop.web", "shop.web"), ("shop/web", "shop.web"),
            ("shop:web", "shop.web"),
            ("A-1_b", "default.A-1_b"), ("1a.2b", "1a.2b"), ("-a", "default.-a"),
        ]
    )
    func parsed(text: String, name: String) throws {
        #expect(try JobName(parsing: text).description == name)
    }

    @Test(
        "Others are refused",
        arguments: [
            "", ".", "a.", ".a", "1", "a.1", "1.a2.", "a.b.c", "a:b.c", "a/b/c", "a b", "a\n", "é", "a\u{301}", "_",
            "a.-", "a..b", "..", "a\0", "a%2fb",
        ]
    )
    func refused(text: String) {
        do {
            _ = try JobName(parsing: text)
            Issue.record("it was read")
        } catch {
            #expect(error.code == .badRequest)
            #expect(error.message.contains("letters, digits, _ and -"))
        }
    }

    @Test("A hundred characters are the most, and a longer name is cut in the message")
    func length() throws {
        let name = String(repeating: "a", count: 100)
        #expect(try JobName(parsing: "\(name).\(name)").session == name)
        do {
            _ = try JobName(parsing: String(repeating: "a", count: 100_000))
            Issue.record("it was read")
        } catch {
            #expect(error.message.utf8.count < 400)
        }
    }

    @Test("They sort by session, then by job")
    func sorted() throws {
        let names = try ["b.a", "a.c", "a.b", "B.z"].map { try JobName(parsing: $0) }
        #expect(names.sorted().map(\.description) == ["B.z", "a.b", "a.c", "b.a"])
    }
}

@Suite("Scaling")
struct ScaleOperationTests {
    @Test(
        "It is more, fewer, or exactly so many",
        arguments: [
            ("3", .by(3)), ("+3", .by(3)), ("-3", .by(-3)), ("=3", .to(3)), ("=0", .to(0)), ("0", .by(0)),
            ("100000", .by(100_000)),
            ("-100000", .by(-100_000)), ("=100000", .to(100_000)), ("007", .by(7)),
        ] as [(String, ScaleOperation)]
    )
    func parsed(text: String, operation: ScaleOperation) throws {
        #expect(try ScaleOperation(parsing: text) == operation)
    }

    @Test(
        "Anything else is refused",
        arguments: [
            "", "=", "+", "-", "=-1", "=+1", "==1", "++1", "+-1", "1.5", "1e3", "many", " 1", "100001", "-100001",
            "=100001",
            "-9223372036854775808", "9223372036854775807", "99999999999999999999",
        ]
    )
    func refused(text: String) {
        do {
            _ = try ScaleOperation(parsing: text)
            Issue.record("it was read")
        } catch {
            #expect(error.code == .badValue)
            #expect(error.message == "\(text.cited) is no scale: give N, +N, -N or =N, 100000 at most.")
        }
    }

    @Test(
        "What comes of it is never below zero",
        arguments: [
            (.by(2), 3, 5), (.by(-2), 3, 1), (.by(-5), 3, 0), (.by(.min), 3, 0), (.by(.min), 0, 0), (.to(7), 3, 7),
            (.to(0), 3, 0), (.to(-1), 3, 0),
            (.by(99_997), 3, 100_000),
        ] as [(ScaleOperation, Int, Int)]
    )
    func applied(operation: ScaleOperation, current: Int, wanted: Int) throws {
        #expect(try operation.applied(to: current) == wanted)
    }

    @Test("Too many are refused", arguments: [.by(99_998), .by(.max), .to(100_001), .to(.max)] as [ScaleOperation])
    func tooMany(operation: ScaleOperation) {
        #expect(throws: GafferError.self) { try operation.applied(to: 3) }
    }
}
