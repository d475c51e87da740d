internal import GafferTool

extension Tool {
    /// gaffer: what an application's author does with its Procfile.
    static let gaffer = Tool(
        name: "gaffer",
        abstract: "Runs the application of a Procfile, here or in a gafferd.",
        examples: [
            .init("--version", "its version")
        ],
        brief: [
            .init("--help", "all commands and options")
        ],
        notes: """
            Without --endpoint, gafferd is looked for at $GAFFER_ENDPOINT, at
            $XDG_RUNTIME_DIR/gaffer/gafferd.sock where an ordinary user has one, then at
            /run/gaffer/gafferd.sock.
            """,
        commands: [.start, .run, .check, .completions, .help, .complete]
    )
}

@main
enum GafferProgram {
    static func main() {
        Program.main(.gaffer)
    }
}
