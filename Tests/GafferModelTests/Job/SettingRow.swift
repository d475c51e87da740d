import GafferModel
import Testing

/// One setting in its two spellings, and what comes of it.
struct SettingRow: Sendable, CustomTestStringConvertible {
    var name: String
    /// The values as an ini file has them.
    var texts: [String]
    /// The values as a body has them.
    var jsons: [JSON]
    /// What differs from the configuration that names nothing but `cmd`.
    var change: @Sendable (inout JobConfig) -> Void

    init(_ name: String, _ texts: [String], _ jsons: [JSON], _ change: @escaping @Sendable (inout JobConfig) -> Void) {
        self.name = name
        self.texts = texts
        self.jsons = jsons
        self.change = change
    }

    var testDescription: String { "\(name) = \(texts.joined(separator: " | ")) \(jsons)" }

    var expected: JobConfig {
        var config = JobConfig(cmd: "prog")
        change(&config)
        return config
    }
}

extension JobConfig {
    /// What the ini reader does with one setting besides `cmd`.
    static func ofText(_ name: String, _ text: String) throws -> JobConfig {
        var config = JobConfig(cmd: "prog")
        var pending = PendingFiles()
        try config.set(name, to: .text(text), pending: &pending)
        if let problem = config.finishSettings(pending).first { throw problem.error }
        return config
    }

    static func ofJSON(_ name: String, _ json: JSON) throws -> JobConfig {
        let members = [JSON.Member("cmd", "prog")].filter { $0.name != name } + [JSON.Member(name, json)]
        return try read(json: .object(members)).config
    }
}
