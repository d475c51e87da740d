import Testing

@testable import GafferTool
@testable import gafferctl

@Suite("A completion")
struct CompletionTests {
    @Test(
        "is told by the words before the cursor",
        arguments: [
            ([""], .command), (["sta"], .command), (["--json", ""], .command),
            (["--endpoint", "unix:/s", ""], .command),
            (["--endpoint", ""], .none), (["status", ""], .jobOrPid), (["status", "a", "b"], .jobOrPid),
            (["start", "w"], .job), (["kill", "web", ""], .signal), (["kill", "web", "HUP", ""], .none),
            (["load", ""], .file), (["load", "--session", ""], .session), (["load", "--session", "s", ""], .file),
            (["load_process", ""], .file), (["help", ""], .command), (["logs", "-n", ""], .none),
            (["logs", "-n", "5", ""], .jobOrPid), (["completions", ""], .words(["bash", "zsh", "fish"])),
            (["status", "--color", ""], .words(["auto", "always", "never"])),
            (["status", "--color=a"], .words(["--color=auto", "--color=always", "--color=never"])),
            (["nonsense", ""], .command), ([], .none), (["ping", ""], .none),
        ] as [([String], Completion)]
    )
    func kinds(words: [String], kind: Completion) {
        #expect(CompletionRequest(words: words, for: .gafferctl).kind == kind)
    }

    @Test("offers the options of the command and the common ones, but not hidden ones")
    func options() throws {
        guard case .words(let words) = CompletionRequest(words: ["logs", "-"], for: .gafferctl).kind else {
            Issue.record("No words are offered.")
            return
        }
        #expect(words.contains("--lines"))
        #expect(words.contains("--endpoint"))
        #expect(words.contains("--follow"))
        #expect(!words.contains("--version"))
    }

    @Test("finds the endpoint that was typed")
    func endpoint() {
        #expect(
            CompletionRequest(words: ["--endpoint", "unix:/s", "status", ""], for: .gafferctl).endpoint == "unix:/s"
        )
        #expect(CompletionRequest(words: ["status", "--endpoint=unix:/s", ""], for: .gafferctl).endpoint == "unix:/s")
    }

    @Test("puts together what bash takes for several words")
    func bash() {
        var request = CompletionRequest(words: ["status", "--color", "=", "al"], for: .gafferctl)
        #expect(request.kind == .words(["--color=auto", "--color=always", "--color=never"]))
        #expect(request.prefix == "--color=al")
        #expect(request.hiddenCount == "--color=".count)
        request = CompletionRequest(words: ["status", "--color", "="], for: .gafferctl)
        #expect(request.prefix == "--color=")
        #expect(request.hiddenCount == "--color=".count)
        request = CompletionRequest(words: ["--endpoint", "unix", ":", "/s", "status", "w"], for: .gafferctl)
        #expect(request.endpoint == "unix:/s")
        #expect(request.prefix == "w")
        #expect(request.hiddenCount == 0)
    }

    @Test("has a script for every shell that is named", arguments: CompletionScript.shells)
    func scripts(shell: String) {
        #expect(CompletionScript.text(for: shell, program: "gafferctl")?.contains("__complete") == true)
    }
}
