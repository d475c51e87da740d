/// A user of the machine.
package struct UserAccount: Sendable, Hashable {
    package var name: String
    package var uid: UInt32
    /// Its primary group.
    package var gid: UInt32
    package var home: String

    package init(name: String, uid: UInt32, gid: UInt32, home: String) {
        self.name = name
        self.uid = uid
        self.gid = gid
        self.home = home
    }
}

/// A group of the machine.
package struct GroupAccount: Sendable, Hashable {
    package var name: String
    package var gid: UInt32

    package init(name: String, gid: UInt32) {
        self.name = name
        self.gid = gid
    }
}

/// The users and groups that a machine knows.
///
/// A question may go to a server over the network and take long: keep it off the shared threads. nil means that there
/// is none such; an error, that nobody could tell.
package protocol AccountDatabase: Sendable {
    func user(named name: String) throws(SystemError) -> UserAccount?
    func user(number uid: UInt32) throws(SystemError) -> UserAccount?
    func group(named name: String) throws(SystemError) -> GroupAccount?
    func group(number gid: UInt32) throws(SystemError) -> GroupAccount?
    /// All groups that a user is a member of, the given primary one included.
    func groups(of user: UserAccount, primary gid: UInt32) throws(SystemError) -> [UInt32]
}
