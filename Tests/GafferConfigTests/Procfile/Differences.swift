import Testing

/// A program whose reading of Procfiles and `.env` files is compared with ours.
enum Peer: String, CaseIterable {
    case honcho
    case foreman
}

/// A rule by which files are read otherwise than by honcho or foreman, and the files of the corpus that show it.
struct Difference: Sendable, CustomTestStringConvertible {
    enum Kind: String, CaseIterable {
        case procfiles
        case environments
    }

    var kind: Kind
    /// As the article `Procfile.md` says it.
    var rule: String
    /// Files that both read otherwise.
    var both: [String] = []
    var honcho: [String] = []
    var foreman: [String] = []

    var testDescription: String { rule }

    func files(_ peer: Peer) -> [String] {
        switch peer {
        case .honcho: both + honcho
        case .foreman: both + foreman
        }
    }

    static let all: [Difference] = procfiles + environments

    private static let procfiles: [Difference] = [
        Difference(
            kind: .procfiles,
            rule: "A line that is no entry is an error; both pass over it, and a slip goes unseen.",
            both: [
                "backslash-at-end", "blank-before-colon", "equals-for-colon", "indented-entry", "name-missing",
                "name-not-ascii", "name-quoted", "name-with-blank", "name-with-dot", "name-with-plus",
                "name-with-slash", "no-colon",
                "no-command", "yaml-list",
            ]
        ),
        Difference(
            kind: .procfiles,
            rule: "Blanks alone are no command; both run a blank.",
            both: ["blank-command"]
        ),
        Difference(
            kind: .procfiles,
            rule: "A name has a letter, and 100 characters at most, as it names a job.",
            both: ["name-of-digits", "name-of-hyphens", "name-too-long"]
        ),
        Difference(
            kind: .procfiles,
            rule: "A name that stands twice is an error, as in honcho; foreman runs both.",
            foreman: ["duplicate", "duplicate-with-same-command"]
        ),
        Difference(
            kind: .procfiles,
            rule: "Blanks at the end of a command are cut off; the shell does so later for both.",
            both: ["trailing-blanks"]
        ),
        Difference(
            kind: .procfiles,
            rule: "A carriage return within a line is an error; to honcho it ends a line, to foreman it is a letter.",
            both: ["lone-carriage-return"]
        ),
        Difference(
            kind: .procfiles,
            rule: "Only a line feed ends a line; to honcho a form feed and other separators do, too.",
            honcho: ["form-feed", "line-separator", "next-line", "vertical-tab"]
        ),
        Difference(
            kind: .procfiles,
            rule: "Only spaces and tabs are blanks; to honcho a no-break space is one before a command.",
            honcho: ["no-break-space-after-colon"]
        ),
        Difference(
            kind: .procfiles,
            rule: "A byte order mark is passed over; both lose the first line to it.",
            both: ["byte-order-mark"]
        ),
        Difference(
            kind: .procfiles,
            rule: "A NUL is an error; both take it, and no program can be given one.",
            both: ["nul"]
        ),
        Difference(
            kind: .procfiles,
            rule: "A comment need not be UTF-8; both refuse the file.",
            both: ["not-utf8-comment"]
        ),
    ]

    private static let environments: [Difference] = [
        Difference(
            kind: .environments,
            rule: "A line that sets no variable is an error; both pass over it.",
            both: [
                "colon-for-equals", "export-without-value", "name-begins-with-hyphen", "name-missing", "name-not-ascii",
                "name-with-blank",
                "no-equals", "text",
            ]
        ),
        Difference(
            kind: .environments,
            rule: "A name does not begin with a digit; honcho passes over such a line, foreman takes it.",
            both: ["name-begins-with-digit"]
        ),
        Difference(
            kind: .environments,
            rule: "A name may have dots and hyphens; both pass over such a line.",
            both: ["name-with-dot", "name-with-hyphen"]
        ),
        Difference(
            kind: .environments,
            rule: "`export` before a name is passed over; both pass over the whole line.",
            both: ["export", "export-quoted", "export-tab"]
        ),
        Difference(
            kind: .environments,
            rule: "A variable may be empty, as in foreman; honcho passes over it.",
            honcho: ["blank-value", "comment-only-value", "crlf-empty-value", "empty-value", "three-files"]
        ),
        Difference(
            kind: .environments,
            rule:
                "Blanks around a name and a value are cut off, as in honcho; foreman keeps those of a value and passes "
                + "over lines with others.",
            foreman: ["blank-value", "blanks-around-equals", "indented", "trailing-blanks"]
        ),
        Difference(
            kind: .environments,
            rule: "Blanks within a value stay, as in foreman; honcho takes them out.",
            honcho: ["blanks-within-value", "for-gaffer", "tab-within-value"]
        ),
        Difference(
            kind: .environments,
            rule: "A `#` after a blank begins a comment, as in honcho; foreman knows none after a value.",
            foreman: [
                "comment-after-quotes", "comment-after-value", "comment-only-value",
                "comment-with-apostrophe-after-value",
            ]
        ),
        Difference(
            kind: .environments,
            rule: "A `#` within a value is a part of it, as in foreman; honcho cuts colours and links short.",
            honcho: ["hash-first-in-value", "hash-in-value", "url-with-fragment"]
        ),
        Difference(
            kind: .environments,
            rule: "Quotes count at the value's beginning, as in foreman; to honcho they do anywhere.",
            honcho: ["apostrophe", "json", "quote-at-end", "quotes-within-value"]
        ),
        Difference(
            kind: .environments,
            rule: "Text after a closing quote is an error; honcho joins it, to foreman the quotes are letters then.",
            both: ["quotes-joined", "text-after-quotes", "text-joined-to-quotes"]
        ),
        Difference(
            kind: .environments,
            rule: "A quote that is not closed is an error, as in honcho; to foreman it is a letter.",
            foreman: ["several-lines-in-quotes", "unclosed-double-quote", "unclosed-single-quote"]
        ),
        Difference(
            kind: .environments,
            rule: "Between double quotes a backslash stands before `n`, `t`, `r`, `\"`, `\\` and `$`, each read once; "
                + "honcho does not read `\\r` and `\\$`, foreman drops it before any letter, and both take `\\\\n` for a "
                + "line feed.",
            both: ["escaped-backslash-before-n", "escaped-carriage-return"],
            honcho: ["escaped-dollar"],
            foreman: ["escaped-letter", "escaped-tab"]
        ),
        Difference(
            kind: .environments,
            rule: "Between single quotes nothing is special, as in foreman; honcho reads `\\n` and `\\t`.",
            honcho: ["single-quoted-backslash"]
        ),
        Difference(
            kind: .environments,
            rule: "Outside quotes a backslash is a letter, as in foreman; honcho drops it.",
            honcho: ["escaped-quotes-around", "unquoted-backslash", "unquoted-backslash-n", "windows-path"]
        ),
        Difference(
            kind: .environments,
            rule: "Only a line feed ends a line; to honcho a carriage return and other separators do, too.",
            honcho: ["form-feed", "line-separator", "lone-carriage-return"]
        ),
        Difference(
            kind: .environments,
            rule: "A byte order mark is passed over; both lose the first line to it.",
            both: ["byte-order-mark"]
        ),
        Difference(
            kind: .environments,
            rule: "A NUL is an error; both take it, and no program can be given one.",
            both: ["nul"]
        ),
        Difference(
            kind: .environments,
            rule: "A comment need not be UTF-8; both refuse the file.",
            both: ["not-utf8-comment"]
        ),
    ]
}
