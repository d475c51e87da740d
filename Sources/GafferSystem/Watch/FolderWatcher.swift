internal import CGafferSystem
internal import Glibc

/// Tells what changes in folders, on a supervision loop, to which it is confined.
package final class FolderWatcher {
    /// Something that happened.
    package enum Change: Sendable, Hashable {
        /// In that folder, with the entry of that name.
        case entry(folder: String, name: String, isFolder: Bool, isNew: Bool)
        /// The folder is gone, or is watched no longer.
        case gone(folder: String)
        /// More happened than the kernel could keep.
        case overflow
    }

    private let descriptor: Descriptor
    private let loop: SupervisionLoop
    private var token: SupervisionLoop.Token?
    private var folders: [Int32: String] = [:]
    private var numbers: [String: Int32] = [:]

    /// Makes a watcher.
    ///
    /// - Parameter handler: called on the loop, with what has happened since the last call.
    package init(on loop: SupervisionLoop, handler: @escaping ([Change]) -> Void) throws(SystemError) {
        let number = try SystemError.check("inotify_init1") { gaffer_watcher() }
        descriptor = Descriptor(owning: number)
        self.loop = loop
        token = try loop.watch(number) { [weak self] in
            guard let self else { return }
            let changes = take()
            if !changes.isEmpty { handler(changes) }
        }
    }

    /// How many folders are watched.
    package var count: Int { folders.count }

    /// Whether a folder is watched.
    package func isWatching(_ folder: String) -> Bool { numbers[folder] != nil }

    /// Watches a folder, but not the folders in it.
    ///
    /// - Throws: ``SystemError``: `ENOSPC` where the user may have no more watches, `ENOENT` and `ENOTDIR` where there is
    ///   no such folder.
    package func watch(_ folder: String) throws(SystemError) {
        guard numbers[folder] == nil else { return }
        let number = try SystemError.check("inotify_add_watch", on: folder) {
            gaffer_watch_folder(descriptor.rawValue, folder)
        }
        // The kernel knows the folder, not its path: by a link it may have come under another name before.
        if let other = folders[number] { numbers[other] = nil }
        folders[number] = folder
        numbers[folder] = number
    }

    /// Ends it.
    package func cancel() {
        if let token { loop.unwatch(token) }
        token = nil
    }

    private func take() -> [Change] {
        var result: [Change] = []
        let size = Int(GAFFER_CHANGES_SIZE)
        let buffer = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16)
        defer { buffer.deallocate() }
        var changes = [gaffer_change](repeating: gaffer_change(), count: Int(GAFFER_CHANGES_CAPACITY))
        while true {
            let count = gaffer_read_changes(descriptor.rawValue, buffer, size, &changes, changes.count)
            guard count > 0 else { return result }
            for change in changes.prefix(count) { add(change, to: &result) }
        }
    }

    private func add(_ change: gaffer_change, to result: inout [Change]) {
        guard change.folder >= 0 else { return result.append(.overflow) }
        guard let folder = folders[change.folder] else { return }
        if change.is_over != 0 {
            folders[change.folder] = nil
            numbers[folder] = nil
            return result.append(.gone(folder: folder))
        }
        let name = withUnsafeBytes(of: change.name) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        guard !name.isEmpty else { return }
        result.append(
            .entry(folder: folder, name: name, isFolder: change.is_folder != 0, isNew: change.is_new != 0)
        )
    }
}
