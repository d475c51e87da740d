extension ProcessEntry {
    /// Parses /proc/PID/stat; nil where it is not of that form.
    ///
    /// The program's name may hold spaces, parentheses and newlines, so it ends at the last closing parenthesis.
    package init?(stat text: some Collection<UInt8>) {
        let parsed = text.withContiguousStorageIfAvailable { ProcessEntry(contiguous: UnsafeRawBufferPointer($0)) }
        guard let entry = parsed ?? Array(text).withUnsafeBytes(ProcessEntry.init(contiguous:)) else { return nil }
        self = entry
    }

    /// Parses /proc/PID/stat; nil where it is not of that form.
    init?(contiguous text: UnsafeRawBufferPointer) {
        guard let nameStart = text.firstIndex(of: UInt8(ascii: "(")),
            let nameEnd = text.lastIndex(of: UInt8(ascii: ")")), nameStart < nameEnd,
            text.count > nameEnd + 2
        else { return nil }
        var head = Fields(text, from: 0)
        guard let osPid = head.nextInt32() else { return nil }
        var fields = Fields(text, from: nameEnd + 3)
        guard let parent = fields.nextInt32(),
            let processGroup = fields.nextInt32(),
            let session = fields.nextInt32(),
            fields.skip(7),  // tty_nr, tpgid, flags, minflt, cminflt, majflt, cmajflt
            let userTicks = fields.next(),
            let systemTicks = fields.next(),
            fields.skip(3),  // cutime, cstime, priority
            let nice = fields.nextInt32(),
            fields.skip(2),  // num_threads, itrealvalue
            let startTime = fields.next(),
            let virtualBytes = fields.next(),
            let residentPages = fields.next()
        else { return nil }
        self.init(
            osPid: osPid,
            command: String(decoding: text[(nameStart + 1)..<nameEnd], as: UTF8.self),
            state: text[nameEnd + 2],
            parent: parent,
            processGroup: processGroup,
            session: session,
            userTicks: UInt64(clamping: userTicks),
            systemTicks: UInt64(clamping: systemTicks),
            nice: nice,
            startTime: UInt64(clamping: startTime),
            virtualBytes: UInt64(clamping: virtualBytes),
            residentPages: UInt64(clamping: residentPages)
        )
    }

    /// Whole numbers with spaces between them.
    private struct Fields {
        private let text: UnsafeRawBufferPointer
        private var position: Int

        init(_ text: UnsafeRawBufferPointer, from position: Int) {
            self.text = text
            self.position = position
        }

        /// The next number; nil at the end, at anything else, and where it is larger than a number of /proc can be.
        mutating func next() -> Int64? {
            while position < text.count, text[position] == UInt8(ascii: " ") { position += 1 }
            guard position < text.count else { return nil }
            let isNegative = text[position] == UInt8(ascii: "-")
            if isNegative { position += 1 }
            let start = position
            var value: UInt64 = 0
            while position < text.count, case let digit = text[position] &- UInt8(ascii: "0"), digit < 10 {
                let (product, isTooLarge) = value.multipliedReportingOverflow(by: 10)
                let (sum, carries) = product.addingReportingOverflow(UInt64(digit))
                guard !isTooLarge, !carries else { return nil }
                value = sum
                position += 1
            }
            guard position > start else { return nil }
            let magnitude = Int64(clamping: value)
            return isNegative ? -magnitude : magnitude
        }

        mutating func nextInt32() -> Int32? {
            next().flatMap { Int32(exactly: $0) }
        }

        mutating func skip(_ count: Int) -> Bool {
            for _ in 0..<count {
                while position < text.count, text[position] == UInt8(ascii: " ") { position += 1 }
                guard position < text.count else { return false }
                while position < text.count, text[position] != UInt8(ascii: " ") { position += 1 }
            }
            return true
        }
    }
}
