internal import GafferModel
internal import GafferSystem

/// Whether the users and groups exist that a configuration from the API names.
enum AccountCheck {
    private static let worker = WorkerThread(name: "gaffer-names")

    /// - Throws: ``GafferError`` (`bad_request`) that names the one that does not.
    static func check(_ config: JobConfig) async throws(GafferError) {
        guard config.uid != nil || config.gid != nil else { return }
        let problem = await worker.result { () -> String? in
            let accounts = SystemAccounts()
            do {
                if case .name(let name) = config.uid, try accounts.user(named: name) == nil {
                    return "uid = \(name): there is no user of that name."
                }
                if case .name(let name) = config.gid, try accounts.group(named: name) == nil {
                    return "gid = \(name): there is no group of that name."
                }
                return nil
            } catch {
                return "The accounts can't be read: \(error)"
            }
        }
        if let problem { throw GafferError(.badRequest, problem, details: [problem]) }
    }
}
