package import Testing

/// Lets only so many tests of the built programs run at once, since each starts processes of its own.
///
/// The slot is taken before the time limit of a test begins to count.
package struct Slots: SuiteTrait, TestTrait, TestScoping {
    /// How many of the ``total`` slots a test takes.
    package let count: Int

    package static let total = 4

    package var isRecursive: Bool { true }

    package func scopeProvider(for test: Test, testCase: Test.Case?) -> Slots? {
        test.isSuite || testCase != nil ? nil : self
    }

    package func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        await Turnstile.shared.enter(count)
        do {
            try await function()
            await Turnstile.shared.leave(count)
        } catch {
            await Turnstile.shared.leave(count)
            throw error
        }
    }
}

extension Trait where Self == Slots {
    /// For tests with a handful of processes.
    package static var oneSlot: Slots { Slots(count: 1) }
    /// For tests that boot a machine of their own.
    package static var twoSlots: Slots { Slots(count: 2) }
    /// For tests with hundreds of processes or gigabytes of output: nothing else of this target beside them.
    package static var allSlots: Slots { Slots(count: Slots.total) }
}

/// A semaphore that serves in the order of asking, so that a test that wants all slots gets its turn.
private actor Turnstile {
    static let shared = Turnstile()

    private var free = Slots.total
    private var waiting: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []

    func enter(_ count: Int) async {
        if waiting.isEmpty, free >= count {
            free -= count
            return
        }
        await withCheckedContinuation { waiting.append((count, $0)) }
    }

    func leave(_ count: Int) {
        free += count
        while let next = waiting.first, free >= next.count {
            free -= next.count
            waiting.removeFirst()
            next.continuation.resume()
        }
    }
}
