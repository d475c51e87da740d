import Glibc

@testable import GafferSystem

/// Accounts that a test makes up.
struct FakeAccounts: AccountDatabase {
    var users: [UserAccount] = []
    var groups: [GroupAccount] = []
    /// By name of the user.
    var memberships: [String: [UInt32]] = [:]
    var failure: SystemError?

    func user(named name: String) throws(SystemError) -> UserAccount? {
        if let failure { throw failure }
        return users.first { $0.name == name }
    }

    func user(number uid: UInt32) throws(SystemError) -> UserAccount? {
        if let failure { throw failure }
        return users.first { $0.uid == uid }
    }

    func group(named name: String) throws(SystemError) -> GroupAccount? {
        if let failure { throw failure }
        return groups.first { $0.name == name }
    }

    func group(number gid: UInt32) throws(SystemError) -> GroupAccount? {
        if let failure { throw failure }
        return groups.first { $0.gid == gid }
    }

    func groups(of user: UserAccount, primary gid: UInt32) throws(SystemError) -> [UInt32] {
        if let failure { throw failure }
        return [gid] + memberships[user.name, default: []]
    }
}
