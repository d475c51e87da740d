package import GafferModel

/// What was wanted at run time, beside what the configuration says; it survives a restart of the daemon.
///
/// An entry of a configured job holds as long as the job's own ini section is the one it was made for: it knows that
/// section by its fingerprint, and is dropped when the section changes or goes. A job that the configuration does not
/// name is kept whole.
package struct Wishes: Sendable, Equatable {
    package struct Entry: Sendable, Equatable {
        /// The ini section it was made for; nil: the job was loaded at run time.
        package var fingerprint: String?
        /// The configuration, where it was loaded or updated at run time.
        package var config: JobConfig?
        /// The number of processes, where it was scaled; of a stopped job, where it was scaled since the stop.
        package var number: Int?
        /// Whether it was stopped (true) or started (false), where it was either.
        package var isStopped: Bool?
        package var isUnloaded = false

        package init(
            fingerprint: String? = nil,
            config: JobConfig? = nil,
            number: Int? = nil,
            isStopped: Bool? = nil,
            isUnloaded: Bool = false
        ) {
            self.fingerprint = fingerprint
            self.config = config
            self.number = number
            self.isStopped = isStopped
            self.isUnloaded = isUnloaded
        }

        /// Whether it says nothing that the configuration does not say.
        var isEmpty: Bool {
            config == nil && number == nil && isStopped == nil && !isUnloaded
        }
    }

    package internal(set) var entries: [JobName: Entry] = [:]
    /// The fingerprints of the ini sections in force.
    package internal(set) var sections: [JobName: String] = [:]

    package init(entries: [JobName: Entry] = [:]) {
        self.entries = entries
    }

    // MARK: What happens at run time

    package mutating func loaded(_ job: JobName, _ config: JobConfig) {
        // A configured job that was unloaded and is loaded again at run time runs with what it was loaded with.
        entries[job] = Entry(fingerprint: sections[job], config: config)
    }

    package mutating func updated(_ job: JobName, _ config: JobConfig) {
        change(job) { entry in
            entry.config = config
            entry.number = nil
            entry.isStopped = config.start ? nil : true
        }
    }

    package mutating func unloaded(_ job: JobName) {
        guard let section = sections[job] else {
            entries[job] = nil
            return
        }
        entries[job] = Entry(fingerprint: section, isUnloaded: true)
    }

    package mutating func started(_ job: JobName) {
        change(job) { $0.isStopped = false }
    }

    package mutating func stopped(_ job: JobName) {
        change(job) { entry in
            guard entry.isStopped != true else { return }
            // The next start begins with the configured number, unless the job is scaled until then.
            entry.number = nil
            entry.isStopped = true
        }
    }

    package mutating func scaled(_ job: JobName, to number: Int) {
        change(job) { entry in
            entry.number = number
            if entry.isStopped == nil { entry.isStopped = false }
        }
    }

    package mutating func reloaded(_ job: JobName) {
        change(job) { entry in
            entry.number = nil
            // A reload starts a job that is merely loaded; a stopped one stays stopped.
            if entry.isStopped == nil { entry.isStopped = false }
        }
    }

    private mutating func change(_ job: JobName, _ body: (inout Entry) -> Void) {
        var entry = entries[job] ?? Entry(fingerprint: sections[job])
        body(&entry)
        entries[job] = entry.isEmpty ? nil : entry
    }

    // MARK: What the configuration says

    /// A configuration is in force: what was wanted of sections that changed or went is dropped.
    ///
    /// - Parameter sections: the fingerprint of each configured job's section.
    package mutating func configured(_ sections: [JobName: String]) {
        for (job, entry) in entries {
            if let section = sections[job] {
                if entry.fingerprint != section { entries[job] = nil }
            } else if entry.fingerprint != nil {
                entries[job] = nil
            }
        }
        self.sections = sections
    }
}

/// Keeps wishes where they survive.
package protocol WishStore: Sendable {
    /// Takes wishes in the order of the calls, and returns at once.
    ///
    /// - Parameter done: is called when they are kept, or when that failed and was told.
    func save(_ wishes: Wishes, done: @escaping @Sendable () -> Void)
}
