import GafferConfig
import GafferModel
import Testing

@Suite("Damaged Procfiles and .env files")
struct DamageTests {
    private static let pieces: [[UInt8]] =
        [
            ":", "=", "#", " #", "\n", "\r\n", "\r", "\t", " ", "'", "\"", "\\", "$", "${", "}", "$(", ")", "`", "&&",
            ";",
            "|", ">", "<<", "exec ", "web: ", "A=", "export ", "GAFFER_UID=", "GAFFER_REDIRECT_INPUT=", "PORT=",
            "\u{301}",
            "\u{2028}", "é", "😀",
        ].map { Array($0.utf8) } + [[0], [0xFF], [0xEF, 0xBB, 0xBF], [0xC3]]

    @Test("Whatever stands in them, reading ends, in an application or in errors", arguments: 0..<50)
    func damage(seed: Int) throws {
        var numbers = MutationTests.Numbers(seed: UInt64(seed))
        let names = try CorpusFiles.names("Corpus/Procfiles").filter { !$0.hasPrefix("long") }
        for _ in 0..<40 {
            let name = try #require(names.randomElement(using: &numbers))
            var procfile = try CorpusFiles.procfile(name).content
            var env = Array("A=1\nB=\"x\\ny\" # z\nGAFFER_UID=www\nexport C='d'\nPORT=80\n".utf8)
            for _ in 0..<Int.random(in: 1...5, using: &numbers) {
                let piece = Self.pieces.randomElement(using: &numbers) ?? []
                procfile.insert(contentsOf: piece, at: Int.random(in: 0...procfile.count, using: &numbers))
                env.insert(contentsOf: piece, at: Int.random(in: 0...env.count, using: &numbers))
            }
            let sources = ApplicationSources(
                procfile: .init(file: "Procfile", content: procfile),
                environment: [.init(file: ".env", content: env)],
                folder: "/srv/shop"
            )
            do {
                let app = try ProcfileApplication(sources)
                #expect(!app.types.isEmpty)
                for (_, config) in app.jobs { #expect(!config.cmd.isEmpty && !config.cmd.utf8.contains(0)) }
            } catch {
                #expect(!error.errors.isEmpty)
                for line in error.description.split(separator: "\n") {
                    #expect(!line.utf8.contains { $0 < 0x20 || $0 == 0x7F }, "\(line)")
                }
            }
        }
    }
}
