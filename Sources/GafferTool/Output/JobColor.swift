package import GafferModel

/// The colour of a job, which it keeps from run to run.
package enum JobColor {
    /// Those that can be told apart on a dark and on a light ground, also by who does not see red or green.
    private static let codes = ["36", "33", "35", "34", "32", "96", "93", "95", "94", "92"]

    /// The sequence that switches the colour of a name on.
    package static func sequence(for name: String) -> String {
        // FNV-1a: the library's own hash is another one in every run.
        var hash: UInt32 = 0x811C_9DC5
        for byte in name.utf8 { hash = (hash ^ UInt32(byte)) &* 0x0100_0193 }
        return "\u{1B}[\(codes[Int(hash % UInt32(codes.count))])m"
    }

    /// A text in the colour of a name.
    package static func applied(to text: String, for name: String) -> String {
        "\(sequence(for: name))\(text)\u{1B}[0m"
    }
}

extension JobName {
    /// The job's own name in the default session, else the full one.
    package var shown: String { shown(in: JobName.defaultSession) }

    /// The job's own name in that session, else the full one.
    package func shown(in home: String) -> String { session == home ? job : description }
}
