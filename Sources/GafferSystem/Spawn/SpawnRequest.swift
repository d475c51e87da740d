/// All that a process starts with; nothing else is handed down from this one.
///
/// It leads a session of its own, its signal mask is empty and every signal has its default disposition. 0, 1 and 2
/// are /dev/null where ``descriptors`` does not name them, and no other descriptor is open but the named ones.
package struct SpawnRequest: Sendable, Hashable {
    /// Who a process runs as.
    package struct Credentials: Sendable, Hashable {
        package var uid: UInt32
        package var gid: UInt32
        /// The supplementary groups, all of them.
        package var groups: [UInt32]

        package init(uid: UInt32, gid: UInt32, groups: [UInt32]) {
            self.uid = uid
            self.gid = gid
            self.groups = groups
        }
    }

    /// A descriptor of the child: its `target` is this process's `source`.
    package struct Placement: Sendable, Hashable {
        /// Stands for /dev/null as a source.
        package static let null: Int32 = -1

        package var source: Int32
        package var target: Int32

        package init(source: Int32, target: Int32) {
            self.source = source
            self.target = target
        }
    }

    /// A path, absolute or relative to ``workingDirectory``; or a bare name, looked for in ``searchPath``.
    package var program: String
    /// The words after the program; the program itself is the first word that it sees.
    package var arguments: [String]
    /// The whole environment, as `NAME=value`.
    package var environment: [String]
    /// Folders, joined by colons; nil: `PATH` of ``environment``.
    package var searchPath: String?
    /// nil: this process's.
    package var workingDirectory: String?
    /// nil: this process's.
    package var credentials: Credentials?
    /// nil: this process's.
    package var umask: UInt32?
    /// nil: this process's.
    package var nice: Int32?
    /// What is written to its `oom_score_adj`; nil: this process's stays.
    package var oomScoreAdjustment: Int32?
    package var limits: [Limit]
    package var descriptors: [Placement]
    package var leadsSession: Bool
    /// Whether neither it nor its children can gain rights by a set-uid program.
    package var noNewPrivileges: Bool
    /// A signal that it gets when the thread that started it ends; 0: none.
    package var deathSignal: Int32
    /// An open directory of a cgroup that it starts in; nil: this process's.
    package var cgroup: Int32?

    package init(
        program: String,
        arguments: [String] = [],
        environment: [String] = [],
        searchPath: String? = nil,
        workingDirectory: String? = nil,
        credentials: Credentials? = nil,
        umask: UInt32? = nil,
        nice: Int32? = nil,
        oomScoreAdjustment: Int32? = nil,
        limits: [Limit] = [],
        descriptors: [Placement] = [],
        leadsSession: Bool = true,
        noNewPrivileges: Bool = false,
        deathSignal: Int32 = 0,
        cgroup: Int32? = nil
    ) {
        self.program = program
        self.arguments = arguments
        self.environment = environment
        self.searchPath = searchPath
        self.workingDirectory = workingDirectory
        self.credentials = credentials
        self.umask = umask
        self.nice = nice
        self.oomScoreAdjustment = oomScoreAdjustment
        self.limits = limits
        self.descriptors = descriptors
        self.leadsSession = leadsSession
        self.noNewPrivileges = noNewPrivileges
        self.deathSignal = deathSignal
        self.cgroup = cgroup
    }
}

extension SpawnRequest {
    /// Where a bare name is looked for when the environment has no `PATH`.
    package static let defaultSearchPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

    /// The paths to try, in order: one for a program named by a path, one a folder for a bare name.
    ///
    /// As in execvp, an empty folder of the search path is the working directory.
    var candidates: [String] {
        if program.utf8.contains(UInt8(ascii: "/")) || program.isEmpty { return [program] }
        let path =
            searchPath
            ?? environment.last { $0.hasPrefix("PATH=") }.map { String($0.dropFirst(5)) }
            ?? SpawnRequest.defaultSearchPath
        return path.split(separator: ":", omittingEmptySubsequences: false).map { folder in
            folder.isEmpty ? "./\(program)" : "\(folder)/\(program)"
        }
    }
}
