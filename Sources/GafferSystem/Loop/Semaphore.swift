internal import CGafferSystem
internal import Glibc

/// A counting semaphore of the kernel's futex kind.
final class Semaphore: @unchecked Sendable {
    // @unchecked: sem_t is made for being shared; it has a stable address of its own.
    private let semaphore: UnsafeMutablePointer<sem_t>

    init() {
        semaphore = .allocate(capacity: 1)
        sem_init(semaphore, 0, 0)
    }

    deinit {
        sem_destroy(semaphore)
        semaphore.deallocate()
    }

    func signal() {
        sem_post(semaphore)
    }

    func wait() {
        while sem_wait(semaphore) != 0 && errno == EINTR {}
    }
}
