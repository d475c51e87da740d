package import GafferModel

/// One process as gafferd tells it.
package struct ProcessStatus: Sendable, Hashable {
    /// gaffer's own number.
    package var pid: Int
    /// Its job.
    package var name: JobName
    /// The whole answer.
    package var json: JSON

    /// Reads one.
    ///
    /// - Throws: ``ClientError`` where it is no process.
    package init(_ json: JSON) throws(ClientError) {
        guard let pid = json["pid"]?.intValue, let name = json["name"]?.stringValue else {
            throw .unexpected("a process has no pid or no name")
        }
        self.pid = pid
        self.name = try JobName(answered: name)
        self.json = json
    }
}
