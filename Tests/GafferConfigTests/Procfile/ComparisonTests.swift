import GafferConfig
import GafferModel
import Testing

/// Files of the corpus are read as honcho and foreman read them, but for the differences that are declared.
///
/// What those two make of the corpus is recorded by `Record/record`, to be run again when a file is added.
@Suite("Procfiles and .env files beside honcho and foreman")
struct ComparisonTests {
    private func ours(_ kind: Difference.Kind, _ name: String) throws -> CorpusFiles.Reading {
        switch kind {
        case .procfiles:
            let text = try CorpusFiles.procfile(name)
            do {
                return .entries(try Procfile(parsing: text).entries.map { [$0.name, $0.command] })
            } catch {
                return .refused
            }
        case .environments:
            var variables: [String: String] = [:]
            for text in try CorpusFiles.environment(name) {
                do {
                    variables.merge(try EnvironmentText.parse(text.content, file: text.file)) { _, new in new }
                } catch {
                    return .refused
                }
            }
            return .variables(variables)
        }
    }

    private static func folder(_ kind: Difference.Kind) -> String {
        switch kind {
        case .procfiles: "Corpus/Procfiles"
        case .environments: "Corpus/Environments"
        }
    }

    @Test("Every file was recorded, and there are many", arguments: Difference.Kind.allCases, Peer.allCases)
    func completeness(kind: Difference.Kind, peer: Peer) throws {
        let names = try CorpusFiles.names(Self.folder(kind))
        #expect(try CorpusFiles.recorded(peer, kind).keys.sorted() == names)
        #expect(names.count >= (kind == .procfiles ? 60 : 90))
    }

    @Test(
        "Each file is read alike, unless a difference is declared",
        arguments: Difference.Kind.allCases,
        Peer.allCases
    )
    func comparison(kind: Difference.Kind, peer: Peer) throws {
        let declared = Difference.all.filter { $0.kind == kind }
        for (name, theirs) in try CorpusFiles.recorded(peer, kind).sorted(by: { $0.key < $1.key }) {
            let reasons = declared.filter { $0.files(peer).contains(name) }.map(\.rule)
            let ours = try ours(kind, name)
            if reasons.isEmpty {
                #expect(ours == theirs, "\(name) is read otherwise than by \(peer), and no difference is declared")
            } else {
                #expect(ours != theirs, "\(name) is read as by \(peer), but a difference is declared: \(reasons)")
                #expect(reasons.count == 1, "\(name): one difference a file: \(reasons)")
            }
        }
    }

    @Test("Each difference is shown by files that exist, and told in the article", arguments: Difference.all)
    func differences(difference: Difference) throws {
        let names = try CorpusFiles.names(Self.folder(difference.kind))
        let files = difference.both + difference.honcho + difference.foreman
        #expect(!files.isEmpty && Set(files).isSubset(of: names), "\(difference.rule)")
        #expect(Set(difference.files(.honcho)).count == difference.files(.honcho).count, "\(difference.rule)")
        #expect(Set(difference.files(.foreman)).count == difference.files(.foreman).count, "\(difference.rule)")
        let article = try ProcfileArticle.text()
        #expect(article.contains("- " + difference.rule), "the article does not say: \(difference.rule)")
    }
}

/// The page `Procfile.md`, each paragraph and item on one line.
enum ProcfileArticle {
    static func text() throws -> String {
        let folders = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(4)
        let path = (folders + ["Sources", "gafferd", "Documentation.docc", "Procfile.md"]).joined(separator: "/")
        let text = try String(decoding: #require(SystemFile.read(path)), as: UTF8.self)
        return text.split(separator: "\n").reduce(into: "") { joined, line in
            joined += line.hasPrefix("  ") ? " " + line.drop { $0 == " " } : "\n" + line
        }
    }
}
