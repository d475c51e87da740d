import GafferConfig
import GafferModel
import Testing

/// Applications that are exported in tests.
struct ExportedApplication: Sendable, CustomTestStringConvertible {
    let name: String
    var procfile: String
    var environment = ""
    var folder: String
    var formation: [String: Int] = [:]

    var testDescription: String { name }

    func read() throws -> ProcfileApplication {
        let sources = ApplicationSources(
            procfile: ApplicationSources.Text(file: "Procfile", procfile),
            environment: [ApplicationSources.Text(file: ".env", environment)],
            folder: folder
        )
        return try ProcfileApplication(sources, options: .init(formation: Formation(counts: formation)))
    }

    func export(as format: ApplicationExport.Format, type: String? = nil) throws -> ApplicationExport {
        try ApplicationExport(read(), as: format, type: type)
    }

    static let plain = ExportedApplication(
        name: "plain",
        procfile: """
            web: ./bin/web --port $PORT
            worker: /usr/bin/true --queue mail
            clock: sleep 60
            """,
        environment: "RACK_ENV=production\nLOG_LEVEL=info\n",
        folder: "/srv/shop",
        formation: ["web": 2]
    )

    /// Whatever may stand in a command or a variable and mean something to one of the formats.
    static let nasty = ExportedApplication(
        name: "nasty",
        procfile: #"""
            quotes: /bin/echo 'it'\''s' "say \"hi\"" a\ b '' "" 'two  blanks' ' lead' 'trail '
            signs: /bin/echo '$HOME' '${HOME}' '$$' '100%' '%i' '%%' '%(ENV_X)s' '#' 'a #b' ';' 'a ;b' 'x;y' '\' '\\n' '\x41'
            script: echo "$PORT" '%i $$' ; echo done \; ; case $X in a) echo 1 ;; esac
            chain: cd /tmp && exec sleep 1 # a comment
            assigned: LANG=C sleep 1
            bare: true 'é ü 日本' --x=y
            relative: bin/run ../up ./here
            up: ../other/run now
            equal: /bin/e=q a
            glob: ls *.txt ~ !x {a,b} (
            backslash: /bin/echo 'ends with \' tab'	'here
            """#.replacing("glob: ls *.txt ~ !x {a,b} (", with: "glob: ls *.txt ~ !x {a,b}"),
        environment: #"""
            PLAIN=x
            EMPTY=
            BLANKS="two  words"
            QUOTE='say "hi"'
            APOSTROPHE="it's"
            BOTH="it's \"both\""
            ENDS='"quoted"'
            DOLLAR='$HOME ${X} $$'
            PERCENT='100% %i %(ENV_X)s %%'
            BACKSLASH='C:\dir\n'
            HASH='a#b'
            SEMICOLON='a;b'
            COMMA='a,b=c'
            LETTERS='é ü 日本'
            GAFFER_UID=0
            GAFFER_GID=0
            GAFFER_REDIRECT_INPUT=quotes
            """#,
        folder: "/srv/nasty",
        formation: ["signs": 3]
    )

    /// With a port in the environment, one that no hundred begins with, and a folder that needs care.
    static let ports = ExportedApplication(
        name: "ports",
        procfile: "a: ./a\nb: ./b $PORT\n",
        environment: "PORT=5005\n",
        folder: "/srv/my ports & 100%/app",
        formation: ["a": 2]
    )

    static let all = [plain, nasty, ports]
}
