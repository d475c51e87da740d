internal import GafferModel

/// The name of an application, which is the session of its jobs: `[a-z][a-z0-9_-]*`.
package enum ApplicationName {
    /// Whether a text may name an application.
    package static func isValid(_ text: some StringProtocol) -> Bool {
        guard let first = text.utf8.first, isLetter(first) else { return false }
        return text.utf8.count <= JobName.maximumLength && text.utf8.allSatisfy(isOfName)
    }

    /// What a folder's application is called.
    ///
    /// - Parameter folder: an absolute path.
    /// - Throws: ``ConfigErrors`` where the folder's name can't name one.
    package static func of(folder: String) throws(ConfigErrors) -> String {
        let name = lastPart(of: folder)
        guard isValid(name) else {
            let reason = name.isEmpty ? "The folder / names no application" : refusal(name)
            let message = "\(reason). Give a name, as with --app \(nearest(to: name))."
            throw ConfigErrors([ConfigError(file: "", message: message)])
        }
        return name
    }

    /// Reads a name that was given.
    ///
    /// - Throws: ``ConfigErrors`` where it can't name an application.
    package static func check(_ name: String) throws(ConfigErrors) {
        guard !isValid(name) else { return }
        throw ConfigErrors([ConfigError(file: "", message: "--app: \(refusal(name)).")])
    }

    /// The name that is most like a text: in lower case, each run of anything else a hyphen; `app` where nothing is left.
    package static func nearest(to text: some StringProtocol) -> String {
        var name: [UInt8] = []
        for byte in text.lowercased().utf8 {
            if isOfName(byte) {
                name.append(byte)
            } else if name.last != UInt8(ascii: "-") {
                name.append(UInt8(ascii: "-"))
            }
        }
        var letters = name.drop { !isLetter($0) }.prefix(JobName.maximumLength)
        while letters.last == UInt8(ascii: "-") { letters.removeLast() }
        return letters.isEmpty ? "app" : String(decoding: letters, as: UTF8.self)
    }

    /// The last part of an absolute path; empty for `/`.
    static func lastPart(of folder: String) -> String {
        folder.split(separator: "/").last.map(String.init) ?? ""
    }

    private static func refusal(_ name: String) -> String {
        "\(name.cited) can't name an application: use lower-case letters, digits, _ and -, a letter first, "
            + "\(JobName.maximumLength) characters at most"
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
    }

    private static func isOfName(_ byte: UInt8) -> Bool {
        isLetter(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "_")
            || byte == UInt8(ascii: "-")
    }
}
