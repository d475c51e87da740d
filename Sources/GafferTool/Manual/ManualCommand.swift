extension Command {
    /// What `make man` calls: prints the source of the program's manual page.
    package static let manual = Command(
        name: "__manual",
        isHidden: true,
        abstract: "Prints the source of the manual page.",
        discussion: "$SOURCE_DATE_EPOCH gives it another day than today.",
        examples: [Example("__manual > FILE", "man -l FILE shows it")]
    ) { invocation in
        let day = invocation.environment.nonEmpty("SOURCE_DATE_EPOCH").flatMap { Int($0) } ?? Int(invocation.now)
        invocation.output.write(Array(Manual(invocation.tool, time: day).text.utf8))
        return .ok
    }
}
