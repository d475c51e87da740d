/// A Procfile: the types of processes of an application, and the command of each.
///
/// - Lines end with a line feed, or a carriage return and a line feed; the last one need not. A byte order mark at the
///   file's start is passed over.
/// - Empty lines, and lines whose first character other than a blank is `#`, are nothing.
/// - `NAME: COMMAND` is an entry; it begins its line. The name is `[A-Za-z0-9_-]+` with at least one letter, 100
///   characters at most, as it names a job. The colon follows it at once. Blanks around the command are cut off.
/// - The command is not looked into here: what a `#`, a quote or a `$` in it means is the shell's to say
///   (``ShellLine``).
///
/// Everything else is an error, and all errors of a file are told at once: other lines, an entry without a command, a
/// name that stands twice, text that is not UTF-8, a NUL or a carriage return within a line, a command or a file that
/// is too long.
package struct Procfile: Sendable, Hashable {
    package struct Entry: Sendable, Hashable {
        package var name: String
        /// As it is written, without blanks around it; never empty.
        package var command: String
        /// Counted from 1.
        package var line: Int
        /// Where the command begins, counted from 1 in characters of Unicode.
        package var column: Int
    }

    /// The longest file, in bytes.
    package static let maximumSize = 1 << 20
    /// The longest command, in bytes: the kernel hands no longer word to a program.
    package static let maximumCommand = 128 << 10 - 64
    /// After so many entries, or errors, it is no Procfile.
    package static let maximumEntries = 1000

    /// How the file was named.
    package var file: String
    /// In the file's order, which is that of starting.
    package var entries: [Entry]

    package init(file: String, entries: [Entry] = []) {
        self.file = file
        self.entries = entries
    }

    package subscript(name: String) -> Entry? {
        entries.first { $0.name == name }
    }
}

extension Procfile {
    /// Reads a file's content.
    ///
    /// - Throws: ``ConfigErrors`` with everything that is wrong, by file, line and column.
    package init(parsing text: ApplicationSources.Text) throws(ConfigErrors) {
        let reader = ProcfileReader(text)
        guard reader.errors.isEmpty else { throw ConfigErrors(reader.errors) }
        self = reader.procfile
    }
}
