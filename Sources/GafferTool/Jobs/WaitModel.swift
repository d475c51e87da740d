package import GafferClient
package import GafferModel

/// What is waited for, and which jobs are not there yet; fed with what gafferd tells.
package struct WaitModel {
    /// What a job is to come to.
    package enum Goal: String, CaseIterable, Sendable {
        /// All of its processes run, or have done their work.
        case started
        /// It has no process, and gets none.
        case stopped
        /// One of its processes has ended, or none runs any more.
        case exited
    }

    /// How the wait for one job ended.
    package struct Outcome: Equatable, Sendable {
        package let name: JobName
        /// A word: its state, or `unloaded`.
        package let state: String
        /// How its process ended, where that was waited for.
        package let exit: JobStatus.LastExit?
        /// Why the goal can't be reached any more; nil: it is reached.
        package let failure: String?
    }

    package let goal: Goal
    /// The jobs that are waited for, in the order in which they were named.
    package private(set) var pending: [JobName]
    /// How it ended for the others.
    package private(set) var outcomes: [Outcome] = []
    /// The jobs that are asked for since something happened to them.
    package private(set) var unknown: Set<JobName>
    /// What the pending ones did when they were looked at last.
    package private(set) var last: [JobName: JobStatus] = [:]

    package init(_ goal: Goal, _ names: [JobName]) {
        self.goal = goal
        pending = names
        unknown = Set(names)
    }

    /// Whether nothing tells when a job gets on: what its processes left behind ends without an event.
    package var isBlind: Bool {
        pending.contains { name in last[name].map { $0.state == "stopping" && $0.instances.isEmpty } ?? false }
    }

    /// Asks for all of them anew, since events may have been missed.
    package mutating func lookAgain() {
        unknown = Set(pending)
    }

    /// Takes what a job does now.
    package mutating func take(_ job: JobStatus) {
        unknown.remove(job.name)
        guard pending.contains(job.name) else { return }
        last[job.name] = job
        let isOver: Bool
        switch goal {
        case .started:
            if job.state == "failed" {
                end(job.name, job.state, failure: "it died too often and was given up")
                return
            }
            isOver = job.state == "running" || job.state == "finished"
        case .stopped: isOver = ["stopped", "idle", "finished", "failed"].contains(job.state)
        case .exited: isOver = job.supervised == 0 && job.lastExit != nil && job.state != "starting"
        }
        if isOver { end(job.name, job.state, exit: goal == .exited ? job.lastExit : nil) }
    }

    /// Takes that there is no such job any more.
    package mutating func takeAbsence(of name: JobName) {
        unknown.remove(name)
        guard pending.contains(name) else { return }
        end(name, "unloaded", failure: goal == .started ? "it was unloaded" : nil)
    }

    /// Takes an event.
    package mutating func take(event: JSON) {
        guard let name = event["name"]?.stringValue.flatMap({ try? JobName(parsing: $0) }), pending.contains(name)
        else { return }
        let word = JobEvent.word(of: event)
        if word == "unload" {
            takeAbsence(of: name)
        } else if goal == .exited, word == "exit", event["once"]?.boolValue != true {
            let exit = JobStatus.LastExit(
                code: event["exit_status"]?.intValue,
                signal: event["term_signal"]?.intValue.flatMap { $0 == 0 ? nil : $0 },
                isOutOfMemory: event["reason"]?.stringValue == "oom",
                time: event["time"]?.doubleValue ?? 0
            )
            end(name, last[name]?.state ?? "exited", exit: exit)
        } else {
            unknown.insert(name)
        }
    }

    private mutating func end(
        _ name: JobName,
        _ state: String,
        exit: JobStatus.LastExit? = nil,
        failure: String? = nil
    ) {
        pending.removeAll { $0 == name }
        unknown.remove(name)
        outcomes.append(Outcome(name: name, state: state, exit: exit, failure: failure))
    }
}
