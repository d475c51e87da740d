/// A command line as it will be run: by itself, or by a shell.
///
/// | line | is run |
/// |---|---|
/// | one simple command, nothing for a shell to do but take quotes away | by itself, as words |
/// | one simple command with variables, patterns, assignments in front, redirections | by `sh -c 'exec …'`, so that the program takes the shell's place and gets the signals |
/// | anything else: `a && b`, `a; b`, `a \| b`, `a &`, `(a)`, `if …`, `cd x` | by `sh -c` as it is |
package struct ShellLine: Sendable, Hashable {
    package enum Form: Sendable, Hashable {
        /// The program and its arguments.
        case words([String])
        /// A script that ends by replacing the shell.
        case exec(String)
        /// A script.
        case script(String)
    }

    /// Why a line can't be run by anything.
    package struct Failure: Error, Sendable, Hashable {
        /// A clause, as `a single quote is not closed`.
        package var message: String
        /// Where in the line, counted from 0 in characters of Unicode.
        package var offset: Int
    }

    /// As it was written.
    package var text: String
    package var form: Form
    /// The word that names the program, where the line has just one and says it itself; nil otherwise.
    package var programWord: String?
}

extension ShellLine {
    /// The program to execute: a path, or a name to be looked up in `PATH`.
    package var program: String {
        switch form {
        case .words(let words): words.first ?? ""
        case .exec, .script: "/bin/sh"
        }
    }

    /// What the program is given, without its own name.
    package var arguments: [String] {
        switch form {
        case .words(let words): Array(words.dropFirst())
        case .exec(let script), .script(let script): ["-c", script]
        }
    }
}
