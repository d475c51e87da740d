package import GafferAuth
internal import GafferSystem
internal import Synchronization

/// How many streams of processes are open at once to whoever has one key, over all its connections: websockets, SockJS
/// and plain HTTP alike.
///
/// | who | default |
/// |---|---|
/// | a key | 32 |
/// | all who get to endpoints that ask for no key, together | 1024 |
/// | a user of the machine, on a unix socket | 1024 |
/// | nobody | 0 |
package final class StreamQuota: Sendable {
    /// Whose streams are counted together.
    private enum Owner: Hashable {
        case key(String)
        case user(UInt32)
        case open
    }

    private let perKey: Int
    private let perUser: Int
    private let counts = Mutex<[Owner: Int]>([:])

    /// Makes a quota.
    ///
    /// - Parameters:
    ///   - perKey: how many streams a key may have open.
    ///   - perUser: how many a user of the machine may have open, and all those together who need no key.
    package init(perKey: Int = 32, perUser: Int = 1024) {
        self.perKey = perKey
        self.perUser = perUser
    }

    /// Counts a stream that is to be opened; nil: there are too many.
    ///
    /// It counts until the seat is left, or nobody holds it any more.
    package func seat(for principal: Principal) -> Seat? {
        let (owner, limit): (Owner, Int)
        switch principal.identity {
        case .anonymous: return nil
        case .key(let id): (owner, limit) = (.key(id), perKey)
        case .peer(let uid, _): (owner, limit) = (.user(uid), perUser)
        case .open: (owner, limit) = (.open, perUser)
        }
        let isFree = counts.withLock { counts in
            guard counts[owner, default: 0] < limit else { return false }
            counts[owner, default: 0] += 1
            return true
        }
        return isFree ? Seat { [weak self] in self?.left(owner) } : nil
    }

    /// How many streams are open, of everybody.
    package var openStreams: Int {
        counts.withLock { $0.values.reduce(0, +) }
    }

    private func left(_ owner: Owner) {
        counts.withLock { counts in
            guard let count = counts[owner] else { return }
            counts[owner] = count > 1 ? count - 1 : nil
        }
    }

    /// One open stream.
    package final class Seat: Sendable {
        private let release: Mutex<(@Sendable () -> Void)?>

        fileprivate init(_ release: @escaping @Sendable () -> Void) {
            self.release = Mutex(release)
        }

        deinit { leave() }

        /// The stream is closed; once is enough.
        package func leave() {
            let release = release.withLock { release in
                defer { release = nil }
                return release
            }
            release?()
        }
    }
}
