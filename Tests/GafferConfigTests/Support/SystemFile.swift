import GafferConfig

/// Files of the project itself, which tests read.
enum SystemFile {
    static func read(_ path: String) -> [UInt8]? {
        do {
            return try SystemConfigFiles().read(path)
        } catch {
            return nil
        }
    }
}
