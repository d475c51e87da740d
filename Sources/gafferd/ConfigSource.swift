internal import Gaffer
internal import GafferConfig
internal import GafferModel
internal import GafferSystem
internal import Glibc

/// Where the configuration comes from, so that a reload reads the same again.
struct ConfigSource: Sendable {
    private let location: ConfigLocation?
    private let environment: [String: String]

    init(options: Options, environment: [String: String]) {
        location = ConfigLocation.resolve(
            named: options.config ?? options.positional,
            environment: environment,
            isRoot: geteuid() == 0
        )
        self.environment = environment
    }

    /// Blocks: it reads files and looks names up.
    func load() throws(ConfigErrors) -> DaemonConfig {
        let accounts = SystemAccounts()
        return try ConfigReader.load(
            location,
            files: SystemConfigFiles(),
            accounts: ConfigReader.Accounts(
                userExists: { name in
                    // Where nobody can tell, the spawn will.
                    do { return try accounts.user(named: name) != nil } catch { return true }
                },
                groupExists: { name in
                    do { return try accounts.group(named: name) != nil } catch { return true }
                }
            ),
            inherited: environment.filter { !LaunchPlan.private.contains($0.key) }
        )
    }
}
