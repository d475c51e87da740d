import GafferModel

private let web = "shop.web"
private let notFound: JSON = ["error": "not_found", "errno": 404, "reason": "not_found"]
private let badRequest: JSON = ["error": "bad_request"]
private let ok: JSON = ["ok": true]
private let info: JSON = [
    "name": "shop.web", "active": true, "running": 2, "running_out": 0, "max_processes": 2, "processes": [1, 2],
    "state": "running", "restarts": 0,
]

extension APITableTests {
    static let rowsOfReading: [Row] = [
        Row("GET /", 200, .json(["welcome": "gaffer", "version": .string(GafferVersion.current)])),
        Row("GET /ping", 200, .text("OK")),
        Row("GET /version", 200, .json(["name": "gaffer", "version": .string(GafferVersion.current)])),
        Row("GET /sessions", 200, .json(["sessions": ["shop", "default"]])),
        Row("GET /jobs", 200, .json(["jobs": ["shop.web", "default.once"]])),
        Row("GET /jobs?info=false", 200, .json(["jobs": ["shop.web", "default.once"]])),
        Row("GET /jobs?info=true", 200, .members(["jobs": ["shop.web", "default.once"]])),
        Row("GET /jobs/shop", 200, .json(["sessionid": "shop", "jobs": ["shop.web"]])),
        Row("GET /jobs/shop?info=1", 200, .members(["sessionid": "shop", "jobs": ["shop.web"]])),
        Row("GET /jobs/none", 404, .error(notFound)),
        Row("GET /jobs/shop/web", 200, .members(info)),
        Row("GET /jobs/shop/none", 404, .error(notFound)),
        Row("HEAD /jobs/shop/web", 200, .empty),
        Row("HEAD /jobs/shop/none", 404, .empty),
        Row("GET /jobs/shop/web/state", 200, .text("1")),
        Row("GET /jobs/default/once/state", 200, .text("0")),
        Row("GET /jobs/shop/none/state", 404, .error(notFound)),
        Row("GET /jobs/shop/web/numprocesses", 200, .json(["numprocesses": 2])),
        Row("GET /jobs/shop/none/numprocesses", 404, .error(notFound)),
        Row("GET /jobs/shop/web/pids", 200, .json(["pids": [1, 2]])),
        Row("GET /jobs/shop/none/pids", 404, .error(notFound)),
        Row("GET /jobs/shop/web/stats", 200, .members(["name": "shop.web"])),
        Row(
            "GET /jobs/default/once/stats",
            200,
            .json(
                [
                    "name": "default.once", "stats": [], "mem": "N/A", "max_mem": "N/A", "min_mem": "N/A",
                    "cpu": "N/A", "max_cpu": "N/A", "min_cpu": "N/A",
                ]
            )
        ),
        Row("GET /jobs/shop/none/stats", 404, .error(notFound)),
        Row(
            "GET /jobs/shop/web/tail?n=3&stream=out",
            200,
            .json(
                [
                    "tail": [
                        ["pid": 1, "stream": "out", "data": "out 3\n\u{FFFD}\n", "data_b64": "b3V0IDMK/wo="],
                        ["pid": 2, "stream": "out", "data": "out 3\n\u{FFFD}\n", "data_b64": "b3V0IDMK/wo="],
                    ]
                ]
            )
        ),
        Row(
            "GET /jobs/shop/web/tail?format=text",
            200,
            .text("stdout 10\n\u{FFFD}\nstderr 10\n\u{FFFD}\nstdout 10\n\u{FFFD}\nstderr 10\n\u{FFFD}\n")
        ),
        Row("GET /jobs/default/once/tail", accept: "text/plain", 200, .text("")),
        Row("GET /jobs/default/once/tail?format=json", accept: "text/plain", 200, .json(["tail": []])),
        Row("GET /jobs/shop/none/tail", 404, .error(notFound)),
        Row("GET /pids", 200, .json(["pids": [1, 2]])),
        Row("GET /1", 200, .members(["pid": 1, "name": "shop.web", "os_pid": 1001, "commited": false])),
        Row("GET /3", 404, .error(notFound)),
        Row("HEAD /1", 200, .empty),
        Row("HEAD /3", 404, .empty),
        Row("GET /2/stats", 200, .members([:])),
        Row("GET /3/stats", 404, .error(notFound)),
    ]

