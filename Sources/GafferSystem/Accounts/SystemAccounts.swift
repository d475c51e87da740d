internal import CGafferSystem
internal import Glibc

/// The accounts as libc knows them: /etc/passwd, /etc/group and what nsswitch.conf adds.
package struct SystemAccounts: AccountDatabase {
    package init() {}

    package func user(named name: String) throws(SystemError) -> UserAccount? {
        // libc would take what stands before it.
        guard !name.utf8.contains(0) else { return nil }
        return try user("getpwnam_r", name) { getpwnam_r(name, $0, $1, $2, $3) }
    }

    package func user(number uid: UInt32) throws(SystemError) -> UserAccount? {
        try user("getpwuid_r", String(uid)) { getpwuid_r(uid, $0, $1, $2, $3) }
    }

    package func group(named name: String) throws(SystemError) -> GroupAccount? {
        guard !name.utf8.contains(0) else { return nil }
        return try group("getgrnam_r", name) { getgrnam_r(name, $0, $1, $2, $3) }
    }

    package func group(number gid: UInt32) throws(SystemError) -> GroupAccount? {
        try group("getgrgid_r", String(gid)) { getgrgid_r(gid, $0, $1, $2, $3) }
    }

    package func groups(of user: UserAccount, primary gid: UInt32) throws(SystemError) -> [UInt32] {
        // NGROUPS_MAX of Linux.
        let largest: Int32 = 65_536
        var capacity: Int32 = 64
        while true {
            var count = capacity
            var found = [gid_t](repeating: 0, count: Int(capacity))
            if getgrouplist(user.name, gid, &found, &count) >= 0 { return found.prefix(Int(count)).map { UInt32($0) } }
            guard capacity < largest else { throw SystemError(errno: ERANGE, call: "getgrouplist", what: user.name) }
            capacity = min(largest, max(count, capacity * 2))
        }
    }

    /// One of the four functions of libc that look a record up: record, buffer, its size, and where the result goes.
    private typealias Question<Record> = (
        UnsafeMutablePointer<Record>, UnsafeMutablePointer<CChar>, Int,
        UnsafeMutablePointer<UnsafeMutablePointer<Record>?>
    ) -> Int32

    private func user(
        _ call: String,
        _ what: String,
        _ ask: Question<passwd>
    ) throws(SystemError) -> UserAccount? {
        try lookUp(call, what, passwd(), ask) { entry in
            guard let name = entry.pw_name else { return nil }
            let home = entry.pw_dir.map { String(cString: $0) } ?? "/"
            return UserAccount(name: String(cString: name), uid: entry.pw_uid, gid: entry.pw_gid, home: home)
        }
    }

    private func group(
        _ call: String,
        _ what: String,
        _ ask: Question<Glibc.group>
    ) throws(SystemError) -> GroupAccount? {
        try lookUp(call, what, Glibc.group(), ask) { entry in
            guard let name = entry.gr_name else { return nil }
            return GroupAccount(name: String(cString: name), gid: entry.gr_gid)
        }
    }

    /// Asks with a buffer that grows until the record fits: a group of thousands of members is a long one.
    private func lookUp<Record, Account>(
        _ call: String,
        _ what: String,
        _ empty: Record,
        _ ask: Question<Record>,
        _ read: (Record) -> Account?
    ) throws(SystemError) -> Account? {
        var capacity = 1024
        while true {
            var record = empty
            var found: UnsafeMutablePointer<Record>?
            let buffer = UnsafeMutablePointer<CChar>.allocate(capacity: capacity)
            // The record points into it.
            defer { buffer.deallocate() }
            switch ask(&record, buffer, capacity, &found) {
            case 0, ENOENT, ESRCH, EBADF, EPERM:
                // getpwnam(3) lists these as ways in which systems say "no such entry".
                return found == nil ? nil : read(record)
            case EINTR:
                continue
            case ERANGE where capacity < 16 << 20:
                capacity *= 4
            case let error:
                throw SystemError(errno: error, call: call, what: what)
            }
        }
    }
}
