internal import DequeModule

/// What a ``Broadcast`` keeps, and where its readers are; under its lock.
struct BroadcastLog<Element: Sendable>: ~Copyable {
    typealias Batch = Broadcast<Element>.Batch
    typealias Waiter = Broadcast<Element>.Waiter

    enum Taken {
        case batch(Batch)
        /// Everything was taken; more may come.
        case nothing
        case end
    }

    struct Reader {
        /// The index of the next element.
        var position: UInt64
        /// What all elements before it cost.
        var costPosition: UInt64
        /// Who waits, for at most so much.
        var waiter: (Waiter, limit: Int)?
        var isCancelled = false
    }

    private struct Entry {
        let element: Element
        let cost: Int
    }

    let limit: Int
    let keepsHistory: Bool

    private var entries = Deque<Entry>()
    /// The index of the first element that is kept.
    private(set) var first: UInt64 = 0
    /// What all before it cost.
    private var firstCost: UInt64 = 0
    /// What the kept ones cost.
    private(set) var cost = 0
    private var costSinceRelease = 0
    var isFinished = false

    private(set) var readers: [Int: Reader] = [:]
    private var lastReader = 0
    private var waitingCount = 0
    /// The readers for which more than the limit is kept, and how much that may be.
    private var reaches: [Int: Int] = [:]

    init(limit: Int, keepsHistory: Bool) {
        self.limit = limit
        self.keepsHistory = keepsHistory
    }

    /// The index of the element that comes next.
    var end: UInt64 { first + UInt64(entries.count) }

    // MARK: Writing

    mutating func append(_ element: Element, cost elementCost: Int) {
        guard !isFinished else { return }
        entries.append(Entry(element: element, cost: elementCost))
        cost += elementCost
        costSinceRelease += elementCost
        if !keepsHistory, costSinceRelease > limit / 8 {
            costSinceRelease = 0
            release()
        }
        trim()
    }

    /// Drops what is too much.
    private mutating func trim() {
        guard cost > limit, entries.count > 1 else { return }
        let furthest = reaches.keys.reduce(UInt64.max) { min($0, readers[$1]?.position ?? .max) }
        let largest = reaches.values.max() ?? limit
        while cost > limit, entries.count > 1, first < furthest || cost > largest { dropFirst() }
    }

    /// Drops what every reader has taken.
    private mutating func release() {
        let position = readers.values.reduce(end) { min($0, $1.position) }
        while first < position { dropFirst() }
    }

    private mutating func dropFirst() {
        let entry = entries.removeFirst()
        first += 1
        firstCost += UInt64(entry.cost)
        cost -= entry.cost
    }

    mutating func wake() -> [(Waiter, Batch?)] {
        guard waitingCount > 0 else { return [] }
        var woken: [(Waiter, Batch?)] = []
        woken.reserveCapacity(waitingCount)
        // Most readers stand at the same place, and share what is there.
        var shared: (position: UInt64, limit: Int, batch: Batch, after: Reader)?
        var index = readers.startIndex
        while index != readers.endIndex {
            defer { readers.formIndex(after: &index) }
            let reader = readers.values[index]
            guard let (waiter, limit) = reader.waiter else { continue }
            if let shared, shared.position == reader.position, shared.limit == limit {
                readers.values[index] = shared.after
                woken.append((waiter, shared.batch))
                continue
            }
            var after = reader
            after.waiter = nil
            switch take(&after, atMost: limit) {
            case .batch(let batch):
                shared = (reader.position, limit, batch, after)
                woken.append((waiter, batch))
            case .end:
                woken.append((waiter, nil))
            case .nothing:
                continue
            }
            readers.values[index] = after
        }
        waitingCount -= woken.count
        return woken
    }

    // MARK: Reading

    mutating func addReader(at position: UInt64, reach: Int?) -> Int {
        lastReader += 1
        var costPosition = firstCost
        if position >= end {
            costPosition += UInt64(cost)
        } else if position > first {
            for entry in entries[..<Int(position - first)] { costPosition += UInt64(entry.cost) }
        }
        readers[lastReader] = Reader(position: min(position, end), costPosition: costPosition)
        if let reach, reach > limit { reaches[lastReader] = reach }
        return lastReader
    }

    mutating func removeReader(_ number: Int) {
        readers[number] = nil
        reaches[number] = nil
    }

    mutating func take(_ number: Int, atMost limit: Int) -> Taken {
        guard var reader = readers[number] else { return .end }
        let taken = take(&reader, atMost: limit)
        if case .batch = taken { readers[number] = reader }
        return taken
    }

    private func take(_ reader: inout Reader, atMost limit: Int) -> Taken {
        guard !reader.isCancelled else { return .end }
        guard reader.position < end else { return isFinished ? .end : .nothing }
        let start = max(reader.position, first)
        var batch = Batch(elements: [], missed: start - reader.position, missedCost: 0)
        if batch.missed > 0 {
            batch.missedCost = firstCost - reader.costPosition
            reader.costPosition = firstCost
        }
        var taken = 0
        let available = entries[Int(start - first)...]
        if limit == .max { batch.elements.reserveCapacity(available.count) }
        for entry in available {
            guard batch.elements.isEmpty || taken + entry.cost <= limit else { break }
            batch.elements.append(entry.element)
            taken += entry.cost
        }
        reader.position = start + UInt64(batch.elements.count)
        reader.costPosition += UInt64(taken)
        return .batch(batch)
    }

    mutating func wait(_ number: Int, atMost limit: Int, _ waiter: Waiter) {
        precondition(readers[number]?.waiter == nil, "Two tasks take from one reader.")
        readers[number]?.waiter = (waiter, limit)
        waitingCount += 1
    }

    mutating func cancel(_ number: Int) -> Waiter? {
        readers[number]?.isCancelled = true
        reaches[number] = nil
        guard let (waiter, _) = readers[number]?.waiter else { return nil }
        readers[number]?.waiter = nil
        waitingCount -= 1
        return waiter
    }
}
