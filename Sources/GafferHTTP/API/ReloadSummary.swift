package import GafferModel

/// What reading the configuration anew changed, as `POST /reload` tells it.
package struct ReloadSummary: Sendable, Hashable {
    /// The jobs that are new.
    package var added: [JobName]
    /// The jobs whose configuration differs.
    package var changed: [JobName]
    /// The jobs that are gone.
    package var removed: [JobName]
    /// How many jobs are as they were, and keep their processes.
    package var unchanged: Int

    /// Makes a summary.
    package init(added: [JobName] = [], changed: [JobName] = [], removed: [JobName] = [], unchanged: Int = 0) {
        self.added = added
        self.changed = changed
        self.removed = removed
        self.unchanged = unchanged
    }

    /// The body of the answer.
    package var json: JSON {
        [
            "ok": true,
            "added": .array(added.map { .string($0.description) }),
            "changed": .array(changed.map { .string($0.description) }),
            "removed": .array(removed.map { .string($0.description) }),
            "unchanged": .integer(Int64(unchanged)),
        ]
    }
}
