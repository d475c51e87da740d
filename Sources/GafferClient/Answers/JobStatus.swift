package import GafferModel

/// One job as gafferd tells it.
package struct JobStatus: Sendable, Hashable {
    /// One of its processes, in short.
    package struct Instance: Sendable, Hashable {
        /// gaffer's own number.
        package var pid: Int
        /// The kernel's number; 0 while it is starting.
        package var osPid: Int
        /// `GAFFER_INSTANCE`.
        package var instance: Int
        /// Where it is in its life, as `running`.
        package var state: String
        /// Whether it is a one-off.
        package var isCommit: Bool
        /// When it was started, in seconds since 1970.
        package var createTime: Double
    }

    /// The last exit of one of its processes.
    package struct LastExit: Sendable, Hashable {
        /// The exit code; nil where it is not known.
        package var code: Int?
        /// The number of the signal that ended it.
        package var signal: Int?
        /// Whether that was since memory had run out.
        package var isOutOfMemory: Bool
        /// When, in seconds since 1970.
        package var time: Double

        /// Makes a record.
        package init(code: Int?, signal: Int?, isOutOfMemory: Bool = false, time: Double) {
            self.code = code
            self.signal = signal
            self.isOutOfMemory = isOutOfMemory
            self.time = time
        }
    }

    /// The job's full name.
    package var name: JobName
    /// What it is doing, as `running`.
    package var state: String
    /// How many processes are alive, one-offs included.
    package var running: Int
    /// How many one-offs are alive.
    package var commits: Int
    /// How many supervised processes are wanted.
    package var wanted: Int
    /// How often a process of it was started again.
    package var restarts: Int
    /// How the last process ended.
    package var lastExit: LastExit?
    /// The last failure to start a process, in a sentence.
    package var lastError: String?
    /// Seconds until a process that waits is started.
    package var retryIn: Double?
    /// Its processes.
    package var instances: [Instance]
    /// The whole answer.
    package var json: JSON

    /// How many supervised processes are alive.
    package var supervised: Int { running - commits }

    /// Reads one.
    ///
    /// - Throws: ``ClientError`` where it is no job.
    package init(_ json: JSON) throws(ClientError) {
        guard let name = json["name"]?.stringValue else { throw .unexpected("a job has no name") }
        self.json = json
        self.name = try JobName(answered: name)
        running = json["running"]?.intValue ?? 0
        commits = json["running_out"]?.intValue ?? 0
        wanted = json["max_processes"]?.intValue ?? 0
        state = json["state"]?.stringValue ?? (json["active"]?.boolValue == true ? "running" : "stopped")
        restarts = json["restarts"]?.intValue ?? 0
        lastError = json["last_error"]?.stringValue
        retryIn = json["retry_in"]?.doubleValue
        if let exit = json["last_exit"], exit.objectValue != nil {
            lastExit = LastExit(
                code: exit["exit_status"]?.intValue,
                signal: exit["term_signal"]?.intValue.flatMap { $0 == 0 ? nil : $0 },
                isOutOfMemory: exit["reason"]?.stringValue == "oom",
                time: exit["time"]?.doubleValue ?? 0
            )
        }
        let list = json["instances"]?.arrayValue ?? []
        instances = []
        instances.reserveCapacity(list.count)
        for entry in list { instances.append(try Instance(entry)) }
    }
}

extension JobStatus.Instance {
    /// Reads one.
    ///
    /// In one pass over the members, for a job may have thousands of processes.
    init(_ json: JSON) throws(ClientError) {
        guard let members = json.objectValue else { throw .unexpected("a process is no object") }
        var pid: Int?
        osPid = 0
        instance = 0
        state = ""
        isCommit = false
        createTime = 0
        for member in members {
            switch member.name {
            case "pid": pid = member.value.intValue
            case "os_pid": osPid = member.value.intValue ?? 0
            case "instance": instance = member.value.intValue ?? 0
            case "state": state = member.value.stringValue ?? ""
            case "commited": isCommit = member.value.boolValue ?? false
            case "create_time": createTime = member.value.doubleValue ?? 0
            default: break
            }
        }
        guard let pid else { throw .unexpected("a process has no pid") }
        self.pid = pid
    }
}
