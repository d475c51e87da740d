import GafferModel
import Testing

/// What the readers are given here is of strangers: anything may come of it but a crash or a wait.
@Suite("Readers survive any input")
struct MutationTests {
    private static let bodies: [String] = [
        #"{"name":"a","cmd":"prog $A","args":["x","y z"],"env":{"A":"é😀\ud83d\ude00"},"numprocesses":2,"flapping":[2,1.0,7.0,5]}"#,
        #"{"cmd":"x","backoff":{"initial":0.5,"factor":2,"max":60},"success_exit":[0,"TERM"],"rlimit_nofile":"1:2","umask":"022"}"#,
        #"[[[[-1.5e-10,0,true,false,null,"\u0000\n"]]],{"a":{"b":{"c":[]}}}]"#,
        String(repeating: "[", count: 31) + String(repeating: "]", count: 31),
    ]

    @Test("JSON, and a job of it", arguments: bodies)
    func json(body: String) {
        var generator = SeededGenerator(seed: 1)
        var read = 0
        for _ in 0..<1500 {
            let bytes = Array(body.utf8).mutated(using: &generator)
            guard let json = try? JSON(parsing: bytes) else { continue }
            read += 1
            #expect((try? JSON(parsing: json.encoded())) == json)
            do {
                let config = try JobConfig.read(json: json).config
                let name = try JobName(parsing: "a.b")
                let again = try JobConfig.read(json: JSON(parsing: config.json(name: name).encoded()))
                #expect(again.config == config)
            } catch {
                #expect((error as? GafferError)?.code == .badRequest)
                #expect("\(error)".utf8.count < 2 * body.utf8.count + 1000)
            }
        }
        // Else the mutations would be so wild that only the first byte is ever looked at.
        #expect(read > 0)
    }

    @Test("Settings of text", arguments: JobConfig.settingNames + ["rlimit_core"])
    func settings(name: String) throws {
        var generator = SeededGenerator(seed: 2)
        let texts = [
            "2, 1., 7., 5", "500ms", "64M", "0 SIGTERM", "www-data", "a 'b' \"c\" \\d", "on-failure", "022",
            "1024:unlimited", "none",
        ]
        for _ in 0..<150 {
            let bytes = Array(generator.pick(texts).utf8).mutated(using: &generator)
            guard let text = String(validating: bytes, as: UTF8.self), !text.utf8.contains(0) else { continue }
            guard let config = try? JobConfig.ofText(name, text) else { continue }
            let json = config.json(name: try JobName(parsing: "a.b"))
            #expect(try JobConfig.read(json: JSON(parsing: json.encoded())).config == config, "\(text.cited)")
        }
    }

    @Test("Words, variables, names, numbers and units")
    func words() {
        var generator = SeededGenerator(seed: 3)
        let texts = [#"a 'b c' "d \" e" f\ g"#, "x${A}y$B$$z", "RTMIN+3", "=-3", "1.5h", "64KiB", "shop.web"]
        var split = 0
        for _ in 0..<8000 {
            let bytes = Array(generator.pick(texts).utf8).mutated(using: &generator)
            guard let text = String(validating: bytes, as: UTF8.self) else { continue }
            if let words = try? ShellWords.split(text) {
                split += 1
                #expect((try? ShellWords.split(words.map(ShellWords.quote).joined(separator: " "))) == words)
            }
            if let expanded = try? VariableExpansion.expand(text, with: { $0 }) {
                #expect(expanded.utf8.count <= text.utf8.count)
            }
            if let signal = try? Signal(parsing: text) { #expect((1...64).contains(signal.rawValue)) }
            if let wanted = try? ScaleOperation(parsing: text).applied(to: 5) {
                #expect((0...100_000).contains(wanted))
            }
            if let duration = Duration(parsing: text) { #expect(duration >= .zero && duration <= .longest) }
            if let name = try? JobName(parsing: text) { #expect((try? JobName(parsing: name.description)) == name) }
            _ = ByteSize.parse(text)
        }
        #expect(split > 500)
    }

    @Test("Files of variables")
    func environment() {
        var generator = SeededGenerator(seed: 4)
        let file = Array("A=1\nexport B='x y' # c\n# d\nC=\"\\n\\\"\"\nD=a#b\r\n".utf8)
        var read = 0
        for _ in 0..<2000 {
            let bytes = file.mutated(using: &generator)
            guard let variables = try? EnvironmentText.parse(bytes, file: "x") else { continue }
            read += 1
            #expect(variables.count <= 8)
            #expect(variables.allSatisfy { JobConfig.isVariable($0.key) && !$0.value.utf8.contains(0) })
        }
        #expect(read > 200)
    }
}
