/// An ini file as sections of settings, every one with its line.
///
/// The grammar is that of Python's ConfigParser without its `%` interpolation, and with fewer traps:
///
/// - A line whose first character other than a blank is `;` or `#` is a comment, and empty lines are nothing.
/// - `[NAME]` begins a section.
/// - `KEY = VALUE` and `KEY: VALUE` are settings. The separator is the first `=`, or a colon before it that is followed
///   by a blank or by the line's end; where a line has no `=`, the first colon (the one of `env:KEY` does not count).
/// - Blanks around a key and a value are cut off. What follows a ` ;` in a value is a comment, but not between quotes
///   that are closed further on; so `sh -c 'a ; b'` is whole.
/// - A line that is indented further than a setting goes on with its value, joined by a newline.
/// - Keys are told apart without regard to case, but for what follows `env:`, in `[auth]` what follows `user.` and
///   `group.`, and for those of `[webhooks]`.
package struct IniDocument: Sendable, Hashable {
    package struct Section: Sendable, Hashable {
        package var name: String
        package var file: String
        package var line: Int
        package var settings: [Setting]
    }

    package struct Setting: Sendable, Hashable {
        /// In lower case; `env:KEY` keeps the case of `KEY`, `user.NAME` that of `NAME`, a key of `[webhooks]` its own.
        package var key: String
        package var value: String
        package var line: Int
        /// Whether something after ` ;` was cut off.
        package var hasComment = false
    }

    /// After so many errors it is no ini file.
    static let errorLimit = 100

    package var sections: [Section] = []
    package var errors: [ConfigError] = []

    /// Reads a file's content; what can't be read is told in ``errors``.
    package init(parsing content: [UInt8], file: String) {
        var bytes = content[...]
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes = bytes.dropFirst(3) }
        var reader = IniReader(file: file)
        var number = 0
        while !bytes.isEmpty {
            number += 1
            guard reader.errors.count < Self.errorLimit else {
                reader.fail(number, "The rest of the file is not read: there are too many errors.")
                break
            }
            let end = bytes.firstIndex(of: 0x0A) ?? bytes.endIndex
            reader.read(bytes[..<end], number)
            bytes = bytes[(end == bytes.endIndex ? end : end + 1)...]
        }
        sections = reader.sections
        errors = reader.errors
    }
}
