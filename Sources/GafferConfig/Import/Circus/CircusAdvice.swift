/// What is said of keys of circus that no job can have.
enum CircusAdvice {
    static let unknown = "circus gives it no meaning of its own."

    /// Keys whose values are not shown, besides variables.
    static let secrets: Set<String> = []

    /// `[circus]`.
    static let daemon: [String: String] = [
        "endpoint": "gafferd serves gafferd.sock in its runtime directory; an [endpoint:NAME] adds TCP.",
        "endpoint_owner": "The group of gafferd.sock is gaffer; [auth] says which users may do what.",
        "pubsub_endpoint": "Events come by GET /watch as a stream; gafferctl watch shows them.",
        "multicast_endpoint": "A gafferd is not found by multicast: name it by --endpoint.",
        "stats_endpoint": "What processes use comes by the API; gafferctl stats shows it.",
        "statsd": "What processes use comes by the API and GET /metrics, without a daemon of its own.",
        "check_delay": "gafferd learns of each exit at once and polls nothing.",
        "httpd": "gafferd has no web page; its API is HTTP.",
        "httpd_host": "gafferd has no web page; its API is HTTP.",
        "httpd_port": "gafferd has no web page; its API is HTTP.",
        "warmup_delay": "gafferd starts jobs in the order of their priority, without pauses.",
        "pidfile": "systemd needs none; else name pidfile in [gaffer].",
        "logoutput": "gafferd logs to stderr, and so to the journal; else name log_file in [gaffer].",
        "loglevel": "Name log_level in [gaffer].",
        "loggerconfig": "gafferd has log_level and log_file in [gaffer].",
        "debug": "Name log_level = debug in [gaffer].",
        "debug_gc": "There is nothing of the kind in gafferd.",
        "fqdn_prefix": "gafferd does not name itself in what it tells.",
        "stream_backend": "gafferd reads the output of all processes on one thread.",
        "proxy": "gafferd has its HTTP API.",
    ]

    /// Plugins, by what their class is called.
    static let plugins: [(name: String, advice: String)] = [
        ("resource_watcher", "The kernel holds the limits of a job: memory_max, cpu_max, tasks_max."),
        ("watchdog", "gaffer has no watchdog for jobs: let the program end itself when it hangs."),
        ("command_reloader", "gaffer start --watch restarts an application when files change; gafferd does not."),
        ("http_observer", "gaffer does not ask programs how they are: let the program end itself when it is ill."),
        ("redis_observer", "gaffer does not ask programs how they are: let the program end itself when it is ill."),
        ("statsd", "GET /metrics gives what processes use."),
    ]

    static let plugin = "gafferd takes no plugins of circus."
    static let socket = "gaffer opens no sockets for jobs: let the program bind it by itself."
}
