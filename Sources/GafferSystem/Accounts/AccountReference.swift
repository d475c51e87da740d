/// A user or group as a configuration names it.
package enum AccountReference: Sendable, Hashable {
    case name(String)
    case number(UInt32)
}

/// An account that a configuration names and the machine does not know.
package enum AccountFailure: Error, Hashable, Sendable {
    case unknownUser(String)
    case unknownGroup(String)
    /// Nobody could tell.
    case database(SystemError)

    /// As `there is no user "web"`.
    package var message: String {
        switch self {
        case .unknownUser(let name): "there is no user \"\(name)\""
        case .unknownGroup(let name): "there is no group \"\(name)\""
        case .database(let error): "the accounts can't be read: \(error)"
        }
    }
}

extension AccountFailure: CustomStringConvertible {
    package var description: String { message }
}

extension AccountDatabase {
    /// Who a process runs as that names a user, a group or both.
    ///
    /// | user | group | uid | gid | supplementary groups |
    /// |---|---|---|---|---|
    /// | – | – | nil: whoever this process is | | |
    /// | known | – | the user's | its primary group | the user's |
    /// | known | given | the user's | the group's | the user's, and that group |
    /// | number without an entry | – | the number | the same number | none |
    /// | number without an entry | given | the number | the group's | none |
    /// | – | given | `ownUID` | the group's | none |
    ///
    /// A number without an entry has no primary group. It gets the one of the same number, as user-private groups
    /// have it, so that it never keeps root's.
    package func credentials(
        user: AccountReference?,
        group: AccountReference?,
        ownUID: UInt32
    ) throws(AccountFailure) -> SpawnRequest.Credentials? {
        let gid = try group.map { reference throws(AccountFailure) in try resolve(group: reference) }
        guard let user else { return gid.map { SpawnRequest.Credentials(uid: ownUID, gid: $0, groups: []) } }
        let account: UserAccount?
        do throws(SystemError) {
            switch user {
            case .name(let name): account = try self.user(named: name)
            case .number(let uid): account = try self.user(number: uid)
            }
            if let account {
                let gid = gid ?? account.gid
                let groups = try groups(of: account, primary: gid)
                return SpawnRequest.Credentials(uid: account.uid, gid: gid, groups: groups)
            }
        } catch {
            throw .database(error)
        }
        switch user {
        case .name(let name): throw .unknownUser(name)
        case .number(let uid): return SpawnRequest.Credentials(uid: uid, gid: gid ?? uid, groups: [])
        }
    }

    private func resolve(group: AccountReference) throws(AccountFailure) -> UInt32 {
        switch group {
        case .number(let gid):
            return gid
        case .name(let name):
            do throws(SystemError) {
                if let group = try self.group(named: name) { return group.gid }
            } catch {
                throw .database(error)
            }
            throw .unknownGroup(name)
        }
    }
}
