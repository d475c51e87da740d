/// The texts that make an application: its Procfile, and its files of variables.
package struct ApplicationSources: Sendable, Hashable {
    package struct Text: Sendable, Hashable {
        /// As it was named, for messages.
        package var file: String
        package var content: [UInt8]

        package init(file: String, content: [UInt8]) {
            self.file = file
            self.content = content
        }

        package init(file: String, _ text: String) {
            self.init(file: file, content: Array(text.utf8))
        }
    }

    package var procfile: Text
    /// In the order in which they are read: a later one wins.
    package var environment: [Text]
    /// The application's folder, an absolute path: where its processes run, and what it is named after.
    package var folder: String

    package init(procfile: Text, environment: [Text] = [], folder: String) {
        self.procfile = procfile
        self.environment = environment
        self.folder = folder
    }
}
