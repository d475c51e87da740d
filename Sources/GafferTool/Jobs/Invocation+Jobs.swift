package import GafferClient
package import GafferModel

extension Invocation {
    /// What the words mean, in the order given.
    ///
    /// Full names are taken as they are, and gafferd tells where there is no such job; anything else is looked up.
    ///
    /// - Throws: ``UsageError``, ``Failure`` or ``ClientError``.
    package func targets(_ words: [String]) throws -> [Target] {
        var selectors: [Selector] = []
        for word in words {
            do throws(UsageError) {
                selectors.append(try Selector(word))
            } catch {
                throw usage(error.message)
            }
        }
        // Full names and pids need neither: they are taken as they are, wherever the program was called.
        guard selectors.contains(where: Resolver.needsNames) else { return try Resolver(names: []).targets(selectors) }
        let application = Result { try self.application() }
        // A wrong folder, or one whose name is none, matters only where the folder is meant.
        if case .failure(let error) = application, selectors.contains(.application) { throw error }
        let names = try client().jobNames()
        if case .failure(let error) = application {
            let sessions = Set(names.map(\.session))
            let areApplications = selectors.allSatisfy { selector in
                guard case .word(let word) = selector else { return !Resolver.needsNames(selector) }
                return sessions.contains(word)
            }
            guard areApplications else { throw error }
        }
        return try Resolver(names: names, application: (try? application.get()) ?? nil).targets(selectors)
    }

    /// The jobs that the words mean.
    ///
    /// - Throws: ``UsageError`` where one is a pid; ``Failure`` or ``ClientError``.
    package func jobs(_ words: [String]) throws -> [JobName] {
        try targets(words).flatMap { target in
            if case .pid(let pid) = target { throw usage("\(pid) is a pid; a job is wanted here.") }
            return target.jobs
        }
    }

    /// The one job that the word means.
    ///
    /// - Throws: ``UsageError`` where it means several, or none; ``Failure`` or ``ClientError``.
    package func job(_ word: String) throws -> JobName {
        let jobs = try jobs([word])
        guard let job = jobs.first, jobs.count == 1 else {
            throw usage("\(word.quoted) means \(jobs.count) jobs; one is wanted here.")
        }
        return job
    }
}

/// What became of a change on many jobs.
package struct Report {
    private var done: [(name: String, text: String, extra: [JSON.Member])] = []
    private var failures: [(name: String, error: ClientError)] = []

    package init() {}

    /// Notes a success.
    package mutating func add(_ name: some CustomStringConvertible, _ text: String, extra: [JSON.Member] = []) {
        done.append(("\(name)", text, extra))
    }

    /// Notes a failure.
    package mutating func add(_ name: some CustomStringConvertible, _ error: ClientError) {
        failures.append(("\(name)", error))
    }

    /// Carries out one request and notes its outcome.
    package mutating func add(
        _ names: [some CustomStringConvertible],
        _ what: String,
        _ text: String,
        _ body: () throws(ClientError) -> Void
    ) {
        do throws(ClientError) {
            try body()
            for name in names { add(name, text) }
        } catch {
            add(what, error)
        }
    }

    /// Prints everything, and tells how the program ends.
    ///
    /// - Parameter confirms: whether the successes are told, too; they are in the document anyway.
    package func finish(_ invocation: Invocation, confirms: Bool = true) -> ExitCode {
        let code = ExitCode(several: failures.map { ExitCode($0.error.kind) })
        if invocation.wantsJSON {
            let jobs = done.map { entry in JSON.object([.init("name", .string(entry.name))] + entry.extra) }
            let errors: [JSON] = failures.map { name, error in
                [
                    "name": .string(name), "reason": .string(error.reason), "message": .string(error.message),
                    "details": .array(error.details.map(JSON.string)),
                ]
            }
            invocation.print(["ok": .bool(failures.isEmpty), "jobs": .array(jobs), "errors": .array(errors)])
        } else if confirms {
            for entry in done { invocation.confirm("\(entry.name.escaped): \(entry.text)") }
        }
        for (name, error) in failures {
            // gafferd's own message may begin with the name, too.
            let isNamed = error.message.hasPrefix("\(name): ")
            invocation.output.message(isNamed ? error.message : "\(name): \(error.message)")
            for detail in error.details { invocation.output.message("  \(detail)") }
        }
        return code
    }
}
