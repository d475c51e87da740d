internal import GafferModel
package import GafferSystem
internal import Glibc
internal import Synchronization

/// Keeps ``Wishes`` in a file: written beside it, synced, and put in its place, so that it is never half a file.
///
/// The writes are on a thread of their own. Wishes that come while one is under way are written together.
package final class WishFile: WishStore {
    private let path: String
    private let worker: WorkerThread
    private let log: @Sendable (String) -> Void
    private let written = Mutex<Wishes?>(nil)
    private let lastSave = Atomic<Int>(0)

    /// - Parameter log: takes the sentence that tells why wishes could not be kept.
    package init(path: String, worker: WorkerThread, log: @escaping @Sendable (String) -> Void) {
        self.path = path
        self.worker = worker
        self.log = log
    }

    /// Reads what was kept.
    ///
    /// A file that can't be read is put aside as `PATH.bad`, and told of: what the configuration says is in force then.
    package func load() -> Wishes {
        let bytes: [UInt8]
        do {
            bytes = try FileContent.read(path, limit: 256 << 20)
        } catch {
            if error.errno != ENOENT { log("What was wanted before can't be read: \(error)") }
            return Wishes()
        }
        do {
            // What came over HTTP may be nested as deep as a body may be, and stands some levels deeper here.
            let wishes = try Wishes(json: JSON(parsing: bytes, maximumDepth: 64))
            written.withLock { $0 = wishes }
            return wishes
        } catch {
            rename(path, path + ".bad")
            log("\(path) can't be read and is kept as \(path).bad; the configuration alone is in force: \(error)")
            return Wishes()
        }
    }

    package func save(_ wishes: Wishes, done: @escaping @Sendable () -> Void) {
        let number = lastSave.wrappingAdd(1, ordering: .relaxed).newValue
        worker.perform { [self] in
            defer { done() }
            // Wishes that were followed by others are not worth a write of their own.
            guard lastSave.load(ordering: .relaxed) == number, written.withLock({ $0?.entries != wishes.entries })
            else { return }
            do {
                try FileContent.replace(path, with: wishes.json.encoded() + [UInt8(ascii: "\n")], mode: 0o600)
                written.withLock { $0 = wishes }
            } catch {
                log("What is wanted could not be kept and would be lost with gafferd: \(error)")
            }
        }
    }
}

extension Wishes {
    /// The version of the file's form.
    private static let version: Int64 = 1

    var json: JSON {
        let jobs = entries.sorted { $0.key < $1.key }.map { name, entry in
            var members: [JSON.Member] = []
            if let fingerprint = entry.fingerprint { members.append(.init("fingerprint", .string(fingerprint))) }
            if let config = entry.config { members.append(.init("config", config.json(name: name))) }
            if let number = entry.number { members.append(.init("numprocesses", .integer(Int64(number)))) }
            if let isStopped = entry.isStopped { members.append(.init("stopped", .bool(isStopped))) }
            if entry.isUnloaded { members.append(.init("unloaded", true)) }
            return JSON.Member(name.description, .object(members))
        }
        return ["version": .integer(Self.version), "jobs": .object(jobs)]
    }

    /// - Throws: ``GafferError`` where the file is of another version or names what can't be.
    init(json: JSON) throws(GafferError) {
        guard json["version"] == .integer(Self.version), let jobs = json["jobs"]?.objectValue else {
            throw GafferError(.badValue, "It is not of version \(Self.version).")
        }
        self.init()
        for member in jobs {
            var entry = Entry()
            entry.fingerprint = member.value["fingerprint"]?.stringValue
            if let config = member.value["config"] { entry.config = try JobConfig.read(json: config).config }
            entry.number = member.value["numprocesses"]?.intValue
            entry.isStopped = member.value["stopped"]?.boolValue
            entry.isUnloaded = member.value["unloaded"]?.boolValue ?? false
            entries[try JobName(parsing: member.name)] = entry
        }
    }
}
