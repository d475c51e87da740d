internal import ArgumentParser
internal import GafferModel

/// The command line of gafferd.
struct Options: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gafferd",
        abstract: "Runs jobs and keeps them running.",
        usage: "gafferd [options] [config]",
        discussion: """
            gafferd reads an ini file, starts the jobs it names, and serves the API on a \
            unix socket, where gafferctl finds it. Without a file named it reads \
            $GAFFERD_CONFIG, else /etc/gaffer/gafferd.ini (as an ordinary user \
            $XDG_CONFIG_HOME/gaffer/gafferd.ini), if that is there.

            EXAMPLES
              gafferd -c /etc/gaffer/gafferd.ini   in the foreground
              gafferd -c . -v                      ./gafferd.ini; show the life of jobs
              gafferd -vv gafferd.ini              show their output too
              gafferd --check -c /etc/gaffer       only check the configuration
              gafferd --create-admin-user          make a user and its key

            SIGNALS
              TERM, INT, QUIT   stop all jobs in order and exit; again: don't wait
              HUP               read the configuration again, by difference
              USR2              open log and output files anew, after a rotation

            EXIT STATUS
              0   stopped on request
              1   could not run
              2   command line or configuration is wrong
            """,
        version: "gafferd \(GafferVersion.current)"
    )

    @Option(
        name: [.customShort("c"), .customLong("config")],
        help: "The configuration: a file, or a folder with gafferd.ini."
    )
    var config: String?

    @Argument(help: .init("The configuration, as with -c.", valueName: "config"))
    var positional: String?

    @Option(
        name: [.customShort("p"), .customLong("plugins-dir"), .customLong("plugin-dir")],
        help: "The folder of plugins; they come with a later version."
    )
    var pluginsDir: String?

    @Flag(
        name: .customShort("v"),
        help: "Show the life of the jobs on the console; -vv: all events and the output too."
    )
    var verbosity: Int

    @Flag(help: "Go to the background once everything runs.")
    var daemon = false

    @Option(help: .init("Keep the os pid of gafferd in this file.", valueName: "file"))
    var pidfile: String?

    @Option(help: .init("Serve the API on this address too: HOST:PORT, :PORT, unix:PATH.", valueName: "address"))
    var bind: String?

    @Option(help: .init("A certificate for --bind: it is then served with TLS.", valueName: "file"))
    var certfile: String?

    @Option(help: .init("Its key, where it stands apart.", valueName: "file"))
    var keyfile: String?

    @Option(help: .init("Clients of --bind need a certificate that this authority signed.", valueName: "file"))
    var cacert: String?

    @Option(help: .init("A client certificate; comes with a later version.", valueName: "file"))
    var clientCertfile: String?

    @Option(help: .init("Its key.", valueName: "file"))
    var clientKeyfile: String?

    @Option(help: .init("How many connections may wait to be accepted.", valueName: "number"))
    var backlog: Int?

    @Option(help: .init("A lookup server; comes with a later version.", valueName: "url"))
    var lookupdAddress: [String] = []

    @Option(help: .init("The address told to lookup servers; comes with a later version.", valueName: "url"))
    var broadcastAddress: String?

    @Flag(help: "Ask for keys on --bind, whatever the configuration says.")
    var requireKey = false

    @Flag(help: "Make a user who may do everything, print its key, and exit.")
    var createAdminUser = false

    @Option(help: .init("The name of that user; asked for on a terminal.", valueName: "name"))
    var username: String?

    @Option(
        help: .init("Its password is the first line of this file (-: of stdin); else asked for.", valueName: "file")
    )
    var passwordFile: String?

    @Flag(help: "Print the names of administrators and the ids of their keys, and exit.")
    var listAdmins = false

    @Option(help: .init("Where the unix socket and the lock stand.", valueName: "dir"))
    var runtimeDir: String?

    @Option(help: .init("Where what is wanted at run time is kept, and which processes run.", valueName: "dir"))
    var stateDir: String?

    @Option(
        name: [.customLong("log-file"), .customLong("error-log")],
        help: .init("Log to this file instead of stderr.", valueName: "file")
    )
    var logFile: String?

    @Option(help: .init("critical, error, warning, notice, info, debug or trace.", valueName: "level"))
    var logLevel: String?

    @Option(help: .init("Give each process a cgroup of its own: auto, on or off.", valueName: "usage"))
    var cgroups: String?

    @Flag(help: "Check the configuration and exit.")
    var check = false

    /// The first option that was given and that belongs to a part that is not there yet.
    var optionOfLaterPart: String? {
        let later: [(String, Bool)] = [
            ("--plugins-dir", pluginsDir != nil),
            ("--client-certfile", clientCertfile != nil),
            ("--client-keyfile", clientKeyfile != nil),
            ("--lookupd-address", !lookupdAddress.isEmpty),
            ("--broadcast-address", broadcastAddress != nil),
        ]
        return later.first { $0.1 }?.0
    }

    func validate() throws {
        if let backlog, backlog < 1 || backlog > 65_535 {
            throw ValidationError("--backlog \(backlog): give a number from 1 to 65535.")
        }
        if createAdminUser, listAdmins {
            throw ValidationError("--create-admin-user and --list-admins can't be done at once.")
        }
        for (option, value) in [("--username", username), ("--password-file", passwordFile)]
        where value != nil && !createAdminUser {
            throw ValidationError("\(option) belongs to --create-admin-user.")
        }
        if let config, let positional, config != positional {
            throw ValidationError("The configuration is named twice: \(config) and \(positional).")
        }
    }
}
