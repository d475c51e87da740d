internal import Gaffer
internal import GafferAuth
internal import GafferModel

extension JobInfo {
    /// As it may be shown: the environment is for those who manage the job.
    func shown(to principal: Principal) -> JobInfo {
        guard !principal.permissions.allow(.manage, .job(name)) else { return self }
        var info = self
        info.config.env = info.config.env.hidden
        return info
    }
}

extension ProcessInfo {
    /// As it may be shown: the environment is for those who manage its job.
    func shown(to principal: Principal) -> ProcessInfo {
        guard !principal.permissions.allow(.manage, .job(name)) else { return self }
        var info = self
        info.env = info.env.hidden
        return info
    }
}

extension [String: String] {
    /// The variables' names, which tell what a process was given, without what only its managers may know.
    fileprivate var hidden: [String: String] {
        mapValues { _ in "***" }
    }
}
