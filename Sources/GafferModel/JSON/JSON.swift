/// A JSON value; an object keeps the order of its members.
///
/// gaffer has its own reader and writer because both programs and daemon have to start in milliseconds and stay small
/// (Foundation's costs megabytes and recursion without a bound), and because bodies come from strangers: see
/// ``init(parsing:maximumDepth:)`` for what is refused.
public enum JSON: Sendable, Hashable {
    /// One member of an object.
    public struct Member: Sendable, Hashable {
        /// Its name.
        public var name: String
        /// Its value.
        public var value: JSON

        /// Makes a member.
        public init(_ name: String, _ value: JSON) {
            self.name = name
            self.value = value
        }
    }

    /// `null`.
    case null
    /// `true` or `false`.
    case bool(Bool)
    /// A number without fraction and exponent that fits.
    case integer(Int64)
    /// Any other number.
    case double(Double)
    /// A string.
    case string(String)
    /// An array.
    case array([JSON])
    /// An object; names are unique.
    case object([Member])
}
