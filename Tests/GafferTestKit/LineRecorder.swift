internal import Synchronization

/// Collects lines from any thread, as a log of a test.
package final class LineRecorder: Sendable {
    private let content = Mutex<[String]>([])

    package init() {}

    package var lines: [String] {
        content.withLock { $0 }
    }

    package func append(_ line: String) {
        content.withLock { $0.append(line) }
    }
}
