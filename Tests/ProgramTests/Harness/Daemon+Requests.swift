import GafferModel
import ProgramTestKit
import Testing

/// An answer of gafferd.
struct Answer: Sendable {
    let status: Int
    /// Names in lower case.
    let headers: [String: String]
    let bytes: [UInt8]

    var text: String { String(decoding: bytes, as: UTF8.self) }
    /// The body as JSON; `null` where it is none, which no answer of gafferd is.
    var json: JSON { (try? parseJSON(bytes)) ?? .null }
}

/// Reads JSON by gaffer's own reader.
func parseJSON(_ bytes: [UInt8]) throws -> JSON { try JSON(parsing: bytes) }

extension JSON {
    /// The strings of an array of strings.
    var strings: [String] { (arrayValue ?? []).compactMap(\.stringValue) }
    /// The integers of an array of integers.
    var integers: [Int] { (arrayValue ?? []).compactMap(\.intValue) }
}

extension Daemon {
    /// Runs curl with `arguments`, in the workbench's folder.
    func runCurl(_ arguments: String...) async throws -> ToolOutput {
        try await runTool(
            "/usr/bin/curl",
            ["--silent", "--max-time", "30"] + arguments,
            environment: bench.environment,
            directory: bench.path
        )
    }

    /// Sends a request by curl over the unix socket.
    func curl(
        _ method: String,
        _ path: String,
        _ body: String? = nil,
        options: [String] = []
    ) async throws -> Answer {
        var arguments = ["--silent", "--show-error", "--include", "--path-as-is", "--globoff", "--max-time", "60"]
        arguments += ["--unix-socket", bench.socket]
        arguments += method == "HEAD" ? ["--head"] : ["--request", method]
        if body != nil { arguments += ["--data-binary", "@-"] }
        // curl would ask for `100 Continue` first for a long body; gafferd may answer 413 to that, which is a test.
        arguments += ["--header", "Expect:"] + options + ["http://localhost\(path)"]
        let run = try await runTool(
            "/usr/bin/curl",
            arguments,
            environment: bench.environment,
            directory: bench.path,
            input: body
        )
        guard run.code == 0 else { throw Failure("curl \(method) \(path): \(run.all)") }
        return try Answer(parsing: run.outputBytes)
    }

    /// Runs gafferctl on this gafferd's socket.
    func ctl(_ arguments: String..., input: String? = nil) async throws -> ToolOutput {
        try await ctl(arguments, input: input)
    }

    /// Runs gafferctl on this gafferd's socket.
    func ctl(_ arguments: [String], input: String? = nil) async throws -> ToolOutput {
        try await runTool(
            try Programs.gafferctl(),
            arguments,
            environment: bench.environment.merging(["GAFFER_ENDPOINT": "unix:\(bench.socket)"]) { $1 },
            directory: bench.path,
            input: input
        )
    }

    /// What the API tells of a job, its processes in short included.
    func info(_ job: String) async throws -> JSON {
        let answer = try await curl("GET", "/jobs/\(job)?instances=true")
        guard answer.status == 200 else { throw Failure("GET /jobs/\(job): \(answer.status) \(answer.text)") }
        return answer.json
    }

    /// The os pids of a job's living processes.
    func osPids(_ job: String) async throws -> [Int] {
        try await info(job)["instances"]?.arrayValue?.compactMap { $0["os_pid"]?.intValue }.filter { $0 > 0 } ?? []
    }

    /// The os pid of a job's only process.
    func osPid(_ job: String) async throws -> Int {
        let osPids = try await osPids(job)
        return try #require(osPids.count == 1 ? osPids.first : nil, "\(job) has the os pids \(osPids), not one")
    }

    /// Waits until a job is in this state.
    @discardableResult
    func state(_ job: String, becomes state: String, within limit: Duration = .seconds(60)) async throws -> JSON {
        try await eventually("\(job) being \(state)", within: limit) {
            let info = try await info(job)
            return info["state"]?.stringValue == state ? info : nil
        }
    }
}

extension Answer {
    /// Reads what `curl --include` wrote: the head, an empty line, the body.
    init(parsing output: [UInt8]) throws {
        let end = output.indices.dropLast(3).first { output[$0..<$0 + 4].elementsEqual([13, 10, 13, 10]) }
        guard let end else { throw Failure("no HTTP head in \(String(decoding: output, as: UTF8.self))") }
        let lines = String(decoding: output[..<end], as: UTF8.self).split(separator: "\r\n")
        let words = lines.first?.split(separator: " ") ?? []
        guard words.count > 1, let status = Int(words[1]) else { throw Failure("no HTTP status in \(lines)") }
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            headers[line[..<colon].lowercased()] = String(line[line.index(after: colon)...].drop { $0 == " " })
        }
        self.init(status: status, headers: headers, bytes: Array(output[(end + 4)...]))
    }
}
