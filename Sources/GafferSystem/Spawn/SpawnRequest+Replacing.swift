internal import CGafferSystem
internal import Glibc

extension SpawnRequest {
    /// Becomes the program that is asked for, in the place of this one: same process, same terminal, same descriptors
    /// 0 to 2.
    ///
    /// Of the request, the program, its words, environment, folder and credentials count; signals get their default
    /// dispositions.
    ///
    /// - Throws: ``SpawnFailure`` where it can't be; after the step `gid` this process is no longer who it was.
    package func replaceThisProcess() throws(SpawnFailure) -> Never {
        guard var strings = SpawnStrings(self) else {
            throw SpawnFailure(step: .exec, errno: EINVAL, program: program, subject: "a NUL in a word")
        }
        if let credentials {
            // In this order: who has left root can't change groups any more.
            guard setgroups(credentials.groups.count, credentials.groups) == 0 else { throw failure(.groups) }
            guard setgid(credentials.gid) == 0 else { throw failure(.gid) }
            guard setuid(credentials.uid) == 0 else { throw failure(.uid) }
        }
        if let workingDirectory, chdir(workingDirectory) != 0 { throw failure(.chdir) }
        let earlier = signal(SIGPIPE, SIG_DFL)
        let error = strings.withPointers { candidates, arguments, environment, _ in
            var denied = false
            var next = candidates
            while let path = next.pointee {
                execve(path, arguments, environment)
                switch errno {
                case EACCES: denied = true
                case ENOENT, ENOTDIR, ESTALE, ENODEV, ETIMEDOUT: break
                default: return errno
                }
                next += 1
            }
            return denied ? EACCES : ENOENT
        }
        signal(SIGPIPE, earlier)
        throw SpawnFailure(step: .exec, errno: error, program: program)
    }

    private func failure(_ step: SpawnStep) -> SpawnFailure {
        SpawnFailure(step: step, errno: errno, detail: -1, request: self)
    }
}
