extension ProcessTable {
    /// Who started whom, looked up once for many questions.
    package struct Families: Sendable {
        private let children: [Int32: [ProcessEntry]]

        init(_ entries: [ProcessEntry]) {
            children = Dictionary(grouping: entries, by: \.parent)
        }

        /// The processes that a process started and that did not lose it.
        package func children(of osPid: Int32) -> [ProcessEntry] {
            children[osPid] ?? []
        }

        /// All processes below a process, parents before their children.
        package func descendants(of osPid: Int32) -> [ProcessEntry] {
            // The table is no snapshot of one instant, so that a number given out anew may make a ring of it.
            var seen: Set<Int32> = [osPid]
            var found = children(of: osPid).filter { seen.insert($0.osPid).inserted }
            var next = 0
            while next < found.count {
                found += children(of: found[next].osPid).filter { seen.insert($0.osPid).inserted }
                next += 1
            }
            return found
        }
    }

    package func families() -> Families {
        Families(entries)
    }

    /// All processes below a process, parents before their children.
    package func descendants(of osPid: Int32) -> [ProcessEntry] {
        families().descendants(of: osPid)
    }
}
