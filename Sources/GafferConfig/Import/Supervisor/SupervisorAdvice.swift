/// What is said of keys of supervisord that no job can have.
enum SupervisorAdvice {
    static let unknown = "supervisord knows no such key."

    /// Keys whose values are not shown.
    static let secrets: Set<String> = ["environment", "password", "username"]

    /// `[supervisord]`.
    static let daemon: [String: String] = [
        "logfile": "gafferd logs to stderr, and so to the journal; else name log_file in [gaffer].",
        "logfile_maxbytes": "gafferd does not rotate its own log: leave that to the journal or to logrotate.",
        "logfile_backups": "gafferd does not rotate its own log: leave that to the journal or to logrotate.",
        "loglevel": "Name log_level in [gaffer].",
        "pidfile": "systemd needs none; else name pidfile in [gaffer].",
        "nodaemon": "gafferd stays in the foreground unless [gaffer] says daemonize = true.",
        "silent": "gafferd does not repeat its log.",
        "minfds": "Raise LimitNOFILE= in gafferd's unit, or name rlimit_nofile in the jobs that need it.",
        "minprocs": "Raise LimitNPROC= in gafferd's unit, or name rlimit_nproc in the jobs that need it.",
        "nocleanup": "gafferd keeps no temporary logs that would have to be cleaned up.",
        "childlogdir": "What jobs write goes to the journal; a file is named by stdout_file, with its whole path.",
        "user": "Name User= in gafferd's unit, or uid in each job.",
        "directory": "Name cwd in each job that has no directory of its own.",
        "strip_ansi": "gaffer keeps bytes as they come; gafferctl logs shows them safely on a terminal.",
        "identifier": "gafferd needs no name of its own: endpoints tell them apart.",
    ]

    /// Sections that are no programs, by the part of their name before a colon.
    static let sections: [String: String] = [
        "unix_http_server":
            "gafferd serves gafferd.sock in its runtime directory; [auth] says which users may do what there.",
        "inet_http_server":
            "An [endpoint:NAME] with bind serves the API over TCP; there, a key is needed: gafferctl key create.",
        "supervisorctl": "gafferctl finds gafferd by itself, or by --endpoint and $GAFFER_ENDPOINT.",
        "rpcinterface": "gafferd has its HTTP API, and no interfaces to be added.",
        "ctlplugin": "gafferctl has no plugins.",
        "eventlistener":
            "Events come by GET /watch as a stream, and gafferctl watch shows them; no program gets them on its stdin.",
    ]
}
