/// Whether a supervisor gives its processes cgroups of their own.
public enum CgroupMode: String, Sendable, CaseIterable {
    /// Where the cgroup that it runs in is marked as delegated to it, as systemd does for `Delegate=yes`.
    case auto
    /// In the cgroup that it runs in, delegated or not: for a unit of `systemctl --user`, which marks none.
    case on
    /// Never.
    case off
}
