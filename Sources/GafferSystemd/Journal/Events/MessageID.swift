/// What kind of message a record is, for `journalctl MESSAGE_ID=…` and for the catalog, by which `journalctl -x` explains it.
///
/// The numbers are random and never change; each has its entry in `systemd/gaffer.catalog`.
package struct MessageID: RawRepresentable, Sendable, Hashable {
    /// 32 hexadecimal digits.
    package let rawValue: String

    package init(rawValue: String) {
        self.rawValue = rawValue
    }
}

// What happens to jobs and processes.
extension MessageID {
    /// A job was loaded.
    package static let load = MessageID(rawValue: "44792c8c23ca4ddab79031da7b1b29da")
    /// A job was unloaded.
    package static let unload = MessageID(rawValue: "c6f6180e7fe442509f57c5f452b5c1c3")
    /// A job's configuration or number of processes was changed.
    package static let update = MessageID(rawValue: "f3d2f449a95547ada42c682fe411776b")
    /// A job was started.
    package static let start = MessageID(rawValue: "caac31ee9e64482b9e81ffd92c9c070f")
    /// A job was stopped.
    package static let stop = MessageID(rawValue: "5d94d2e782934b7790fd2a06636649be")
    /// A job's processes are replaced after they end.
    package static let restart = MessageID(rawValue: "0734af0f5f2f4eea8838d891b3325eb8")
    /// A job's processes are replaced before they end.
    package static let reload = MessageID(rawValue: "81c75e5d53ee402dae3a2bc76e3fc975")
    /// A process was started.
    package static let spawn = MessageID(rawValue: "ecbe0ed1a30f4d9da92b1272624e4d87")
    /// A process could not be started.
    package static let spawnError = MessageID(rawValue: "910242fb7ed441a388a9e261574c7558")
    /// A process of an earlier gafferd was adopted.
    package static let adopt = MessageID(rawValue: "442a78a92cff4fe694fab270bb60a241")
    /// A process was told to leave.
    package static let stopProcess = MessageID(rawValue: "bad6892676b248a4acbadafc2c5ceba2")
    /// A process was told to leave since fewer are wanted.
    package static let reap = MessageID(rawValue: "86da4aa909014adca4d7d6efdef1bf79")
    /// A process did not leave in time and is killed.
    package static let kill = MessageID(rawValue: "1cc8790c6f09407bb3a30263597d2a6b")
    /// A signal was sent on request.
    package static let signal = MessageID(rawValue: "784c8f1c94874a969d9e411ef453086d")
    /// A process ended.
    package static let exit = MessageID(rawValue: "94ddec92de954086a7e78ca1599ebf1f")
    /// A process was killed since the memory limit of its job was reached.
    package static let outOfMemory = MessageID(rawValue: "5ad0f223fe3c4b7793043dd5914633aa")
    /// A process that died waits for its restart.
    package static let backoff = MessageID(rawValue: "59a41dbc980c4d8f9c2a72d52fddf2b8")
    /// A job died too often and is tried again later.
    package static let flap = MessageID(rawValue: "6be2b9b70ddf4f7080cf133268daec9f")
    /// A job died too often and is not tried again.
    package static let giveUp = MessageID(rawValue: "8ece6ab00d384f458679609d59c4ceae")
    /// All processes of a job ended and none is to be started again.
    package static let finish = MessageID(rawValue: "9b1e155355f64da9a84d15685f901234")
    /// Processes were left behind and are told to leave.
    package static let stray = MessageID(rawValue: "0151029a3dc1406ea299f4efd030b0ca")
}

// What happens to gafferd.
extension MessageID {
    /// gafferd serves its endpoints and has started its jobs.
    package static let ready = MessageID(rawValue: "9f520e3bc7c144288fe418864081040a")
    /// gafferd stops its jobs.
    package static let stopping = MessageID(rawValue: "192251fd732f4b8fbab344f978effb5c")
    /// gafferd has stopped.
    package static let stopped = MessageID(rawValue: "8859027603d749028123ad32c939dca6")
    /// A new configuration is in force.
    package static let reloaded = MessageID(rawValue: "606ca640b4f04b219cc3d4a87f74dab3")
    /// A new configuration is wrong and nothing was changed.
    package static let configurationRefused = MessageID(rawValue: "2d610dafa3bb4dee922aa592f71ff2e9")
    /// A job runs without a limit that it asks for, since the machine does not offer it.
    package static let limitsUnavailable = MessageID(rawValue: "dc2f876233a74b89aa3b347514620506")
    /// Somebody changed something through the API.
    package static let changed = MessageID(rawValue: "f6ee767cc0d7465f8047e9b6f230da92")
    /// Lines found no room on their way to the journal.
    package static let dropped = MessageID(rawValue: "34ec3416913d4bf1a459f3296875eab6")
}

extension MessageID: CaseIterable {
    package static let allCases: [MessageID] = [
        .load, .unload, .update, .start, .stop, .restart, .reload, .spawn, .spawnError, .adopt, .stopProcess,
        .reap, .kill, .signal, .exit, .outOfMemory, .backoff, .flap, .giveUp, .finish, .stray, .ready, .stopping,
        .stopped, .reloaded, .configurationRefused, .limitsUnavailable, .changed, .dropped,
    ]
}
