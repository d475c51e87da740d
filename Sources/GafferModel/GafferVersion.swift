/// The version of gaffer.
public enum GafferVersion {
    /// As it stands in `GET /version` and in `--version`.
    public static let current = "0.6.0"
}
