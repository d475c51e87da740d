import GafferModel
import ProgramTestKit
import Testing

@Suite("The API against its own description", .oneSlot, .timeLimit(.minutes(6)))
struct DescriptionTests {
    @Test(
        "Schemathesis finds no 5xx and no answer that is not described",
        .enabled(if: Clients.isPythonThere, Clients.wayToPython)
    )
    func schemathesis() async throws {
        try await Workbench.with { bench in
            try bench.configure(ClientTests.endpoints + ClientTests.jobs)
            // What is made up and loaded as a job finds no program to run.
            try await bench.gafferd(environment: ["PATH": "/nonexistent"]) { daemon in
                let key = try await daemon.key(#"{"admin": true}"#)
                let told = try await daemon.client(
                    "describe.py",
                    base: "http://\(daemon.address())",
                    key: key,
                    environment: ["GAFFER_EXAMPLES": "5"],
                    within: .seconds(300)
                )
                #expect(told.contains(" passed"))
                #expect(try await daemon.curl("GET", "/ping").text == "OK")
            }
        }
    }
}
