import GafferModel
import Testing

@testable import GafferHTTP
@testable import WebServer

@Suite("Formats")
struct FormatTests {
    @Test(
        "Base64 is that of RFC 4648",
        arguments: [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ]
    )
    func encodesBase64(_ text: String, _ encoded: String) {
        #expect(Base64.encoded(Array(text.utf8)) == encoded)
    }

    @Test("Base64 takes every byte")
    func encodesBytes() {
        #expect(Base64.encoded([0x00, 0xFF, 0xFE]) == "AP/+")
    }

    @Test(
        "A date is that of RFC 9110",
        arguments: [
            (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"), (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
            (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
        ]
    )
    func writesDates(_ second: Int, _ text: String) {
        var date = DateHeader()
        #expect(date.value(at: second) == text)
        #expect(date.value(at: second) == text)
    }

    @Test(
        "An error keeps the original's body where it had one",
        arguments: [
            (GafferError(.badRequest, "m"), #"{"error":"bad_request","reason":"bad_request","message":"m"}"#, 400),
            (GafferError(.badValue, "m"), #"{"error":"bad_value","reason":"bad_value","message":"m"}"#, 400),
            (GafferError(.badSignal, "m"), #"{"error":"bad_signal","reason":"bad_signal","message":"m"}"#, 400),
            (GafferError(.forbidden, "m"), #"{"error":403,"reason":"forbidden","message":"m"}"#, 403),
            (
                GafferError(.notFound, "m"),
                #"{"error":"not_found","errno":404,"reason":"not_found","message":"m"}"#, 404
            ),
            (
                GafferError(.conflict, "m"),
                #"{"error":"process_conflict","errno":409,"reason":"conflict","message":"m"}"#, 409
            ), (GafferError(.tooLarge, "m"), #"{"error":413,"reason":"too_large","message":"m"}"#, 413),
            (GafferError(.failed, "m"), #"{"error":500,"reason":"failed","message":"m"}"#, 500),
            (GafferError(.shuttingDown, "m"), #"{"error":503,"reason":"shutting_down","message":"m"}"#, 503),
            (GafferError(.timedOut, "m"), #"{"error":504,"reason":"timed_out","message":"m"}"#, 504),
            (
                GafferError(.failed, "m", details: ["a", "b"]),
                #"{"error":500,"reason":"failed","message":"m","errors":["a","b"]}"#, 500
            ),
        ]
    )
    func writesErrors(_ error: GafferError, _ body: String, _ status: Int) {
        let answer = Response.error(error)
        #expect(String(decoding: answer.body, as: UTF8.self) == body)
        #expect(answer.status == status)
    }
}
