package import GafferModel
internal import WebClient

/// The last lines of the streams of a job.
package struct TailAnswer: Sendable, Hashable {
    /// The last lines of one stream of one process.
    package struct Part: Sendable, Hashable {
        /// gaffer's number of the process.
        package var pid: Int
        /// The label of the stream.
        package var stream: String
        /// The bytes as the process wrote them.
        package var bytes: [UInt8]
        /// The part of the answer.
        package var json: JSON
    }

    /// The parts, in the order of the answer.
    package var parts: [Part]

    /// Reads an answer of a route `tail`.
    ///
    /// - Throws: ``ClientError`` where it is none.
    package init(_ json: JSON) throws(ClientError) {
        guard let list = json["tail"]?.arrayValue else { throw .unexpected("it has no list tail") }
        parts = []
        for entry in list {
            guard let pid = entry["pid"]?.intValue, let stream = entry["stream"]?.stringValue,
                let bytes = entry["data_b64"]?.stringValue.flatMap(Base64.decode)
            else { throw .unexpected("a part of the tail has no pid, no stream or no data_b64") }
            parts.append(Part(pid: pid, stream: stream, bytes: bytes, json: entry))
        }
    }
}
