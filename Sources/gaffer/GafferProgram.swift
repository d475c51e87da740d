internal import GafferTool

extension Tool {
    /// gaffer: what an application's author does with its Procfile.
    static let gaffer = Tool(
        name: "gaffer",
        abstract: "Runs the application of a Procfile, here or in a gafferd.",
        examples: [
            .init("start", "run the application of this folder here, with no gafferd"),
            .init("run bin/console", "run a command with its variables"),
            .init("load", "load it into gafferd"),
            .init("ps", "its processes"),
            .init("scale web=3 worker+1", "change how many there are"),
            .init("logs web", "what one of its jobs writes"),
        ],
        brief: [
            .init("start", "run the application of this folder here"),
            .init("load", "load it into gafferd"),
            .init("ps", "its processes"),
            .init("--help", "all commands and options"),
        ],
        notes: """
            A name such as web is a job of the application in which gaffer is called or,
            where there is none, an application with all its jobs; . is the application
            itself, shop.web a job of another one. The application is named after its
            folder, the one of the Procfile, unless --app gives another name.

            Without --endpoint, gafferd is looked for at $GAFFER_ENDPOINT, at
            $XDG_RUNTIME_DIR/gaffer/gafferd.sock where an ordinary user has one, then at
            /run/gaffer/gafferd.sock.
            """,
        commands: ForegroundCommands.all + NodeCommands.all + [.completions, .help, .complete],
        options: Option.gaffer,
        scope: .folder
    )
}

@main
enum GafferProgram {
    static func main() {
        Program.main(.gaffer)
    }
}
