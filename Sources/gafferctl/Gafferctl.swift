internal import GafferTool

extension Tool {
    /// gafferctl: what an administrator does with a gafferd.
    static let gafferctl = Tool(
        name: "gafferctl",
        abstract: "Shows and controls the jobs of a gafferd.",
        examples: [
            .init("status", "what runs, and what does not"),
            .init("restart shop.web", "restart one job"),
            .init("stop 'shop.*'", "stop all jobs of the session shop"),
            .init("scale web=3 worker+1", "change how many processes are kept alive"),
            .init("logs -n 50 web", "the last lines of its output"),
        ],
        brief: [
            .init("status", "what runs, and what does not"),
            .init("restart JOB", "restart a job"),
            .init("--help", "all commands and options"),
        ],
        notes: """
            A job is named session.job (or session/job); a name alone is a job of the
            session default or, where there is none, a session with all its jobs. Patterns
            such as 'shop.*', '*' and 'web-?' stand for all jobs that match; put them in
            quotes.

            Without --endpoint, gafferd is looked for at $GAFFER_ENDPOINT, at
            $XDG_RUNTIME_DIR/gaffer/gafferd.sock where an ordinary user has one, then at
            /run/gaffer/gafferd.sock.
            """,
        commands: [
            .status, .why, .top, .jobs, .sessions, .pids, .info, .stats, .logs, .watch, .recv, .numprocesses,
            .start, .stop, .restart, .reload, .wait, .scale, .add, .sub, .kill, .commit, .send, .attach,
            .load, .update, .unload,
            .login, .logout, .user, .key,
            .ping, .version, .completions, .help,
            .processes, .getProcess, .addProcess, .updateProcess, .complete,
        ]
    )
}

@main
enum Gafferctl {
    static func main() {
        Program.main(.gafferctl)
    }
}
