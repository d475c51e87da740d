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
        var granted: Set<PeerGrant.Subject> = []
        for grant in grants {
            let number = try accounts.number(of: grant.subject)
            // Two names of one account would be two answers to one question.
            let isFirst: Bool
            switch grant.subject {
            case .user:
                isFirst = granted.insert(.user(.id(number))).inserted
                users[number] = grant.permissions
            case .group:
                isFirst = granted.insert(.group(.id(number))).inserted
                groups[number] = grant.permissions
            }
            guard isFirst else {
                throw GafferError(.badRequest, "[auth]: two keys are about \(grant.subject.kind) \(number).")
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

extension PeerGrant.Subject {
    fileprivate var kind: String {
        switch self {
        case .user: "the user"
        case .group: "the group"
        }
    }
}

extension AccountDatabase {
    fileprivate func number(of subject: PeerGrant.Subject) throws(GafferError) -> UInt32 {
        let number: UInt32?
        let name: String
        do throws(SystemError) {
            switch subject {
            case .user(.id(let id)), .group(.id(let id)): return id
            case .user(.name(let user)): (name, number) = (user, try self.user(named: user)?.uid)
            case .group(.name(let group)): (name, number) = (group, try self.group(named: group)?.gid)
            }
        } catch {
            throw GafferError(.failed, "[auth]: the accounts can't be read: \(error)")
        }
        guard let number else {
            let kind = if case .user = subject { "user" } else { "group" }
            throw GafferError(.badRequest, "[auth]: there is no \(kind) \(name.cited).")
        }
        return number
    }
}
