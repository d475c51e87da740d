/// How many requests there were, by shape of path, method and status, and how long they took, by shape of path.
///
/// All of it is of one size from the beginning: nothing that a client sends makes it grow.
struct RequestCounts: Sendable {
    /// The upper bounds of the histogram's buckets, in seconds; a last one has no bound.
    static let bounds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
    /// The methods that are told apart; a last place is for all others.
    static let methods = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"]
    /// The statuses that are told apart; a last place is for all others.
    static let statuses = [
        101, 200, 201, 202, 204, 304, 400, 401, 403, 404, 405, 408, 409, 413, 415, 421, 426, 429, 431, 500, 501, 503,
        504,
    ]

    /// The place of a status among ``statuses``.
    private static let places: [UInt8] = {
        var places = [UInt8](repeating: UInt8(statuses.count), count: 600)
        for (place, status) in statuses.enumerated() { places[status] = UInt8(place) }
        return places
    }()

    /// One place more than there are routes: the last is for paths that are none.
    private static let rows = RouteTemplate.allCases.count + 1
    private static let columns = methods.count + 1
    private static let depth = statuses.count + 1

    private var counts = [UInt64](repeating: 0, count: rows * columns * depth)
    private var buckets = [UInt64](repeating: 0, count: rows * (bounds.count + 1))
    private var sums = [Double](repeating: 0, count: rows)

    /// Counts one.
    mutating func count(_ route: RouteTemplate?, method: String, status: Int, seconds: Double?) {
        let row = RequestCounts.row(route)
        let place = RequestCounts.places.indices.contains(status) ? Int(RequestCounts.places[status]) : Self.depth - 1
        counts[(row * Self.columns + RequestCounts.column(method)) * Self.depth + place] += 1
        guard let seconds, status >= 200 else { return }
        // A clock that was set back makes no negative sum.
        let time = max(0, seconds)
        let bucket = RequestCounts.bounds.firstIndex { time <= $0 } ?? RequestCounts.bounds.count
        buckets[row * (RequestCounts.bounds.count + 1) + bucket] += 1
        sums[row] += time
    }

    private static func row(_ route: RouteTemplate?) -> Int {
        route.map { Int($0.rawValue) } ?? rows - 1
    }

    private static func column(_ method: String) -> Int {
        switch method {
        case "GET": 0
        case "HEAD": 1
        case "POST": 2
        case "PUT": 3
        case "DELETE": 4
        case "OPTIONS": 5
        default: columns - 1
        }
    }

    /// A number of requests of one kind.
    struct Requests: Sendable, Equatable {
        var route: String
        var method: String
        var status: String
        var count: UInt64
    }

    /// How long the requests of one path took.
    struct Durations: Sendable, Equatable {
        var route: String
        /// How many took up to each of the bounds, and last how many there were; each includes those before it.
        var cumulated: [UInt64]
        /// In seconds.
        var sum: Double
    }

    /// The kinds of which there was one at least.
    var requests: [Requests] {
        var found: [Requests] = []
        for row in 0..<Self.rows {
            for column in 0..<Self.columns {
                for place in 0..<Self.depth {
                    let count = counts[(row * Self.columns + column) * Self.depth + place]
                    guard count > 0 else { continue }
                    found.append(
                        Requests(
                            route: RequestCounts.name(ofRow: row),
                            method: column < Self.methods.count ? Self.methods[column] : "other",
                            status: place < Self.statuses.count ? String(Self.statuses[place]) : "other",
                            count: count
                        )
                    )
                }
            }
        }
        return found
    }

    /// The paths of which a request was timed.
    var durations: [Durations] {
        let width = RequestCounts.bounds.count + 1
        return (0..<Self.rows).compactMap { row in
            var total: UInt64 = 0
            let cumulated = buckets[row * width..<(row + 1) * width].map { count in
                total += count
                return total
            }
            guard total > 0 else { return nil }
            return Durations(route: RequestCounts.name(ofRow: row), cumulated: cumulated, sum: sums[row])
        }
    }

    private static func name(ofRow row: Int) -> String {
        RouteTemplate(rawValue: UInt8(row))?.path ?? "other"
    }
}
