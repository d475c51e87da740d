import GafferClient
import Testing

@testable import GafferTool
@testable import gafferctl

@Suite("The surroundings")
struct EnvironmentTests {
    private func environment(
        _ variables: [String: String] = [:],
        userID: UInt32 = 1000,
        files: Set<String> = []
    ) -> Environment {
        Environment(variable: { variables[$0] }, userID: userID, exists: files.contains)
    }

    @Test("tell where gafferd is: the option, the variable, the user's own, the system's")
    func endpoint() {
        let files: Set = ["/run/user/1000/gaffer/gafferd.sock"]
        var variables = ["XDG_RUNTIME_DIR": "/run/user/1000"]
        #expect(environment().endpoint(given: nil) == "unix:/run/gaffer/gafferd.sock")
        #expect(environment(variables).endpoint(given: nil) == "unix:/run/gaffer/gafferd.sock")
        #expect(
            environment(variables, files: files).endpoint(given: nil) == "unix:/run/user/1000/gaffer/gafferd.sock"
        )
        #expect(
            environment(variables, userID: 0, files: files).endpoint(given: nil) == "unix:/run/gaffer/gafferd.sock"
        )
        variables["GAFFER_ENDPOINT"] = "http://node1"
        #expect(environment(variables, files: files).endpoint(given: nil) == "http://node1")
        #expect(environment(variables, files: files).endpoint(given: "unix:/x") == "unix:/x")
        variables["GAFFER_ENDPOINT"] = ""
        #expect(environment(variables).endpoint(given: nil) == "unix:/run/gaffer/gafferd.sock")
    }

    @Test(
        "tell whether to colour",
        arguments: [
            ([:], "auto", true, true), ([:], "auto", false, false), ([:], "never", true, false),
            ([:], "always", false, true), (["NO_COLOR": "1"], "auto", true, false),
            (["NO_COLOR": ""], "auto", true, true), (["NO_COLOR": "1"], "always", true, true),
            (["TERM": "dumb"], "auto", true, false), (["FORCE_COLOR": "1"], "auto", false, true),
            (["CLICOLOR_FORCE": "0"], "auto", false, false),
            (["FORCE_COLOR": "1", "NO_COLOR": "1"], "auto", true, false),
        ] as [([String: String], String, Bool, Bool)]
    )
    func colors(variables: [String: String], choice: String, isTerminal: Bool, expected: Bool) {
        #expect(environment(variables).isColored(choice: choice, isTerminal: isTerminal) == expected)
    }

    @Test(
        "have fixed exit codes for the kinds of errors",
        arguments: [
            (.invalid, 2), (.unreachable, 5), (.malformed, 1), (.refused, 6), (.notFound, 4), (.conflict, 8),
            (.timedOut, 7), (.failed, 1),
        ] as [(ClientError.Kind, Int32)]
    )
    func exitCodes(kind: ClientError.Kind, code: Int32) {
        #expect(ExitCode(kind).rawValue == code)
    }

    @Test("have one exit code for several failures: their common one, else 1")
    func severalCodes() {
        #expect(ExitCode(several: []) == .ok)
        #expect(ExitCode(several: [.notFound, .notFound]) == .notFound)
        #expect(ExitCode(several: [.notFound, .timedOut]) == .failed)
    }
}