    static let rowsOfChanging: [Row] = [
        Row("POST /jobs/shop", sending: #"{"name":"new","cmd":"true"}"#, 200, .json(ok), calls: ["load shop.new"]),
        Row("POST /jobs/shop", sending: #"{"name":"shop.new","cmd":"true"}"#, 200, .json(ok), calls: ["load shop.new"]),
        Row(
            "POST /jobs/shop?wait=1",
            sending: #"{"name":"new","cmd":"true","start":false}"#,
            200,
            .json(ok),
            calls: ["load shop.new"]
        ),
        Row(
            "POST /jobs/shop",
            sending: #"{"name":"web","cmd":"true"}"#,
            409,
            .error(["error": "process_conflict", "errno": 409]),
            calls: ["load shop.web"]
        ),
        Row("PUT /jobs/shop/web", sending: #"{"cmd":"true"}"#, 201, .json(ok), calls: ["update shop.web"]),
        Row("PUT /jobs/shop/web", sending: #"{"name":"web","cmd":"true"}"#, 201, .json(ok), calls: ["update shop.web"]),
        Row(
            "PUT /jobs/shop/web",
            sending: #"{"name":"shop/web","cmd":"true"}"#,
            201,
            .json(ok),
            calls: ["update shop.web"]
        ),
        Row(
            "PUT /jobs/shop/web?wait=2.5",
            sending: #"{"name":"shop.web","cmd":"true"}"#,
            201,
            .json(ok),
            calls: ["update shop.web"]
        ),
        Row("PUT /jobs/shop/none", sending: #"{"cmd":"true"}"#, 404, .error(notFound), calls: ["update shop.none"]),
        Row("DELETE /jobs/shop/web", 200, .json(ok), calls: ["unload shop.web"]),
        Row("DELETE /jobs/shop/none", 404, .error(notFound), calls: ["unload shop.none"]),
        Row("POST /jobs/shop/web/state", sending: "0", 202, .json(ok), calls: ["stop shop.web"]),
        Row("POST /jobs/shop/web/state", sending: "1", 202, .json(ok), calls: ["start shop.web"]),
        Row("POST /jobs/shop/web/state", sending: "2", 202, .json(ok), calls: ["reload shop.web"]),
        Row("POST /jobs/shop/web/state?wait=9", sending: "3", 202, .json(ok), calls: ["restart shop.web"]),
        Row("POST /jobs/shop/none/state", sending: "1", 404, .error(notFound), calls: ["start shop.none"]),
        Row("POST /sessions/shop/state", sending: "3", 202, .json(ok), calls: ["restart shop"]),
        Row("POST /sessions/none/state", sending: "3", 404, .error(notFound), calls: ["restart none"]),
        Row("POST /state", sending: "0", 202, .json(ok), calls: ["stop everything"]),
        Row(
            "POST /jobs/shop/web/numprocesses",
            sending: #"{"scale":2}"#,
            200,
            .json(["numprocesses": 4]),
            calls: ["scale shop.web"]
        ),
        Row(
            "POST /jobs/shop/web/numprocesses",
            sending: #"{"scale":"1"}"#,
            200,
            .json(["numprocesses": 3]),
            calls: ["scale shop.web"]
        ),
        Row(
            "POST /jobs/shop/web/numprocesses",
            sending: #"{"scale":"+3"}"#,
            200,
            .json(["numprocesses": 5]),
            calls: ["scale shop.web"]
        ),
        Row(
            "POST /jobs/shop/web/numprocesses",
            sending: #"{"scale":"-3"}"#,
            200,
            .json(["numprocesses": 0]),
            calls: ["scale shop.web"]
        ),
        Row(
            "POST /jobs/shop/web/numprocesses",
            sending: #"{"scale":-1}"#,
            200,
            .json(["numprocesses": 1]),
            calls: ["scale shop.web"]
        ),
        Row(
            "POST /jobs/shop/web/numprocesses?wait=1",
            sending: #"{"scale":"=7"}"#,
            200,
            .json(["numprocesses": 7]),
            calls: ["scale shop.web"]
        ),
        Row(
            "POST /jobs/shop/none/numprocesses",
            sending: #"{"scale":1}"#,
            404,
            .error(notFound),
            calls: ["scale shop.none"]
        ),
        Row("POST /jobs/shop/web/signal", sending: #"{"signal":1}"#, 202, .json(ok), calls: ["SIGHUP shop.web"]),
        Row("POST /jobs/shop/web/signal", sending: #"{"signal":"1"}"#, 202, .json(ok), calls: ["SIGHUP shop.web"]),
        Row("POST /jobs/shop/web/signal", sending: #"{"signal":"HUP"}"#, 202, .json(ok), calls: ["SIGHUP shop.web"]),
        Row("POST /jobs/shop/web/signal", sending: #"{"signal":"SIGHUP"}"#, 202, .json(ok), calls: ["SIGHUP shop.web"]),
        Row(
            "POST /jobs/shop/none/signal",
            sending: #"{"signal":1}"#,
            404,
            .error(notFound),
            calls: ["SIGHUP shop.none"]
        ),
        Row("POST /sessions/shop/signal", sending: #"{"signal":"USR1"}"#, 202, .json(ok), calls: ["SIGUSR1 shop"]),
        Row("POST /jobs/shop/web/commit", 200, .json(["pid": 77]), calls: ["commit shop.web [] -"]),
        Row("POST /jobs/shop/web/commit", sending: "{}", 200, .json(["pid": 77]), calls: ["commit shop.web [] -"]),
        Row(
            "POST /jobs/shop/web/commit?wait=1",
            sending: #"{"env":{"A":"1","B":"x y"},"graceful_timeout":2.5}"#,
            200,
            .json(["pid": 77]),
            calls: ["commit shop.web [A=1 B=x y] 2.5 seconds"]
        ),
        Row("POST /jobs/shop/none/commit", 404, .error(notFound), calls: ["commit shop.none [] -"]),
        Row(
            "POST /reload",
            200,
            .json(["ok": true, "added": ["a.new"], "changed": [], "removed": [], "unchanged": 2])
        ),
        Row("DELETE /1", 202, .json(ok), calls: ["stop 1"]),
        Row("DELETE /1?wait=3", 202, .json(ok), calls: ["stop 1"]),
        Row("DELETE /3", 404, .error(notFound)),
        Row("POST /1/signal", sending: #"{"signal":"TERM"}"#, 202, .json(ok), calls: ["SIGTERM 1"]),
        Row("POST /1/signal", sending: #"{"signal":3}"#, 202, .json(ok), calls: ["SIGQUIT 1"]),
        Row("POST /3/signal", sending: #"{"signal":3}"#, 404, .error(notFound)),
    ]
}
