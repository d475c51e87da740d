internal import GafferModel

/// What a subscriber may say beside the topic; new with gaffer 0.6.
///
/// | member | for | meaning |
/// |---|---|---|
/// | `interval` | `STATS` | every so many seconds; less than 0.1 is taken as that; 1 where it is absent |
/// | `tail` | `STREAM` | begins with so many of the last lines |
/// | `offset` | `STREAM` | begins with this byte of the stream, as far as it is kept; the message tells what is not |
///
/// The original told stats ten times a second. A job of a thousand processes looked at so often takes half a core from
/// the machine, for whoever may but read it; so who wants that says so.
struct SubscribeOptions: Sendable, Hashable {
    /// Between two looks.
    var interval: Duration = .seconds(1)
    /// How many of the last lines come first.
    var tail: Int?
    /// Which byte comes first.
    var offset: UInt64?

    /// The longest time between two looks, in seconds.
    static let maximumInterval = 86_400.0

    /// Those of a topic that needs none.
    init() {}

    /// Reads the members of `data`.
    ///
    /// - Throws: `bad_value` where one can't be used; members that mean nothing here are left alone.
    init(_ members: [JSON.Member]) throws(GafferError) {
        for member in members where member.value != .null {
            switch member.name {
            case "interval":
                guard let seconds = member.value.doubleValue, seconds > 0, seconds <= Self.maximumInterval else {
                    throw GafferError(
                        .badValue,
                        #""interval" is a number of seconds, more than 0 and at most a day, not \#(member.value)."#
                    )
                }
                interval = .milliseconds(max(100, Int64((seconds * 1000).rounded())))
            case "tail":
                guard let lines = member.value.intValue, lines >= 0 else {
                    throw GafferError(.badValue, #""tail" is a number of lines, 0 or more, not \#(member.value)."#)
                }
                tail = lines
            case "offset":
                guard let number = member.value.intValue, number >= 0 else {
                    throw GafferError(.badValue, #""offset" is a number of bytes, 0 or more, not \#(member.value)."#)
                }
                offset = UInt64(number)
            default: break
            }
        }
        if tail != nil, offset != nil {
            throw GafferError(.badValue, #""tail" and "offset" can't be given together."#)
        }
    }
}
