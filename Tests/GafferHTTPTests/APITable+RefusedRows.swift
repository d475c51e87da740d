import GafferModel

private let badRequest: JSON = ["error": "bad_request"]
private let badSignal: JSON = ["error": "bad_signal", "reason": "bad_signal"]
private let badValue: JSON = ["error": "bad_value", "reason": "bad_value"]
private let unknown: JSON = ["error": 404, "reason": "not_found"]
private let wrongMethod: JSON = ["error": 405, "reason": "method_not_allowed"]
private let invalid: JSON = ["error": "bad_request", "reason": "invalid process config"]

extension APITableTests {
    static let rowsOfRefusing: [Row] =
        [
            Row("GET /nothing", 404, .error(unknown)),
            Row("GET /jobs/shop/", 404, .error(unknown)),
            Row("OPTIONS /nothing", 404, .error(unknown)),
            Row("OPTIONS /jobs", 405, .error(wrongMethod)),
            Row("HEAD /state", 405, .empty),
            Row("POST /ping", sending: "x", 405, .error(wrongMethod)),
            Row("PATCH /jobs/shop/web", sending: "{}", 405, .error(wrongMethod)),
            Row("GET /reload", 405, .error(wrongMethod)),
            Row("GET /state", 405, .error(wrongMethod)),
            Row("DELETE /pids", 405, .error(wrongMethod)),
            Row("GET /jobs/a.b", 400, .error(badRequest)),
            Row("GET /jobs/shop/12", 400, .error(badRequest)),
            Row("GET /%zz", 400, .error(badRequest)),
            Row("GET /12x", 400, .error(badValue)),
            Row("DELETE /abc/stats", 400, .error(badValue)),
            Row("GET /jobs?info=maybe", 400, .error(badRequest)),
            Row("GET /jobs/shop/web?instances=2", 400, .error(badRequest)),
            Row("GET /jobs/shop/web/tail?n=0", 400, .error(badRequest)),
            Row("GET /jobs/shop/web/tail?format=xml", 400, .error(badRequest)),
            // A wait that can't be read leaves everything as it was.
            Row("POST /state?wait=soon", sending: "0", 400, .error(badRequest)),
            Row("POST /state?wait=0", sending: "0", 400, .error(badRequest)),
            Row("DELETE /1?wait=86401", 400, .error(badRequest)),

            Row("POST /1/signal", sending: #"{"signal":"NOPE"}"#, 400, .error(badSignal)),
            Row("POST /1/signal", sending: #"{"signal":0}"#, 400, .error(badSignal)),
            Row("POST /1/signal", sending: #"{"signal":65}"#, 400, .error(badSignal)),
            Row("POST /1/signal", sending: #"{"signal":1.5}"#, 400, .error(badSignal)),
            Row("POST /1/signal", sending: #"{"signal":null}"#, 400, .error(badSignal)),
            Row("POST /1/signal", sending: "{}", 400, .error(badRequest)),
            Row("POST /1/signal", sending: "TERM", 400, .error(badRequest)),
            Row("POST /sessions/shop/signal", sending: "", 400, .error(badRequest)),

            Row("POST /jobs/shop/web/numprocesses", sending: #"{"scale":"x"}"#, 400, .error(badValue)),
            Row("POST /jobs/shop/web/numprocesses", sending: #"{"scale":"=-1"}"#, 400, .error(badValue)),
            Row("POST /jobs/shop/web/numprocesses", sending: #"{"scale":1.5}"#, 400, .error(badValue)),
            Row("POST /jobs/shop/web/numprocesses", sending: #"{"scale":true}"#, 400, .error(badValue)),
            Row("POST /jobs/shop/web/numprocesses", sending: #"{"scale":1000000000}"#, 400, .error(badValue)),
            Row("POST /jobs/shop/web/numprocesses", sending: "{}", 400, .error(badRequest)),

            Row("POST /jobs/shop", sending: #"{"cmd":"true"}"#, 400, .error(badRequest)),
            Row("POST /jobs/shop", sending: #"{"name":5,"cmd":"true"}"#, 400, .error(badRequest)),
            Row("POST /jobs/shop", sending: #"{"name":"a.b","cmd":"true"}"#, 400, .error(badRequest)),
            Row("POST /jobs/shop", sending: #"{"name":"12","cmd":"true"}"#, 400, .error(badRequest)),
            Row("POST /jobs/shop", sending: #"{"name":"new"}"#, 400, .error(badRequest)),
            Row(
                "POST /jobs/shop",
                sending: #"{"name":"new","cmd":"true","numprocesses":"many"}"#,
                400,
                .error(badRequest)
            ),
            Row("POST /jobs/shop", sending: #"{"name":"new","cmd":"as-nobody"}"#, 400, .error(invalid)),
            Row(
                "PUT /jobs/shop/web",
                sending: #"{"name":"other","cmd":"true"}"#,
                400,
                .error(["error": "bad_request", "reason": "template name conflict with the path"])
            ),
            Row("PUT /jobs/shop/web", sending: #"{"name":1,"cmd":"true"}"#, 400, .error(badRequest)),
            Row("PUT /jobs/shop/web", sending: #"{"cmd":"as-nobody"}"#, 400, .error(invalid)),
            Row("PUT /jobs/shop/web", sending: "{}", 400, .error(badRequest)),

            Row("POST /jobs/shop/web/commit", sending: #"{"env":"x"}"#, 400, .error(badRequest)),
            Row("POST /jobs/shop/web/commit", sending: #"{"env":{"A":1}}"#, 400, .error(badRequest)),
            Row("POST /jobs/shop/web/commit", sending: #"{"env":{"":"x"}}"#, 400, .error(badRequest)),
            Row("POST /jobs/shop/web/commit", sending: #"{"env":{"A=B":"x"}}"#, 400, .error(badRequest)),
            Row("POST /jobs/shop/web/commit", sending: #"{"env":{"A":"\u0000"}}"#, 400, .error(badRequest)),
            Row("POST /jobs/shop/web/commit", sending: #"{"graceful_timeout":-1}"#, 400, .error(badRequest)),
            Row("POST /jobs/shop/web/commit", sending: #"{"graceful_timeout":"x"}"#, 400, .error(badRequest)),
            Row("POST /jobs/shop/web/commit", sending: #"{"graceful_timeout":1e300}"#, 400, .error(badRequest)),
        ] + rowsOfState + rowsOfJSON

    private static let rowsOfState = ["", "4", "11", "1\n", " 1", "true", #""1""#, "{}", "\0"].flatMap { body in
        ["/state", "/sessions/shop/state", "/jobs/shop/web/state"].map {
            Row("POST \($0)", sending: body, 400, .error(badRequest))
        }
    }

    /// Bodies that are no JSON, not an object, too deep or ambiguous, on every route that takes an object.
    private static let rowsOfJSON = [
        "null", "5", "[]", #""x""#, "{", "{]", "{}x", #"{"a":}"#, #"{"signal":1,"signal":2}"#,
        String(repeating: "[", count: 100_000), #"{"a":"# + String(repeating: "[", count: 33) + "1",
        String(repeating: #"{"a":"#, count: 40) + "1" + String(repeating: "}", count: 40), "\u{FEFF}{}", "{'a':1}",
    ].flatMap { body in
        [
            "POST /1/signal", "POST /jobs/shop/web/signal", "POST /jobs/shop/web/numprocesses", "POST /jobs/shop",
            "PUT /jobs/shop/web", "POST /jobs/shop/web/commit",
        ].map { Row($0, sending: body, 400, .error(badRequest)) }
    }
}
