internal import CGafferSystem
internal import Glibc

/// A counting semaphore of the kernel's futex kind.
package final class Semaphore: @unchecked Sendable {
    // @unchecked: sem_t is made for being shared; it has a stable address of its own.
    private let semaphore: UnsafeMutablePointer<sem_t>

    /// Makes one that nobody has signalled.
    package init() {
        semaphore = .allocate(capacity: 1)
        sem_init(semaphore, 0, 0)
    }

    deinit {
        sem_destroy(semaphore)
        semaphore.deallocate()
    }

    /// Lets one go on that waits, or comes to wait.
    package func signal() {
        sem_post(semaphore)
    }

    /// Blocks until it is signalled.
    package func wait() {
        while sem_wait(semaphore) != 0 && errno == EINTR {}
    }
}
