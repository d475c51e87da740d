package import Glibc

/// A terminal whose settings are changed as long as this value lives.
package final class TerminalMode {
    private let descriptor: Int32
    private var before = termios()

    /// Changes the settings; nil where it is no terminal.
    package init?(_ descriptor: Int32, _ change: (inout termios) -> Void) {
        self.descriptor = descriptor
        guard isatty(descriptor) == 1, tcgetattr(descriptor, &before) == 0 else { return nil }
        var now = before
        change(&now)
        guard tcsetattr(descriptor, TCSADRAIN, &now) == 0 else { return nil }
    }

    deinit {
        tcsetattr(descriptor, TCSADRAIN, &before)
    }
}
