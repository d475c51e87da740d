/// Stands in for the reader of a commit's body, which belongs to the routes and needs all of them.
struct CommitBody {
    let env: [String: String] = [:]
    let gracefulTimeout: Duration? = nil

    init(parsing body: [UInt8]) throws(GafferError) {
        guard (try? JSON(parsing: body)) != nil else { preconditionFailure("What was made of JSON is none.") }
    }
}
