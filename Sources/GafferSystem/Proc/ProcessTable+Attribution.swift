extension ProcessTable {
    /// A process that was started for a job: the main process of a tree.
    package struct Root: Sendable, Hashable {
        package var osPid: Int32
        /// gaffer's own number for it.
        package var gafferPid: Int
        package var startTime: UInt64

        package init(osPid: Int32, gafferPid: Int, startTime: UInt64) {
            self.osPid = osPid
            self.gafferPid = gafferPid
            self.startTime = startTime
        }
    }

    /// Another process of a tree, named so that nobody else can be meant.
    package struct Member: Sendable, Hashable {
        package var osPid: Int32
        package var startTime: UInt64
        /// As `S`; `Z` needs no signal any more.
        package var state: UInt8

        package init(osPid: Int32, startTime: UInt64, state: UInt8) {
            self.osPid = osPid
            self.startTime = startTime
            self.state = state
        }

        init(_ entry: ProcessEntry) {
            self.init(osPid: entry.osPid, startTime: entry.startTime, state: entry.state)
        }

        package var isZombie: Bool { state == UInt8(ascii: "Z") || state == UInt8(ascii: "X") }
    }

    /// Which process belongs to which tree.
    package struct Attribution: Sendable, Hashable {
        /// By gaffer's number of the root, the roots themselves left out; parents before their children.
        package var members: [Int: [Member]] = [:]
        /// Descendants of the supervisor that hide where they come from.
        package var unattributed: [Member] = []
    }

    /// Tells the processes of all trees apart.
    ///
    /// Looked at are the descendants of the supervisor, and those of a root that lives and is no child of it (one that
    /// was adopted); also whoever is in the session of such a root, for a session can't be joined from outside. The
    /// first that fits decides:
    ///
    /// 1. It is a root: the same number and the same start time.
    /// 2. Its parent belongs to a tree: so does it.
    /// 3. Its session, or else its process group, has the number of a root and did not exist before that. This holds
    ///    for roots that are gone as well: a number is not given out anew as long as a session or a group bears it.
    /// 4. It is the supervisor's own child, as an orphan is, and `environmentMarker` tells the number of a root that is
    ///    not younger than it. Below other children of the supervisor a marker may be another supervisor's, who counts
    ///    from 1 as well.
    ///
    /// - Parameter environmentMarker: `GAFFER_PID` of a process's environment; asked only where nothing else fits.
    package func attribution(
        roots: [Root],
        supervisor: Int32,
        environmentMarker: (Int32) -> Int?
    ) -> Attribution {
        var result = Attribution()
        let rootsByOSPid = Dictionary(roots.map { ($0.osPid, $0) }, uniquingKeysWith: { $1 })
        let rootsByGafferPid = Dictionary(roots.map { ($0.gafferPid, $0) }, uniquingKeysWith: { $1 })
        let families = families()

        func isAlive(_ root: Root) -> Bool { self[root.osPid]?.startTime == root.startTime }

        func namesakeOwner(_ number: Int32, of entry: ProcessEntry) -> Int? {
            guard let root = rootsByOSPid[number], root.startTime <= entry.startTime else { return nil }
            // Whoever bears the number now must be the root itself.
            guard self[number] == nil || isAlive(root) else { return nil }
            return root.gafferPid
        }

        func ownOwner(_ entry: ProcessEntry) -> Int? {
            if let gafferPid = namesakeOwner(entry.session, of: entry) { return gafferPid }
            if let gafferPid = namesakeOwner(entry.processGroup, of: entry) { return gafferPid }
            // A zombie's environment is gone.
            guard entry.parent == supervisor, !entry.isZombie,
                let root = environmentMarker(entry.osPid).flatMap({ rootsByGafferPid[$0] }),
                root.startTime <= entry.startTime
            else { return nil }
            return root.gafferPid
        }

        var seen: Set<Int32> = [supervisor]
        var queue: [(entry: ProcessEntry, owner: Int?)] = []
        func add(_ entry: ProcessEntry, parentOwner: Int?) {
            guard seen.insert(entry.osPid).inserted else { return }
            if let root = rootsByOSPid[entry.osPid], root.startTime == entry.startTime {
                queue.append((entry, root.gafferPid))
                return
            }
            let owner = parentOwner ?? ownOwner(entry)
            queue.append((entry, owner))
            if let owner {
                result.members[owner, default: []].append(Member(entry))
            } else {
                result.unattributed.append(Member(entry))
            }
        }

        for child in families.children(of: supervisor) { add(child, parentOwner: nil) }
        var next = 0
        func drain() {
            while next < queue.count {
                let (entry, owner) = queue[next]
                for child in families.children(of: entry.osPid) { add(child, parentOwner: owner) }
                next += 1
            }
        }
        drain()

        let adopted = Set(roots.filter { isAlive($0) && !seen.contains($0.osPid) }.map(\.osPid))
        guard !adopted.isEmpty else { return result }
        for osPid in adopted {
            if let entry = self[osPid] { add(entry, parentOwner: nil) }
        }
        drain()
        for entry in entries where adopted.contains(entry.session) && !seen.contains(entry.osPid) {
            guard let owner = namesakeOwner(entry.session, of: entry) else { continue }
            add(entry, parentOwner: owner)
        }
        drain()
        return result
    }
}
