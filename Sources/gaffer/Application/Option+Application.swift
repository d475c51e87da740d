internal import GafferTool

extension Option {
    /// The options of every command of gaffer: those of every program, and which application is meant.
    static let gaffer: [Option] =
        [
            Option(
                name: "procfile",
                aliases: ["profile"],
                short: "f",
                value: "FILE",
                completion: .file,
                help: "the Procfile; Procfile in the folder otherwise"
            ),
            Option(
                name: "root",
                aliases: ["directory"],
                short: "d",
                value: "FOLDER",
                completion: .file,
                help: "the application's folder; that of the Procfile otherwise"
            ),
            Option(
                name: "env",
                short: "e",
                value: "FILE",
                completion: .file,
                help: "a file of variables, read after .env in the folder; may be repeated"
            ),
            Option(
                name: "app",
                value: "NAME",
                completion: .session,
                help: "the application's name; that of its folder otherwise"
            ),
        ]
        + common.map { option in
            guard option.name == "endpoint" else { return option }
            // As gaffer 0.5 had it.
            return Option(
                name: option.name,
                aliases: ["gafferd-http-address"],
                short: "g",
                value: option.value,
                help: option.help
            )
        }

    /// How many processes of each type.
    static let concurrency = Option(
        name: "concurrency",
        short: "c",
        value: "TYPE=N,...",
        completion: .processType,
        help: "how many processes of each type; all=N for the others; may be repeated"
    )

    /// The base of the variable PORT.
    static let basePort = Option(
        name: "port",
        short: "p",
        value: "N",
        help: "the PORT of the first process (5000); 100 more for each type, 1 for each process"
    )
}
