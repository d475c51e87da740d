internal import Glibc

/// A terminal that shows one picture after the other, as long as this value lives.
///
/// What was on it before is there again afterwards, however it ends.
package final class FullScreen {
    private let output: Int32
    private let input: Int32
    private var mode: TerminalMode?
    private var differ: ScreenDiffer

    /// The other screen, without a cursor, and lines that never go on below.
    private static let entrance = "\u{1B}[?1049h\u{1B}[?25l\u{1B}[?7l"
    private static let leave = "\u{1B}[0m\u{1B}[?7h\u{1B}[?25h\u{1B}[?1049l"

    /// Takes the terminal; nil where input or output is none.
    package init?(input: Int32, output: Int32, isColored: Bool) {
        self.input = input
        self.output = output
        differ = ScreenDiffer(isColored: isColored)
        guard isatty(output) == 1 else { return nil }
        enter()
        guard mode != nil else { return nil }
    }

    deinit { restore() }

    /// Takes the terminal again.
    package func enter() {
        guard mode == nil else { return }
        mode = TerminalMode(input) { settings in
            settings.c_lflag &= ~tcflag_t(ICANON | ECHO)
            settings.c_iflag &= ~tcflag_t(IXON | ICRNL)
        }
        guard mode != nil else { return }
        differ.forget()
        _ = Output.write(Array(Self.entrance.utf8), to: output)
    }

    /// Gives the terminal back as it was; the second time nothing happens.
    package func restore() {
        guard mode != nil else { return }
        _ = Output.write(Array(Self.leave.utf8), to: output)
        mode = nil
    }

    /// How large it is now.
    package var size: ScreenSize {
        var size = winsize()
        guard ioctl(output, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else {
            return ScreenSize(columns: 80, rows: 24)
        }
        return ScreenSize(columns: Int(size.ws_col), rows: Int(size.ws_row))
    }

    /// Shows a picture.
    ///
    /// - Returns: whether the terminal is still there.
    package func show(_ lines: [ScreenLine], _ size: ScreenSize) -> Bool {
        let bytes = differ.bytes(for: lines, size)
        return bytes.isEmpty || Output.write(bytes, to: output) == nil
    }

    /// Shows the next picture from the ground up.
    package func repaint() { differ.forget() }
}
