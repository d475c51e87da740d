import GafferModel
import Testing

@testable import GafferAuth

@Suite("Passwords")
struct PasswordTests {
    @Test("1 to 511 bytes of any kind but NUL", arguments: [(0, false), (1, true), (511, true), (512, false)])
    func length(count: Int, isGood: Bool) {
        let password = try? Password([UInt8](repeating: 0xFF, count: count))
        #expect((password != nil) == isGood)
        #expect((try? Password([0x61, 0, 0x61])) == nil)
    }

    @Test("This machine has yescrypt")
    func best() {
        #expect(PasswordScheme.best?.prefix == "$y$")
    }

    @Test("A password is right, and no other, whatever its bytes", arguments: PasswordScheme.known.indices)
    func verify(index: Int) async throws {
        // Cheap, where the scheme can be; the costs themselves are libcrypt's matter.
        let scheme = [PasswordScheme.cheap, PasswordScheme.known[1], PasswordScheme(prefix: "$6$", cost: 1000)][index]
        let hasher = PasswordHasher(scheme: scheme)
        let password = try Password([0xFF, 0x20, 0x3A, 0xC3] + [UInt8](repeating: 0x61, count: 507))
        let hash = try await hasher.hash(password)
        #expect(hash.hasPrefix(scheme.prefix))
        #expect(try await hasher.hash(password) != hash)
        #expect(try await hasher.verify(password, against: hash).isRight)
        #expect(try await hasher.verify(password, against: hash).better == nil)
        let shorter = Array(password.bytes.dropLast())
        for wrong in [shorter, shorter + [0x62], [0x61]] {
            #expect(try await !hasher.verify(Password(wrong), against: hash).isRight)
        }
    }

    @Test("An unknown user's is wrong, and so is one whose hash is none")
    func unknown() async throws {
        let hasher = PasswordHasher(scheme: .cheap)
        for hash in [nil, "", "*", "x", "$y$", "$y$j75$"] {
            #expect(try await !hasher.verify(Password("a"), against: hash).isRight)
        }
    }

    @Test("A weaker hash is made anew when the password is known")
    func rehash() async throws {
        let old = PasswordHasher(scheme: PasswordScheme(prefix: "$6$", cost: 1000))
        let cheap = PasswordHasher(scheme: .cheap)
        let dear = PasswordHasher(scheme: PasswordScheme(prefix: "$y$", cost: 2))
        let password = try Password("open sesame")
        for weak in [try await old.hash(password), try await cheap.hash(password)] {
            let verdict = try await dear.verify(password, against: weak)
            #expect(verdict.isRight)
            let better = try #require(verdict.better)
            #expect(try await dear.verify(password, against: better).better == nil)
            #expect(try await dear.verify(password, against: better).isRight)
            #expect(try await dear.verify(Password("wrong"), against: weak).better == nil)
        }
    }

    @Test("Too many at once are an error, not a queue without an end")
    func crowd() async throws {
        let hasher = PasswordHasher(scheme: PasswordScheme(prefix: "$y$", cost: 4))
        let password = try Password("a")
        let codes = await withTaskGroup(of: GafferError.Code?.self) { group in
            for _ in 0..<200 { group.addTask { await code { _ = try await hasher.hash(password) } } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(codes.contains(.tooManyRequests))
        #expect(codes.count { $0 == nil } >= PasswordHasher.maximumWaiting)
        // And it goes on when they are done.
        #expect(await code { _ = try await hasher.hash(password) } == nil)
    }

    @Test("Without a scheme that is good enough there is an error, and no hash")
    func none() async throws {
        let hasher = PasswordHasher(scheme: nil)
        #expect(await code { _ = try await hasher.hash(Password("a")) } == .failed)
        #expect(try await !hasher.verify(Password("a"), against: nil).isRight)
    }
}
