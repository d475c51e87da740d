package import GafferModel
internal import WebClient

extension GafferClient {
    /// `GET /ping`: whether gafferd answers.
    ///
    /// - Throws: ``ClientError``.
    package func ping() throws(ClientError) {
        let answer = try perform(WebRequest("GET", "/ping")).text
        guard answer == "OK" else { throw .unexpected("it is not OK") }
    }

    /// `GET /version`: the version of gafferd.
    ///
    /// - Throws: ``ClientError``.
    package func version() throws(ClientError) -> String {
        let answer = try document(WebRequest("GET", "/version"))
        guard let version = answer["version"]?.stringValue else { throw .unexpected("it tells no version") }
        return version
    }

    /// `POST /reload`: gafferd reads its configuration again.
    ///
    /// - Returns: the answer: the names `added`, `changed` and `removed`, the number `unchanged`.
    /// - Throws: ``ClientError``, with all the errors of the configuration in its details.
    package func reloadConfiguration(wait: Wait) throws(ClientError) -> JSON {
        try document(WebRequest("POST", "/reload").waiting(wait))
    }

    /// `POST /state`: starts, stops, reloads or restarts everything.
    ///
    /// - Throws: ``ClientError``.
    package func setStateOfAll(_ state: StateCommand, wait: Wait) throws(ClientError) {
        _ = try perform(GafferClient.stateRequest("/state", state).waiting(wait))
    }

    /// `GET /metrics`: the metrics in Prometheus' text format.
    ///
    /// - Throws: ``ClientError``.
    package func metrics() throws(ClientError) -> String {
        try perform(WebRequest("GET", "/metrics")).text
    }

    /// `GET /openapi.json`: the description of the API.
    ///
    /// - Throws: ``ClientError``.
    package func openAPI() throws(ClientError) -> JSON {
        try document(WebRequest("GET", "/openapi.json"))
    }

    /// `GET /healthz`: whether gafferd is alive; an answer that says it is not is an error.
    ///
    /// - Throws: ``ClientError``.
    package func checkHealth() throws(ClientError) {
        _ = try perform(WebRequest("GET", "/healthz"))
    }

    static func stateRequest(_ target: String, _ state: StateCommand) -> WebRequest {
        var request = WebRequest("POST", target, body: Array(state.rawValue.utf8))
        request.contentType = "application/json"
        return request
    }

    static func signalRequest(_ target: String, _ signal: Signal) -> WebRequest {
        .json("POST", target, ["signal": .integer(Int64(signal.rawValue))])
    }
}

/// What is asked for by a POST to a route `state`.
package enum StateCommand: String, Sendable {
    /// The processes are to stop.
    case stop = "0"
    /// The processes are to run.
    case start = "1"
    /// New processes are started before the old ones stop, where that can be done.
    case reload = "2"
    /// All processes are stopped, then started.
    case restart = "3"
}
