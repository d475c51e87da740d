import GafferConfig
import Testing

/// Whatever stands in a file, reading it ends, and ends in a configuration or in errors.
@Suite("Damaged files")
struct MutationTests {
    /// The same numbers in every run (splitmix64).
    struct Numbers: RandomNumberGenerator {
        private var state: UInt64

        init(seed: UInt64) { state = seed }

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var number = state
            number = (number ^ (number >> 30)) &* 0xBF58_476D_1CE4_E5B9
            number = (number ^ (number >> 27)) &* 0x94D0_49BB_1331_11EB
            return number ^ (number >> 31)
        }
    }

    private static let text = """
        [gaffer]
        bind = [::1]:5000
        include = a.ini  b.ini
        include_dir = conf.d ; here
        log_level: debug
        lookupd_address_x = http://a:1

        [endpoint:public]
        bind = 127.0.0.1:5000
        certfile=

        [process:shop:web]
        cmd = /bin/x 'a b' "c \\" d" $HOME ${LANG} $$
          --more
        args = $A
        env:A = é 😀
        flapping = 2, 1., 7., 5
        backoff = 500ms, 2, 1m
        success_exit = 0, 3, SIGTERM
        rlimit_nofile = 1024:4096
        stdout_file = /x-$GAFFER_INSTANCE
        stdout_file_max_age = 1.5h
        uid = 33

        [env:shop:web]
        port = 80

        [webhooks]
        . = http://x
        """

    /// Bytes that mean something somewhere, and some that never should.
    private static let pieces: [[UInt8]] =
        [
            "[", "]", "=", ":", ";", " ;", "#", "\n", "\r\n", "\n ", "\t", "'", "\"", "\\", "$", "${", "}", "$$", ",",
            ".", "-",
            "env:", "ENV:", "[process:", "[env:", "[gaffer]\n", "include = gafferd.ini\n", "include_dir = .\n", "1e999",
            "\u{301}",
            "9999999999999999999999", "unlimited", "\u{FEFF}", "\u{2028}", "ms", "none",
        ].map { Array($0.utf8) } + [[0], [0xFF], [0xC3], [0xED, 0xA0, 0x80], [0x1B], [0x7F]]

    private static func damaged(_ text: [UInt8], with numbers: inout Numbers) -> [UInt8] {
        var text = text
        for _ in 0..<Int.random(in: 1...4, using: &numbers) {
            let place = Int.random(in: 0...text.count, using: &numbers)
            let end = min(text.count, place + Int.random(in: 0..<30, using: &numbers))
            switch Int.random(in: 0..<4, using: &numbers) {
            case 0: text.insert(contentsOf: pieces.randomElement(using: &numbers) ?? [], at: place)
            case 1: text.removeSubrange(place..<end)
            case 2: text.insert(contentsOf: text[place..<end], at: Int.random(in: 0...text.count, using: &numbers))
            default:
                text.replaceSubrange(place..<min(place + 1, end), with: [UInt8.random(in: 0...255, using: &numbers)])
            }
        }
        return text
    }

    @Test("Reading them ends", .timeLimit(.minutes(2)), arguments: 1...4 as ClosedRange<UInt64>)
    func ends(seed: UInt64) {
        var numbers = Numbers(seed: seed)
        var good = 0
        var bad = 0
        for _ in 0..<500 {
            // One file of the two at a time: a good one beside a bad one would hide what becomes of it.
            let isMain = Bool.random(using: &numbers)
            let main = Array(Self.text.utf8)
            let other = Array("; a job\n[job:a]\ncmd = /bin/echo 'a b' # c\nenv:B = c ; d\n\n; the end\n".utf8)
            let files = MemoryFiles([
                Reading.path: isMain ? Self.damaged(main, with: &numbers) : main,
                "/etc/gaffer/a.ini": isMain ? other : Self.damaged(other, with: &numbers),
                "/etc/gaffer/b.ini": [], "/etc/gaffer/conf.d/c.ini": Array("[process:c]\ncmd = y".utf8),
            ])
            do {
                let config = try Reading.load(files)
                // Names that came through are names.
                #expect(config.jobs.allSatisfy { !$0.fingerprint.isEmpty && $0.line > 0 })
                good += 1
            } catch let errors as ConfigErrors {
                #expect(!errors.errors.isEmpty)
                // Errors name a place and are safe to show.
                #expect(errors.errors.allSatisfy { !$0.file.isEmpty && !$0.message.isEmpty })
                let text = errors.description.unicodeScalars
                #expect(!text.contains { $0.value < 0x20 && $0 != "\n" || (0x7F...0x9F).contains($0.value) })
                bad += 1
            } catch {
                Issue.record("\(error)")
            }
        }
        // The damage is neither none nor total, or only half of the reader was tried.
        #expect(good > 10)
        #expect(bad > 100)
    }

    @Test("The undamaged file is good")
    func undamaged() {
        let files = ["/etc/gaffer/a.ini": "", "/etc/gaffer/b.ini": "", "/etc/gaffer/conf.d/c.ini": ""]
        #expect(Reading.errors(Self.text, files) == [])
    }

    @Test("Bytes that are no text at all are refused")
    func noise() {
        var numbers = Numbers(seed: 7)
        for length in [1, 10, 1000, 100_000] {
            let bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &numbers) }
            #expect(Reading.errors(MemoryFiles([Reading.path: bytes + [0x0A, 0xFF]])).isEmpty == false)
        }
    }
}
