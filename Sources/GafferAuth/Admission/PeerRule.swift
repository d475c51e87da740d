package import GafferModel
package import GafferSystem

/// What users of the machine may do at a unix socket, by who the kernel says they are.
///
/// | peer | may |
/// |---|---|
/// | root, gafferd's own user | everything |
/// | a user with a grant of its own | that, whatever its groups have |
/// | a member of groups with grants | what these have together |
/// | anybody else | nothing |
package struct PeerRule: Sendable, Hashable {
    /// What members of the group `gaffer` may do where nothing else is said: start, stop, scale, signal and look at
    /// everything, and load nothing.
    package static let member = Permissions(scopes: [.operate: [.everything]])

    private let owner: UInt32
    private var users: [UInt32: Permissions] = [:]
    private var groups: [UInt32: Permissions] = [:]

    /// Makes a rule of numbers.
    ///
    /// - Parameter owner: the user that gafferd runs as.
    package init(owner: UInt32, users: [UInt32: Permissions] = [:], groups: [UInt32: Permissions] = [:]) {
        self.owner = owner
        self.users = users
        self.groups = groups
    }

    /// Makes a rule of what a configuration grants; blocks while names are looked up.
    ///
    /// - Parameters:
    ///   - owner: the user that gafferd runs as.
    ///   - group: the number of the group `gaffer`, whose members get ``member`` unless a grant names it; nil: the
    ///     machine has none.
    /// - Throws: ``GafferError`` (`bad_request`) that names a user or a group that there is not.
    package init(
        owner: UInt32,
        group: UInt32?,
        grants: [PeerGrant],
        accounts: any AccountDatabase
    ) throws(GafferError) {
        self.init(owner: owner, groups: group.map { [$0: Self.member] } ?? [:])
        for grant in grants {
            do throws(AccountFailure) {
                switch grant.subject {
                case .user(let user): users[try accounts.number(ofUser: user)] = grant.permissions
                case .group(let group): groups[try accounts.number(ofGroup: group)] = grant.permissions
                }
            } catch {
                throw GafferError(.badRequest, "[auth]: \(error).")
            }
        }
    }

    /// What a peer may do.
    package func permissions(of peer: Peer) -> Permissions {
        if peer.uid == 0 || peer.uid == owner { return .admin }
        if let own = users[peer.uid] { return own }
        var result = Permissions.none
        for (group, permissions) in groups where peer.isMember(of: group) { result.formUnion(permissions) }
        return result
    }
}

extension AccountDatabase {
    fileprivate func number(ofUser user: Account) throws(AccountFailure) -> UInt32 {
        switch user {
        case .id(let uid): return uid
        case .name(let name):
            do throws(SystemError) {
                if let account = try self.user(named: name) { return account.uid }
            } catch {
                throw .database(error)
            }
            throw .unknownUser(name)
        }
    }

    fileprivate func number(ofGroup group: Account) throws(AccountFailure) -> UInt32 {
        switch group {
        case .id(let gid): return gid
        case .name(let name):
            do throws(SystemError) {
                if let account = try self.group(named: name) { return account.gid }
            } catch {
                throw .database(error)
            }
            throw .unknownGroup(name)
        }
    }
}
