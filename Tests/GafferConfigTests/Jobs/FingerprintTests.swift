import GafferConfig
import GafferModel
import Testing

@Suite("The fingerprint of a section")
struct FingerprintTests {
    private static let text = "[process:one]\ncmd = /bin/true\nnumprocesses = 2\n[env:one]\na = 1"

    private func fingerprint(_ text: String) throws -> String {
        try #require(Reading.load(text).jobs.first { $0.name.job == "one" }).fingerprint
    }

    @Test("It is the same in every run of gafferd, or a restart would forget what was asked for at run time")
    func stable() throws {
        #expect(try fingerprint("[process:one]\ncmd = /bin/true") == "868842645c4a3bcec82109afbd7b4a10")
    }

    @Test(
        "It does not change with what means nothing",
        arguments: [
            "; a comment\n\n[process:one]\nnumprocesses=2\n; another\ncmd: /bin/true ; here\n[env:one]\n  A = 1",
            "[env:one]\na = 1\n[process:two]\ncmd = x\n[job:default.one]\nNumProcesses = 2\ncmd = /bin/true",
        ]
    )
    func unchanged(text: String) throws {
        #expect(try fingerprint(text) == fingerprint(Self.text))
    }

    @Test(
        "It changes with every setting and variable",
        arguments: [
            "[process:one]\ncmd = /bin/true\nnumprocesses = 3\n[env:one]\na = 1",
            "[process:one]\ncmd = /bin/true\nnumprocesses = 2\n[env:one]\na = 2",
            "[process:one]\ncmd = /bin/true\nnumprocesses = 2",
            "[process:one]\ncmd = /bin/true\nnumprocesses = 2\nenv:A = 1",
            "[process:one]\ncmd = /bin/true\nnumprocesses = 2\nnice = 0\n[env:one]\na = 1",
        ]
    )
    func changed(text: String) throws {
        #expect(try fingerprint(text) != fingerprint(Self.text))
    }
}
