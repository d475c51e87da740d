/// What is said of keys of units that no job can have.
enum SystemdAdvice {
    static let secrets: Set<String> = ["Environment"]

    static func unknown(_ key: String) -> String {
        advice[key] ?? "gaffer has nothing for it: keep it in mind, or keep the unit."
    }

    private static let order = "gaffer starts jobs in the order of their priority and waits for none of them."
    private static let conditions = "gaffer has no conditions: let the command itself look."
    private static let sandbox =
        "gaffer builds no sandbox for a job: name it in gafferd's unit for all jobs, or keep the unit."
    private static let folders = "gaffer makes no folders: let systemd-tmpfiles or the package make them."
    private static let reload = "gaffer has no reload of a job: gafferctl kill JOB HUP sends it a signal."
    private static let stop = "gaffer stops a job by stop_signal alone."
    private static let hooks = "gaffer runs nothing after a process has started or ended: events come by GET /watch."

    /// By key.
    static let advice: [String: String] = {
        var advice: [String: String] = [:]
        func say(_ text: String, of keys: String) {
            for key in keys.split(separator: " ") { advice[String(key)] = text }
        }
        say(
            order,
            of: "After Before Requires Wants Requisite BindsTo PartOf Upholds Conflicts OnFailure OnSuccess "
                + "PropagatesReloadTo ReloadPropagatedFrom JoinsNamespaceOf RequiresMountsFor DefaultDependencies"
        )
        say(
            conditions,
            of:
                "ConditionPathExists ConditionPathIsDirectory ConditionFileNotEmpty ConditionUser ConditionVirtualization "
                + "ConditionDirectoryNotEmpty ConditionPathIsMountPoint ConditionFileIsExecutable ConditionHost "
                + "AssertPathExists AssertPathIsDirectory ExecCondition"
        )
        say(
            sandbox,
            of: "PrivateTmp PrivateDevices PrivateNetwork PrivateUsers ProtectSystem ProtectHome ProtectKernelTunables "
                + "ProtectKernelModules ProtectKernelLogs ProtectControlGroups ProtectClock ProtectHostname ProtectProc "
                + "ProcSubset ReadWritePaths ReadOnlyPaths InaccessiblePaths ExecPaths NoExecPaths BindPaths "
                + "BindReadOnlyPaths TemporaryFileSystem RootDirectory RootImage MountFlags NoNewPrivileges "
                + "CapabilityBoundingSet AmbientCapabilities SecureBits SystemCallFilter SystemCallArchitectures "
                + "SystemCallErrorNumber RestrictAddressFamilies RestrictNamespaces RestrictRealtime RestrictSUIDSGID "
                + "LockPersonality MemoryDenyWriteExecute RemoveIPC DeviceAllow DevicePolicy IPAddressAllow "
                + "IPAddressDeny KeyringMode SELinuxContext AppArmorProfile DynamicUser NetworkNamespacePath"
        )
        say(
            folders,
            of: "RuntimeDirectory StateDirectory CacheDirectory LogsDirectory ConfigurationDirectory "
                + "RuntimeDirectoryMode StateDirectoryMode CacheDirectoryMode LogsDirectoryMode "
                + "ConfigurationDirectoryMode RuntimeDirectoryPreserve"
        )
        say(hooks, of: "ExecStartPost ExecStopPost")
        say(reload, of: "ExecReload")
        say(stop, of: "ExecStop")
        say("gaffer takes the groups of the user as the system has them.", of: "SupplementaryGroups")
        say("gaffer knows no PID files: a process stays in the foreground.", of: "PIDFile GuessMainPID")
        say("gaffer waits for no program to be ready.", of: "TimeoutStartSec NotifyAccess BusName StartLimitAction")
        say("gaffer has no watchdog for jobs.", of: "WatchdogSec WatchdogSignal")
        say("gaffer ends no process for its age.", of: "RuntimeMaxSec RuntimeRandomizedExtraSec")
        say("gaffer has no job that is active without a process.", of: "RemainAfterExit")
        say("gaffer gives no sockets to jobs: let the program bind it by itself.", of: "Sockets FileDescriptorStoreMax")
        say(
            "The journal knows the job by GAFFER_JOB and GAFFER_SESSION.",
            of: "SyslogIdentifier SyslogFacility SyslogLevel LogLevelMax"
        )
        say(
            "The kernel always counts what the job uses, where it has a cgroup.",
            of: "CPUAccounting MemoryAccounting TasksAccounting IOAccounting BlockIOAccounting IPAccounting"
        )
        say(
            "Jobs have memory_max, memory_high, cpu_max, cpu_weight and tasks_max only.",
            of:
                "MemoryLow MemoryMin MemorySwapMax IOWeight BlockIOWeight IODeviceWeight AllowedCPUs AllowedMemoryNodes Slice Delegate StartupCPUWeight ManagedOOMMemoryPressure ManagedOOMSwap"
        )
        say(
            "Name rlimits and nice; gaffer sets no scheduler.",
            of:
                "CPUSchedulingPolicy CPUSchedulingPriority CPUAffinity IOSchedulingClass IOSchedulingPriority NUMAPolicy NUMAMask TimerSlackNSec"
        )
        say(
            "After stop_signal comes SIGKILL, always.",
            of:
                "SendSIGHUP SendSIGKILL FinalKillSignal RestartKillSignal TimeoutAbortSec TimeoutStopFailureMode OOMPolicy"
        )
        say("Name it in success_exit, or let the exit be followed by a restart.", of: "RestartForceExitStatus")
        say("The names of a job are its session and its own.", of: "Alias Also DefaultInstance")
        say("A variable of os_env goes by env:KEY with another value only.", of: "UnsetEnvironment")
        return advice
    }()
}
