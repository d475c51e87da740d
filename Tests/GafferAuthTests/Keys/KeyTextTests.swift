import GafferModel
import Testing

@testable import GafferAuth

@Suite("The text of a key")
struct KeyTextTests {
    @Test("It is read as it is written, and none is like another")
    func roundTrip() throws {
        var seen: Set<String> = []
        for _ in 0..<100 {
            let key = try KeyText.make()
            let text = key.revealed
            #expect(text.utf8.count == 80)
            #expect(text.hasPrefix("gk_\(key.id)_"))
            let read = try #require(KeyText(parsing: text))
            #expect(read.revealed == text)
            #expect(read.id == key.id)
            #expect(read.digest == key.digest)
            #expect(seen.insert(key.id).inserted)
            #expect(seen.insert(key.digest.hexadecimal).inserted)
        }
    }

    @Test("What is no key is none")
    func wrong() throws {
        let text = try KeyText.make().revealed
        var wrong = ["", "gk_", text + "0", text.uppercased(), text + "\n", String(repeating: "gk_", count: 100_000)]
        wrong.append(String(text.dropLast()))
        wrong.append("xk" + String(text.dropFirst(2)))
        wrong.append("\(text.prefix(15))-\(text.dropFirst(16))")
        wrong.append("\(text.dropLast())g")
        wrong.append("gk_é\(text.dropFirst(5))")
        wrong.append(" \(text.dropLast())")
        for text in wrong {
            #expect(KeyText(parsing: text) == nil)
            #expect(KeyText.id(naming: text) == nil)
        }
    }

    @Test("An id and a whole key name the same")
    func naming() throws {
        let key = try KeyText.make()
        #expect(KeyText.id(naming: key.id) == key.id)
        #expect(KeyText.id(naming: key.revealed) == key.id)
        #expect(KeyText.id(naming: key.id.uppercased() + "x") == nil)
    }

    @Test("Printed in whatever way, it shows no secret")
    func redacted() throws {
        let key = try KeyText.make()
        let secret = String(key.revealed.dropFirst(16))
        let record = KeyRecord(id: key.id, digest: key.digest, label: "", permissions: .none, created: 0)
        let issued = IssuedKey(text: key, record: record)
        var dumped = ""
        dump(issued, to: &dumped)
        for text in ["\(key)", String(reflecting: key), "\(issued)", String(reflecting: issued), dumped] {
            #expect(text.contains(key.id))
            #expect(!text.contains(secret))
        }
    }
}
