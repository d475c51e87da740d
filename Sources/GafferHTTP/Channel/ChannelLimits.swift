/// What one session may take.
package struct ChannelLimits: Sendable, Hashable {
    /// How long a session may be nobody's until it is closed.
    package var login: Duration = .seconds(10)
    /// How many topics a session may subscribe to.
    package var subscriptions = 256
    /// How many commands may wait for the one that is carried out.
    package var waitingCommands = 256
    /// How large the messages of those commands may be together, in bytes.
    package var waitingBytes = 2 << 20
    /// How long the output of a process that ended may keep an IO channel open: another process may still hold its pipe.
    package var afterExit: Duration = .seconds(2)
    /// How long the commands of a client that is gone are still carried out.
    package var afterGone: Duration = .seconds(10)

    /// The limits that gafferd serves with.
    package init() {}
}
