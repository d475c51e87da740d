internal import GafferSystem
internal import GafferTool
internal import Glibc

/// Watches the folders of a ``WatchPlan``, on a loop to which it is confined.
final class FileWatch {
    typealias Finding = Debouncer.Finding

    private let plan: WatchPlan
    private let loop: SupervisionLoop
    private let found: @Sendable (Finding) -> Void
    private var watcher: FolderWatcher?
    private var debouncer = Debouncer()
    private var timer: SupervisionLoop.Token?

    /// Watches from now on.
    ///
    /// - Throws: ``Failure`` where a folder is missing, or there are too many.
    init(_ plan: WatchPlan, on loop: SupervisionLoop, found: @escaping @Sendable (Finding) -> Void) throws {
        self.plan = plan
        self.loop = loop
        self.found = found
        watcher = try FolderWatcher(on: loop) { [weak self] in self?.take($0) }
        try watchBases()
    }

    private func watchBases() throws(Failure) {
        for base in Set(plan.rules.map(\.pattern.base)).sorted() {
            var status = stat()
            guard stat(base, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
                throw Failure(.failed, "--watch: there is no folder \(plan.shown(base).quoted).")
            }
            try watch(base) { _ in }
        }
    }

    /// Watches a folder and those in it that are wanted, and tells of the files that are there.
    private func watch(_ folder: String, tell: (String) -> Void) throws(Failure) {
        guard let watcher else { return }
        var folders = [folder]
        while let folder = folders.popLast() {
            guard plan.wants(folder), !watcher.isWatching(folder) else { continue }
            guard watcher.count < WatchPlan.folderLimit else {
                throw Failure(
                    .failed,
                    "--watch: there are more than \(WatchPlan.folderLimit) folders to watch; give a narrower pattern."
                )
            }
            do throws(SystemError) {
                try watcher.watch(folder)
            } catch {
                // One that has gone meanwhile, or that nobody may read, has nothing to tell.
                guard error.errno == ENOSPC else { continue }
                throw Failure(
                    .failed,
                    "--watch: the kernel allows no more watches after \(watcher.count) folders; raise "
                        + "fs.inotify.max_user_watches (sysctl) or give a narrower pattern."
                )
            }
            for entry in FolderEntries.list(folder) ?? [] {
                let path = folder == "/" ? "/\(entry.name)" : "\(folder)/\(entry.name)"
                if entry.isFolder { folders.append(path) } else { tell(path) }
            }
        }
    }

    private func take(_ changes: [FolderWatcher.Change]) {
        for change in changes {
            switch change {
            case .entry(let folder, let name, let isFolder, let isNew):
                let path = folder == "/" ? "/\(name)" : "\(folder)/\(name)"
                if !isFolder {
                    changed(path)
                } else if isNew {
                    // What was written into it before it was watched counts as well.
                    watchNew(path)
                }
            case .gone:
                continue
            case .overflow:
                try? watchBases()
                debouncer.changed("(too many files at once)", types: [], at: loop.now)
            }
        }
        schedule()
    }

    private func watchNew(_ folder: String) {
        do throws(Failure) {
            try watch(folder) { changed($0) }
        } catch {
            debouncer.changed(
                "\(plan.shown(folder)) (not watched: \(error.messages.joined()))",
                types: [],
                at: loop.now
            )
        }
    }

    private func changed(_ path: String) {
        guard let types = plan.types(for: path) else { return }
        debouncer.changed(plan.shown(path), types: types, at: loop.now)
    }

    private func schedule() {
        if let timer { loop.cancel(timer) }
        timer = nil
        guard let due = debouncer.due else { return }
        timer = loop.schedule(after: max(.zero, due - loop.now)) { [weak self] in
            guard let self else { return }
            timer = nil
            if let finding = debouncer.take(at: loop.now) { found(finding) }
            schedule()
        }
    }
}
