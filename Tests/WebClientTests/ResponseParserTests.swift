import Testing
import WebClient

/// Gives `text` to a parser in pieces of at most `size` bytes.
private func parse(
    _ text: String,
    pieces size: Int = .max,
    method: String = "GET",
    maximumBody: Int = 1000
) throws(ResponseParser.Failure) -> (parser: ResponseParser, rest: String) {
    var parser = ResponseParser(method: method, maximumBody: maximumBody)
    let bytes = Array(text.utf8)
    var position = 0
    while position < bytes.count, !parser.isComplete {
        let piece = Array(bytes[position..<min(bytes.count, position + min(size, bytes.count))])
        position += try consume(&parser, piece)
    }
    return (parser, String(decoding: bytes[position...], as: UTF8.self))
}

private func consume(_ parser: inout ResponseParser, _ bytes: [UInt8]) throws(ResponseParser.Failure) -> Int {
    let result: Result<Int, ResponseParser.Failure> = bytes.withUnsafeBytes { buffer in
        Result { () throws(ResponseParser.Failure) in try parser.consume(buffer) }
    }
    return try result.get()
}

@Suite("The reader of answers")
struct ResponseParserTests {
    static let whole: [(text: String, status: Int, body: String, isReusable: Bool)] = [
        ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 200, "hello", true),
        ("HTTP/1.1 200 OK\r\ncontent-length:5 \r\n\r\nhello", 200, "hello", true),
        ("HTTP/1.1 202\r\nContent-Length: 0\r\n\r\n", 202, "", true),
        ("HTTP/1.1 404 Not Found\nContent-Length: 2\n\nno", 404, "no", true),
        ("HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\nok", 200, "ok", true),
        ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: Close\r\n\r\nok", 200, "ok", false),
        ("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", 200, "ok", false),
        ("HTTP/1.0 200 OK\r\nContent-Length: 2\r\nConnection: keep-alive\r\n\r\nok", 200, "ok", true),
        ("HTTP/1.1 204 No Content\r\n\r\n", 204, "", true),
        ("HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", 304, "", true),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;x=y\r\n world\r\n0\r\n\r\n",
            200, "hello world", true
        ),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n00A\r\n0123456789\r\n0\r\nSum: 1\r\n\r\n",
            200, "0123456789", true
        ),
        (
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\n"
                + "Content-Length: 1\r\n\r\nx",
            200, "x", true
        ),
    ]

    @Test("understands every framing, wherever the bytes are cut", arguments: whole)
    func framings(text: String, status: Int, body: String, isReusable: Bool) throws {
        for size in 1...text.utf8.count {
            let (parser, rest) = try parse(text, pieces: size)
            #expect(parser.isComplete, "pieces of \(size)")
            #expect(parser.head?.status == status)
            #expect(String(decoding: parser.body, as: UTF8.self) == body)
            #expect(parser.allowsReuse == isReusable)
            #expect(rest.isEmpty)
        }
    }

    @Test("is not done before the last byte", arguments: whole)
    func incomplete(text: String, status: Int, body: String, isReusable: Bool) throws {
        for length in 0..<text.utf8.count {
            var (parser, _) = try parse(String(decoding: text.utf8.prefix(length), as: UTF8.self))
            // Without its line end, the final empty line of a head is not there yet.
            #expect(!parser.isComplete, "\(length) bytes")
            #expect(throws: ResponseParser.Failure.self) { try parser.endOfInput() }
        }
    }

    @Test("takes a body without a length up to the end of the connection")
    func untilClose() throws {
        var (parser, _) = try parse("HTTP/1.1 200 OK\r\n\r\nall of it")
        #expect(!parser.isComplete)
        try parser.endOfInput()
        #expect(parser.isComplete)
        #expect(String(decoding: parser.body, as: UTF8.self) == "all of it")
        #expect(!parser.allowsReuse)
    }

    @Test("knows that the answer to a HEAD has no body")
    func head() throws {
        let (parser, rest) = try parse("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nHTTP", method: "HEAD")
        #expect(parser.isComplete)
        #expect(parser.body.isEmpty)
        #expect(rest == "HTTP")
    }

    @Test("leaves what follows the answer")
    func rest() throws {
        let (parser, rest) = try parse("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokmore")
        #expect(parser.isComplete)
        #expect(rest == "more")
    }

    @Test("joins the fields of one name, whatever their case")
    func fields() throws {
        let (parser, _) = try parse("HTTP/1.1 204 N\r\nAllow: GET\r\nALLOW:\t HEAD \r\n\r\n")
        #expect(parser.head?["allow"] == "GET, HEAD")
        #expect(parser.head?["server"] == nil)
    }

    @Test(
        "refuses what is no answer",
        arguments: [
            ("SSH-2.0-OpenSSH\r\n", "it does not begin with a status line of HTTP/1"),
            ("\r\n", "it does not begin with a status line of HTTP/1"),
            ("HTTP/2.0 200 OK\r\n", "it does not begin with a status line of HTTP/1"),
            ("HTTP/1.2 200 OK\r\n", #"its status line is "HTTP/1.2 200 OK""#),
            ("HTTP/1.1 20x OK\r\n", #"its status line is "HTTP/1.1 20x OK""#),
            ("HTTP/1.1 099 OK\r\n", #"its status line is "HTTP/1.1 099 OK""#),
            ("HTTP/1.1 2000 OK\r\n", #"its status line is "HTTP/1.1 2000 OK""#),
            ("HTTP/1.1 101 Switching\r\n\r\n", "it switches to a protocol that was not asked for"),
            ("HTTP/1.1 200 OK\r\nnonsense\r\n", #"a header field is "nonsense""#),
            ("HTTP/1.1 200 OK\r\n: x\r\n", #"a header field is ": x""#),
            ("HTTP/1.1 200 OK\r\nA: b\r\n folded\r\n", #"a header field is " folded""#),
            ("HTTP/1.1 200 OK\r\nName : x\r\n", #"a header field is "Name : x""#),
            ("HTTP/1.1 200 OK\r\nA: b\u{0}c\r\n", "the header field A has a control character"),
            ("HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", #"its Content-Length is "x""#),
            ("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", #"its Content-Length is "-1""#),
            ("HTTP/1.1 200 OK\r\nContent-Length: \r\n\r\n", #"its Content-Length is """#),
            (
                "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
                #"its Content-Length is "99999999999999999999""#
            ),
            ("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", "it has two lengths"),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", #"its Transfer-Encoding is "gzip""#),
            (
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n",
                "it has both a length and chunks"
            ),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n", #"the size of a chunk is "x""#),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\r\n", #"the size of a chunk is """#),
            (
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n",
                #"the size of a chunk is "FFFFFFFFFFFFFFFFF""#
            ),
            (
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n",
                "a chunk is longer than its size says"
            ),
        ]
    )
    func refuses(text: String, reason: String) {
        for size in [1, 7, text.utf8.count] {
            let error = #expect(throws: ResponseParser.Failure.self) { try parse(text, pieces: size) }
            #expect(error?.reason == reason)
            #expect(error?.isTooLarge == false)
        }
    }

    @Test(
        "bounds the body, whatever its framing",
        arguments: [
            "HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n",
            "HTTP/1.1 200 OK\r\n\r\n01234567890",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nB\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n01234\r\n6\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFF\r\n",
        ]
    )
    func bounds(text: String) throws {
        let error = #expect(throws: ResponseParser.Failure.self) { try parse(text, maximumBody: 10) }
        #expect(error?.isTooLarge == true)
        #expect(error?.reason == "its body is larger than 10 bytes")
    }

    @Test("bounds the head, a line of it and the trailers")
    func boundsHead() throws {
        let line = "A: \(String(repeating: "x", count: 1000))\r\n"
        let lines = String(repeating: line, count: 66)
        let long = "B: " + String(repeating: "x", count: 66_000)
        for text in [
            "HTTP/1.1 200 OK\r\n\(lines)", "HTTP/1.1 200 OK\r\n\(long)",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\(lines)",
        ] {
            let error = #expect(throws: ResponseParser.Failure.self) { try parse(text, pieces: 4096) }
            #expect(error?.reason == "its head is larger than 65536 bytes")
        }
    }

    @Test("does not count many chunks against the bound of the head")
    func manyChunks() throws {
        let chunks = String(repeating: "1\r\nx\r\n", count: 40_000)
        let text = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\(chunks)0\r\n\r\n"
        let (parser, _) = try parse(text, pieces: 65_536, maximumBody: 40_000)
        #expect(parser.isComplete)
        #expect(parser.body.count == 40_000)
    }
}
