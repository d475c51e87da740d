import GafferModel
import ProgramTestKit
import Testing

/// The browser as the attacker: a page of another origin tries what a page can try.
@Suite(
    "A page of another origin",
    .oneSlot,
    .timeLimit(.minutes(4)),
    .enabled(if: Clients.isPythonThere, Clients.wayToPython),
    .enabled(if: Clients.isBrowserThere, Clients.wayToBrowser)
)
struct BrowserTests {
    private static let victim = """
        [process:victim]
        cmd = /bin/cat
        redirect_input = true
        redirect_output = stdout

        """

    @Test("It gets nowhere, with a key or without", arguments: [false, true])
    func getsNowhere(_ hasKey: Bool) async throws {
        try await withGafferd(ClientTests.endpoints + Self.victim) { daemon in
            let key = hasKey ? try await daemon.key(#"{"admin": true}"#) : ""
            let before = try await daemon.osPids("default/victim")
            let address = try await daemon.address(hasKey ? 0 : 1)
            let told = try await daemon.client("browser.py", base: "http://\(address)", key: key)
            let outcomes = try parseJSON(Array(told.utf8)).objectValue ?? []
            #expect(outcomes.count >= 16)
            for outcome in outcomes {
                let text = outcome.value.stringValue ?? ""
                // What a page may send without asking, and whose answer it never sees.
                let isBlind = ["form", "form of a digit", "form of parts", "image"].contains(outcome.name)
                #expect(isBlind ? text == "sent" : ["refused", "opaque"].contains(text), "\(outcome.name): \(text)")
            }
            #expect(try await daemon.curl("GET", "/jobs").json["jobs"]?.strings == ["default.victim"])
            #expect(try await daemon.osPids("default/victim") == before)
            #expect(try await daemon.info("default/victim")["state"] == "running")
            let written = try await daemon.curl("GET", "/jobs/default/victim/tail?format=text")
            #expect(written.text.isEmpty, "\(written.text)")
        }
    }

    @Test("A page that is on the list does what its key allows, and is told no more")
    func listedPage() async throws {
        let port = try freePort()
        let endpoint = """
            [endpoint:listed]
            bind = 127.0.0.1:0
            origins = http://localhost:\(port)

            """
        try await withGafferd(endpoint + Self.victim) { daemon in
            let key = try await daemon.key(#"{"read": ["*"]}"#)
            let told = try await daemon.client(
                "browser.py",
                base: "http://\(daemon.address())",
                key: key,
                environment: ["GAFFER_PAGE_PORT": "\(port)"]
            )
            let outcomes = try parseJSON(Array(told.utf8))
            #expect(outcomes["fetch"]?.stringValue?.hasPrefix("read 200") == true, "\(told)")
            #expect(outcomes["DELETE"]?.stringValue?.hasPrefix("read 403") == true, "\(told)")
            #expect(outcomes["fetch with credentials"] == "refused", "\(told)")
            // Without a key it is nobody.
            #expect(outcomes["events"] == "refused", "\(told)")
            #expect(outcomes["SockJS"]?.stringValue?.hasPrefix("read 200") == true, "\(told)")
        }
    }
}
