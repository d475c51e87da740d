/// What a peer of the unix socket may do, until keys give finer rights.
public enum Role: Sendable, Hashable, Comparable {
    /// Nothing.
    case none
    /// Reads, starts, stops, restarts, scales and signals: the group `gaffer`.
    case member
    /// Everything: root and gafferd's own user.
    case administrator
}
