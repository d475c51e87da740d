/// The methods that gaffer's routes know.
package enum Method: String, Sendable, CaseIterable {
    /// Read.
    case get = "GET"
    /// Read, without the body.
    case head = "HEAD"
    /// Make or command.
    case post = "POST"
    /// Replace.
    case put = "PUT"
    /// Remove.
    case delete = "DELETE"
}
